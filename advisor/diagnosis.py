"""`check`: what is wrong with a Keras model, before it is trained."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from advisor import rulebook, streams
from advisor.errors import DataTypeError, OptionError
from advisor.findings import ERROR, SEVERITIES, WARNING, Finding, NotApplicable, Seen
from advisor.page import Answer
from advisor.tasks import find_task

if TYPE_CHECKING:
    from collections.abc import Sequence
    from os import PathLike

    from advisor.facts import Facts
    from advisor.page import Page
    from advisor.proofs import Proof
    from advisor.text import Text


@dataclass(frozen=True, repr=False)
class Report(Answer):
    """What `check` found.

    Attributes:
        findings: root causes first, each followed by what follows from it; the worst first.
        not_applicable: rules that could not look: (code, name, what they need).
        passed: codes of the rules that looked and saw nothing.
        facts: what the rules looked at.
        subject: the model, or the file's path.
        task: as it was named.
    """

    findings: tuple[Finding, ...]
    not_applicable: tuple[tuple[str, str, Text], ...]
    passed: tuple[str, ...]
    facts: Facts
    subject: Any = field(repr=False)
    data: tuple[Any, Any] = field(default=(None, None), repr=False)
    task: str | None = None

    @property
    def ok(self) -> bool:
        """No error and no warning was found; hints do not count."""
        return not any(finding.severity in {ERROR, WARNING} for finding in self.findings)

    @property
    def causes(self) -> tuple[Finding, ...]:
        """The findings that follow from no other."""
        return tuple(finding for finding in self.findings if finding.because is None)

    def page(self) -> Page:
        """Describe the findings in the language spoken now."""
        from advisor.diagnosis_words import describe

        return describe(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON types, words in the language spoken now."""
        return {
            "model": self.facts.name,
            "ok": self.ok,
            "findings": [finding.to_dict() for finding in self.findings],
            "not_applicable": [
                {"code": code, "name": name, "needs": str(needs)}
                for code, name, needs in self.not_applicable
            ],
            "passed": list(self.passed),
            "not_looked_into": [{"where": where, "what": what} for where, what in self.facts.own],
            "rows": self.facts.rows,
        }

    def repair(self) -> Any:
        """Return a new compiled model with the smallest change that mends what was found.

        Trained weights are kept where their shapes still fit. Where the labels are what is wrong the
        model stays, and `labels` maps them.

        Raises:
            OptionError: there is nothing that a change of the model mends.
        """
        return self._mended.model

    def labels(self, y: Any) -> Any:
        """Return y as the repaired model takes it: mapped where labels were what is wrong."""
        return self._mended.labels(y)

    def diff(self) -> str:
        """Return the repair as a unified diff of plain Keras code."""
        return str(self._mended.diff)

    def prove(self, X: Any, y: Any, *, epochs: int = 30, seeds: int = 3) -> Proof:
        """Train the model and its repair from the same seeds, and show what comes out of both.

        Args:
            X: features as the model takes them.
            y: targets as they were given to `check`.
            epochs: for each training.
            seeds: how many trainings of each.
        """
        from advisor.proofs import prove

        return prove(self, X, y, epochs=epochs, seeds=seeds)

    @functools.cached_property
    def _mended(self) -> Any:
        from advisor.repairs import mend

        return mend(self)


def check(
    model: Any,
    X: Any = None,
    y: Any = None,
    task: object = None,
    *,
    select: Sequence[str] | None = None,
    ignore: Sequence[str] | None = None,
) -> Report:
    """Find what is wrong with a Keras model, without training or changing it.

    With the model alone its layers, loss, metrics and optimizer are looked at; with X and y labels,
    ranges and scales as well, and one batch is run forward and backward.

    Args:
        model: a `keras.Model`, or the path of a `.keras` file, which is read without Keras.
        X: features as the model takes them; None to look at the model alone.
        y: targets as they are to be given to `fit`; a stream of (x, y) batches as X needs none.
        task: what the model is for, where neither y nor the loss tells.
        select: codes, beginnings of codes or names of the rules to run; None for all, or what
            `[tool.advisor]` of the nearest pyproject.toml says.
        ignore: likewise, not to run.

    Raises:
        DataTypeError: it is no Keras model.
        DataError: X or y cannot be used, or X does not fit the model's inputs.
        OptionError: y without X.
        UnknownNameError: no such task or rule.
        ModelFileError: the file is no saved model, or not a safe one.

    Example:
        >>> from advisor import build
        >>> check(build("multiclass")).ok
        True
    """
    rules = rulebook.chosen(select, ignore)
    named = None if task is None else find_task(task).name
    if y is None and X is not None and streams.is_stream(X):
        X, y = streams.collect(X)
    if X is None and y is not None:
        raise OptionError("Received y without X. Expected both, X alone, or neither.")
    if isinstance(model, (str, bytes)) or hasattr(model, "__fspath__"):
        facts = _of_file(model, X, y, named)
    else:
        facts = _of_model(model, X, y, named)
    return run(rules, facts, subject=model, data=(X, y), task=named)


def _of_model(model: Any, X: Any, y: Any, task: str | None) -> Facts:
    """Make the facts of a live model."""
    from advisor import backend, data_facts, model_facts, probes

    if not isinstance(model, backend.keras().Model):
        raise DataTypeError(
            f"Expected a keras.Model or the path of a .keras file. Received: a {type(model).__name__}."
        )
    facts = model_facts.read(model)
    for output in facts.outputs:
        output.task = task
    if X is None:
        probes.foretell(model, facts)
        return facts
    X, y = data_facts.read(facts, X, y)
    probes.look(model, facts, X, y)
    return facts


def _of_file(path: str | PathLike[str], X: Any, y: Any, task: str | None) -> Facts:
    """Make the facts of a saved file."""
    from advisor import data_facts, file_facts, saved

    file = saved.read(path)
    facts = file_facts.read(file)
    for output in facts.outputs:
        output.task = task
    if X is not None:
        X, y = data_facts.read(facts, X, y)
        file_facts.look(file, facts, X)
    return facts


def run(
    rules: Sequence[rulebook.Rule],
    facts: Facts,
    *,
    subject: Any,
    data: tuple[Any, Any] = (None, None),
    task: str | None = None,
) -> Report:
    """Run rules on facts; causes come before what follows from them."""
    seen: list[tuple[rulebook.Rule, Seen]] = []
    blind, passed = [], []
    for one in rules:
        try:
            mine = list(one.entry.check(facts))
        except NotApplicable as reason:
            blind.append((one.code, one.name, reason.needs))
            continue
        seen += [(one, found) for found in mine]
        if not mine:
            passed.append(one.code)
    findings = _ranked(facts, seen)
    return Report(tuple(findings), tuple(blind), tuple(passed), facts, subject, data, task)


def _ranked(facts: Facts, seen: list[tuple[rulebook.Rule, Seen]]) -> list[Finding]:
    """Put causes before consequences, and the worst first."""
    causes: dict[int, int] = {}
    for at, (effect, found) in enumerate(seen):
        for by, (rule, cause) in enumerate(seen):
            apart = _apart(facts, cause, found)
            if by != at and effect.name in cause.explains and not found.stands and not apart:
                if rule.name in found.explains and by > at:
                    continue  # each explains the other: the first one is the cause
                causes[at] = by
                break
    roots = {at: _root(at, causes) for at in range(len(seen))}
    order = sorted(
        range(len(seen)),
        key=lambda at: (_rank(seen[roots[at]]), roots[at], roots[at] != at, _rank(seen[at]), at),
    )
    findings = []
    for at in order:
        rule, found = seen[at]
        finding = Finding(
            rule.code,
            rule.name,
            found.severity,
            found.where,
            found.message,
            rule.entry.WHY,
            found.fix,
            rule.entry.SOURCE,
            found.changes,
        )
        root = roots[at]
        findings.append(finding if root == at else replace(finding, because=seen[root][0].code))
    return findings


def _rank(one: tuple[rulebook.Rule, Seen]) -> tuple[int, bool, str]:
    rule, seen = one
    return SEVERITIES.index(seen.severity), getattr(rule.entry, "LAST", False), rule.code


def _root(at: int, causes: dict[int, int]) -> int:
    """Follow a finding to the cause that has none."""
    met = {at}
    while at in causes and causes[at] not in met:
        at = causes[at]
        met.add(at)
    return at


def _apart(facts: Facts, cause: Seen, effect: Seen) -> bool:
    """Say whether two findings are about different outputs."""
    mine, theirs = (_output_of(facts, one.where) for one in (cause, effect))
    return mine is not None and theirs is not None and mine != theirs


def _output_of(facts: Facts, where: str) -> int | None:
    """Return the number of the output that a place belongs to; None where it is no output's."""
    for output in facts.outputs if len(facts.outputs) > 1 else ():
        own = {facts.layers[n].name for n in (output.layer, *output.tail) if n is not None}
        if where.endswith(f" of {output.name}") or where in own:
            return output.number
    return None
