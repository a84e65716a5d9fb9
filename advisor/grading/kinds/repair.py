"""Repair a broken model: what was wrong is gone, nothing new is wrong, and it is still that model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from advisor.grading import looking, slips
from advisor.grading.judgement import Judgement
from advisor.grading.marks import Part
from advisor.text import Text

if TYPE_CHECKING:
    from advisor.findings import Finding
    from advisor.grading.faults import Fault
    from advisor.grading.judgement import Asked

MODEL = True
EXPECTED = Text(
    en="the repaired model, compiled and saved as .keras", zh="改好、编译好、存成 .keras 的模型"
)
_SHARES = (0.6, 0.4)


def judge(asked: Asked) -> Judgement:
    """Judge by the rules of `check`, with the data that the broken model was for."""
    from advisor.grading import faults

    fault, drawn = faults.find(asked.spec["fault"]), asked.data()
    assert asked.model is not None  # noqa: S101 - `marking` asks only with a model
    # rows of 0 and 1 are as good as class numbers, unless that was the fault
    seen = looking.examine(asked.model, drawn, one_hot="ADV301" not in fault.codes)
    causes = seen.causes()
    left = [one for one in causes if one.code in fault.codes]
    new = [one for one in causes if one.code not in fault.codes]
    kept = looking.weighted_layers(seen.facts)
    gutted = kept < fault.hidden
    uncompiled = not seen.facts.compiled or seen.facts.outputs[0].loss is None
    units = None if left else looking.wrong_units(seen.facts, drawn)
    gone = not left and not gutted and not uncompiled
    parts = (
        Part(_GONE, _SHARES[0], float(gone), _why(left, gutted, uncompiled, fault, kept)),
        Part(_CLEAN, _SHARES[1], float(gone and not new and units is None), _said(new, units)),
    )
    message = parts[0].message if not gone else parts[1].message
    found = tuple(slips.of_finding(one, drawn.task) for one in [*left, *new])
    return Judgement(parts, message, found, None, _right(fault))


def _why(
    left: list[Finding],
    gutted: bool,  # noqa: FBT001
    uncompiled: bool,  # noqa: FBT001
    fault: Fault,
    kept: int,
) -> Text:
    if left:
        return _STILL.format(left[0].message)
    if uncompiled:
        return _BARE
    return _GUTTED.format(fault.hidden, kept) if gutted else Text(en="", zh="")


def _said(findings: list[Finding], units: Text | None) -> Text:
    other = units or (findings[0].message if findings else None)
    return _OTHER.format(other) if other else Text(en="", zh="")


def _right(fault: Fault) -> Text:
    from advisor.rulebook import rule

    first = rule(fault.codes[0])
    return _ANSWER.format(f"{first.code} {first.name}", first.entry.REPAIR)


def lines(spec: dict[str, Any], name: str) -> str:
    """Return the code of the broken model and of its data."""
    from advisor.grading.faults import code_of

    code = code_of(spec["fault"], spec["seed"])
    return f'X, y = work.data("{name}")\n\n{code.rstrip()}'


_GONE = Text(en="the fault is gone", zh="毛病没有了")
_CLEAN = Text(en="nothing else is wrong", zh="也没有别的问题")
_STILL = Text(en="Still there: {}", zh="毛病还在：{}")
_GUTTED = Text(
    en="The broken model had {} hidden layers, this one has {}: repair it, do not replace it.",
    zh="原来的模型有 {} 个隐藏层，现在只有 {} 个：要修好它，不是换掉它。",
)
_BARE = Text(
    en="The model is not compiled with a loss: model.compile(…, loss=…) before model.save(…).",
    zh="模型没有编译，或者没写损失函数：先 model.compile(…, loss=…)，再 model.save(…)。",
)
_OTHER = Text(en="The fault is gone, but: {}", zh="毛病没有了，但是：{}")
_ANSWER = Text(en="It was {}. {}", zh="毛病是 {}。{}")
