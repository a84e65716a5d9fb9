"""A report in words."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from advisor.findings import SEVERITIES
from advisor.page import Page
from advisor.text import Text, join

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.diagnosis import Report
    from advisor.findings import Finding


def describe(report: Report) -> Page:
    """Describe a report in the language spoken now."""
    facts = report.facts
    if not report.findings:
        page = Page(str(_CLEAN.format(facts.name)))
    else:
        counts = [
            _COUNT[severity].format(n, "" if n == 1 else "s")
            for severity in SEVERITIES
            if (n := sum(f.severity == severity for f in report.findings))
        ]
        mark = "✓" if report.ok else "✗"
        page = Page(f"{mark} {_FOUND.format(facts.name, join(counts))}")
    for cause, effects in _groups(report):
        _describe(page, cause)
        if effects:
            page.rows(*((f"  {_FOLLOWS} {f.code} {f.name}", f.message) for f in effects))
    _blind(page, report)
    return page


def _groups(report: Report) -> Iterator[tuple[Finding, list[Finding]]]:
    """Give each cause with what follows from it."""
    starts = [n for n, finding in enumerate(report.findings) if finding.because is None]
    for start, end in pairwise([*starts, len(report.findings)]):
        yield report.findings[start], list(report.findings[start + 1 : end])


def _describe(page: Page, finding: Finding) -> None:
    page.heading(f"{finding.code} {finding.name} · {_SEVERITY[finding.severity]} · {finding.where}")
    page.rows((_SEEN, finding.message), (_WHY, finding.why), (_FIX, finding.fix))


def _blind(page: Page, report: Report) -> None:
    """Say what was not looked at, and why."""
    if report.facts.own:
        kinds = [f"{where} ({what})" for where, what in report.facts.own[:6]]
        page.heading(_OWN).say(join(kinds))
    needs: dict[str, tuple[Text, list[str | Text]]] = {}
    for code, _, missing in report.not_applicable:
        needs.setdefault(missing.en, (missing, []))[1].append(code)
    if needs:
        page.heading(_BLIND)
        page.rows(*((_shortly(codes), missing) for missing, codes in needs.values()))


def _shortly(codes: list[str | Text]) -> str:
    """Name a few codes, or the first and the last of many."""
    few = 3
    return (
        ", ".join(map(str, codes))
        if len(codes) <= few
        else f"{codes[0]} … {codes[-1]} ({len(codes)})"
    )


_CLEAN = Text(en="✓ {}: nothing wrong was found", zh="✓ {}：没有发现问题")
_FOUND = Text(en="{}: {}", zh="{}：{}")
_COUNT = {
    "error": Text(en="{} error{}", zh="{} 个错误"),
    "warning": Text(en="{} warning{}", zh="{} 个警告"),
    "hint": Text(en="{} hint{}", zh="{} 个提示"),
}
_SEVERITY = {
    "error": Text(en="error", zh="错误"),
    "warning": Text(en="warning", zh="警告"),
    "hint": Text(en="hint", zh="提示"),
}
_SEEN, _WHY, _FIX = (
    Text(en="seen", zh="看到"),
    Text(en="why", zh="为什么"),
    Text(en="repair", zh="修改"),
)
_FOLLOWS = Text(en="follows:", zh="由此引起：")
_OWN = Text(en="Not looked into (not Keras' own)", zh="没有查看（不是 Keras 自带的）")
_BLIND = Text(en="Rules that could not look", zh="没法检查的规则")
