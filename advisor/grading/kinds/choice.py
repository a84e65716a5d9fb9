"""Choose an activation, a loss, an initialiser or the name of a fault, and say why."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from advisor.errors import OptionError, UnknownNameError, shown
from advisor.grading import slips
from advisor.grading.judgement import Judgement, UnreadableError
from advisor.grading.marks import Part
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from advisor.grading.judgement import Asked

MODEL = False
EXPECTED = Text(
    en='a name such as "relu" or "mse", or a name with the letter of the reason: ("relu", "b")',
    zh='一个名字，如 "relu" 或 "mse"；要写理由的，写成 ("relu", "b")',
)
_LETTERS = "abcdefgh"
# losses that no set of `facts` holds
_OTHERS = {
    "CategoricalHinge",
    "CosineSimilarity",
    "Dice",
    "KLDivergence",
    "Poisson",
    "Tversky",
    "CTC",
}
_SHARES = (0.6, 0.4)  # of the choice and of the reason
_PAIR = 2
_FURTHER = 2


def judge(asked: Asked) -> Judgement:
    """Judge the choice by the tables, and the reason where one is asked for."""
    spec = asked.spec
    reasons = spec.get("why") or []
    name, letter = _split(asked.answer, with_reason=bool(reasons))
    choose = _ASKS.get(spec["ask"])
    if choose is None:
        raise UnknownNameError("thing to choose (ask)", spec["ask"], _ASKS)
    given, right = choose(spec, name)
    good = given in right
    share = _SHARES[0] if reasons else 1.0
    message = Text(en="", zh="") if good else _NOT_IT.format(given)
    parts = [Part(_CHOICE, share, float(good), message)]
    found = [] if good else [slips.of_answer(asked.name, given, _lab(spec))]
    if reasons:
        held = _holds(reasons, letter)
        parts.append(Part(_REASON, _SHARES[1], float(held), _said(held, letter)))
        if good and not held:
            message = parts[1].message
            found.append(slips.of_reason(asked.name, given, _reason(reasons, letter), _lab(spec)))
    return Judgement(tuple(parts), message, tuple(found), None, _answer(right, reasons))


def _split(answer: Any, *, with_reason: bool) -> tuple[str, str]:
    """Return the name and the letter of an answer."""
    if isinstance(answer, dict):
        answer = [answer.get("choice", answer.get("answer")), answer.get("why", "")]
    if answer is None:
        answer = "None"  # no activation is a choice, too
    if isinstance(answer, str):
        answer = answer.replace("，", ",").split(",", 1) if with_reason else [answer]
    if not isinstance(answer, (list, tuple)) or not 1 <= len(answer) <= _PAIR:
        raise UnreadableError(_NO_NAME.format(shown(type(answer).__name__)))
    name, letter = ("None" if one is None else one for one in [*answer, ""][:_PAIR])
    for one in (name, letter):
        if not isinstance(one, str):
            raise UnreadableError(_NO_NAME.format(shown(type(one).__name__)))
    return _plain(name), _plain(letter).lower()[:1] if with_reason else ""


def _plain(word: str) -> str:
    """Return a word as it is meant: full-width letters, brackets and quotes are typed as well."""
    return unicodedata.normalize("NFKC", word[:80]).strip(" ()[].'\"“”‘’、。")


def _holds(reasons: list[dict[str, Any]], letter: str) -> bool:
    at = _LETTERS.find(letter) if letter else -1
    return 0 <= at < len(reasons) and bool(reasons[at].get("right"))


def _reason(reasons: list[dict[str, Any]], letter: str) -> Text:
    """Return the reason of a letter, which each student's own order gave it."""
    at = _LETTERS.find(letter) if letter else -1
    if not 0 <= at < len(reasons):
        return Text(en="…", zh="……")
    return Text(en=reasons[at]["en"], zh=reasons[at]["zh"])


def _said(held: bool, letter: str) -> Text:  # noqa: FBT001
    if held:
        return Text(en="", zh="")
    return _NO_REASON if not letter else _NOT_WHY.format(letter)


def _activation(name: str) -> str:
    """Return an activation's name, whatever its spelling."""
    from advisor.activations import activation

    try:
        return activation(None if name == "None" else name).name
    except UnknownNameError:
        raise UnreadableError(_UNKNOWN.format(shown(name, 30))) from None


def _last(spec: dict[str, Any], name: str) -> tuple[str, set[str]]:
    """Choose the last activation of a task."""
    from advisor.tasks import TASKS, find_task

    row = TASKS[_task(spec)] if "problem" in spec else find_task(spec["task"])
    return _activation(name), {row.last.value}


def _hidden(spec: dict[str, Any], name: str) -> tuple[str, set[str]]:
    """Choose an activation by its place in the rule for hidden layers."""
    from advisor.activations import ACTIVATIONS

    roles: dict[str, Callable[[Any], bool]] = {
        "first": lambda place: place.rank == 1,
        "next": lambda place: place.rank == _FURTHER,
        "never": lambda place: place.avoid,
    }
    if spec.get("role") not in roles:
        raise UnknownNameError("role", spec.get("role"), roles)
    shown_options = {_activation(one) for one in spec.get("options", ())} or set(ACTIVATIONS)
    fits = roles[spec["role"]]
    return _activation(name), {one for one in shown_options if fits(ACTIVATIONS[one].hidden)}


def _loss(spec: dict[str, Any], name: str) -> tuple[str, set[str]]:
    """Choose the loss of a task; its alternatives are right as well."""
    from advisor.facts import BINARY, EXCLUSIVE, HINGE, REAL
    from advisor.tasks import TASKS, find_task

    row = TASKS[_task(spec)] if "problem" in spec else find_task(spec["task"])
    others = {one for choice in row.loss.alternatives for one in choice.value.split(", ")}
    right = {row.loss.value, *others} | ({row.onehot.loss} if row.onehot else set())
    kinds = BINARY | EXCLUSIVE | REAL | HINGE | _OTHERS
    named = (one for task in TASKS.values() for one in _losses(task))
    known = {_key(one): one for one in (*kinds, *named)}
    short = {"bce": "BinaryCrossentropy", "cce": "CategoricalCrossentropy", "mse": "MeanSquaredError",
             "mae": "MeanAbsoluteError", "scce": "SparseCategoricalCrossentropy",
             "msle": "MeanSquaredLogarithmicError"}  # fmt: skip
    given = known.get(_key(name)) or short.get(_key(name))
    if given is None:
        raise UnreadableError(_NO_LOSS.format(shown(name, 30)))
    return given, right


def _losses(task: Any) -> list[str]:
    choices = (*task.loss.alternatives, *task.loss.avoid)
    found = [task.loss.value, *(one for choice in choices for one in choice.value.split(", "))]
    return found + ([task.onehot.loss] if task.onehot else [])


def _initializer(spec: dict[str, Any], name: str) -> tuple[str, set[str]]:
    """Choose the initialiser of an activation; normal and uniform are interchangeable."""
    from advisor.activations import activation

    given = _key(name)
    found = re.fullmatch("(glorot|he|lecun)(normal|uniform)?", given)
    family = found[1] if found else given
    wanted = activation(spec["activation"]).initializer.split("_")[0]
    return family, {wanted}


def _fault(spec: dict[str, Any], name: str) -> tuple[str, set[str]]:
    """Name what is wrong with a broken model, by a rule's code or name."""
    from advisor.grading.faults import FAULTS
    from advisor.rulebook import rule

    try:
        given = rule(name).code
    except UnknownNameError:
        raise UnreadableError(_UNKNOWN.format(shown(name, 30))) from None
    return given, set(FAULTS[spec["fault"]].codes)


_ASKS: dict[str, Callable[[dict[str, Any], str], tuple[str, set[str]]]] = {
    "last": _last,
    "hidden": _hidden,
    "loss": _loss,
    "initializer": _initializer,
    "fault": _fault,
}


def _task(spec: dict[str, Any]) -> str:
    from advisor.grading.problems import PROBLEMS

    if spec["problem"] not in PROBLEMS:
        raise UnknownNameError("problem", spec["problem"], PROBLEMS)
    return PROBLEMS[spec["problem"]].task


def _key(word: str) -> str:
    plain = word.lower().replace("_", "").replace(" ", "").removesuffix("(").removeprefix("keras.")
    return plain.removeprefix("losses.").removeprefix("initializers.")


def _lab(spec: dict[str, Any]) -> str:
    if spec["ask"] in {"last", "loss"}:
        return slips.LAST.get(_task(spec) if "problem" in spec else spec["task"], "")
    labs = {"initializer": "vanishing-gradient", "next": "dying-relu", "never": "hidden-sigmoid"}
    return labs.get(spec.get("role", spec["ask"]), "how-to-choose")


def _answer(right: set[str], reasons: list[dict[str, Any]]) -> Text:
    names = " / ".join(sorted(right))
    letters = ", ".join(_LETTERS[n] for n, one in enumerate(reasons) if one.get("right"))
    return Text(en=names, zh=names) if not letters else _BOTH.format(names, letters)


def listing(spec: dict[str, Any]) -> Text:
    """Return the options and reasons as they are shown under the question."""
    reasons = spec.get("why") or []
    if len(reasons) > len(_LETTERS):
        raise OptionError(f"Expected at most {len(_LETTERS)} reasons. Received: {len(reasons)}.")
    options = ", ".join(f"`{one}`" for one in spec.get("options", ()))
    en = [_OPTIONS.en.format(options)] if options else []
    zh = [_OPTIONS.zh.format(options)] if options else []
    for letter, one in zip(_LETTERS, reasons, strict=False):
        en.append(f"- ({letter}) {one['en']}")
        zh.append(f"- ({letter}) {one['zh']}")
    return Text(en="\n".join(en), zh="\n".join(zh))


def lines(spec: dict[str, Any], name: str) -> str:
    """Return the code of the faulty model, where one is to be diagnosed."""
    if spec["ask"] != "fault":
        return ""
    from advisor.grading.faults import code_of

    return f'X, y = work.data("{name}")\n\n{code_of(spec["fault"], spec["seed"]).rstrip()}'


_CHOICE = Text(en="choice", zh="选择")
_REASON = Text(en="reason", zh="理由")
_NOT_IT = Text(en="{} is not the one asked for.", zh="这里要的不是 {}。")
_NOT_WHY = Text(en="({}) is not the reason.", zh="理由不是 ({})。")
_NO_REASON = Text(en="The reason is missing: add its letter.", zh="没写理由：补上字母。")
_NO_NAME = Text(en="a {} that is no name", zh="{}，不是名字")
_NO_LOSS = Text(en="{}, which is no loss of Keras'", zh="{}，它不是 Keras 的损失函数")
_UNKNOWN = Text(en="{}, which Keras does not know", zh="{}，Keras 里没有")
_BOTH = Text(en="{}, because ({})", zh="{}，理由 ({})")
_OPTIONS = Text(en="One of: {}", zh="从中选一个：{}")
