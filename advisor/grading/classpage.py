"""The class report as a page: on a terminal, and as one HTML file to be shown in class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from advisor.grading.classreport import BINS
from advisor.grading.drawings import svg
from advisor.grading.marks import NOT_ATTEMPTED, NOT_GRADED, REFUSED, STATUS_WORDS
from advisor.grading.paper import escaped, framed, number, one_line, said, spoken
from advisor.page import Page
from advisor.text import Text, language

if TYPE_CHECKING:
    from advisor.grading.classreport import ClassReport, Question, Slips

_MOST_SLIPS = 12  # shown; the data has all of them
_TENTHS = 10
_BLOCKS = "·▁▂▃▄▅▆▇█"
_SPECIAL = (NOT_ATTEMPTED, REFUSED, NOT_GRADED)  # statuses that points do not show


def described(report: ClassReport) -> Page:
    """Describe the report in the language spoken now."""
    code = language()
    page = Page(one_line(str(_TITLE.format(report.title))))
    *counts, mean = (f"{words} {value}" for words, value in _counts(report, code))
    page.say(" · ".join(counts)).say(mean)
    if report.questions:
        page.heading(_BY_QUESTION)
        page.rows(*(_line(one, code) for one in report.questions), head=_HEAD)
        page.say(_BINS.format(" · ".join(BINS)))
    if report.slips:
        page.heading(_COMMONEST)
        page.rows(*(_slip_line(one, code) for one in report.slips[:_MOST_SLIPS]))
    return page


def page(report: ClassReport, language: str) -> str:
    """Return the report as one self-contained HTML page."""
    code = spoken(language)
    heading = getattr(_TITLE.format(report.title), code)
    tiles = "".join(
        f"<div><b>{escaped(value)}</b><span>{escaped(words)}</span></div>"
        for words, value in _counts(report, code)
    )
    slips = "".join(_slip(one, code) for one in report.slips[:_MOST_SLIPS])
    parts = [
        f'<h1>{escaped(heading)}</h1><div class="counts">{tiles}</div>',
        _totals(report, code),
        _section(_BY_QUESTION, _table(report, code), code),
        _section(_COMMONEST, f"<ol>{slips}</ol>" if slips else "", code),
    ]
    return framed(one_line(heading), code, "".join(parts), _STYLE)


def _table(report: ClassReport, code: str) -> str:
    """Show how the class did on each question."""
    if not report.questions:
        return ""
    rows = "".join(_row(one, code) for one in report.questions)
    head = "".join(f"<th>{escaped(getattr(words, code))}</th>" for words in _HEAD)
    spread = escaped(getattr(_BINS.format(" · ".join(BINS)), code))
    return (
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        f'<p class="more">{spread}</p>'
    )


def _counts(report: ClassReport, code: str) -> list[tuple[str, str]]:
    """Say how many there are of each: (what, how many)."""
    of = f" / {report.students}" if report.students else ""
    mean = "–" if report.mean is None else f"{number(report.mean)} / {number(report.out_of)}"
    told: list[tuple[Text, str]] = [
        (_SUBMISSIONS, f"{report.submissions - report.beyond}{of}"),
        *([(_MISSING, str(report.missing))] if report.students else []),
        *([(_BEYOND, str(report.beyond))] if report.beyond else []),
        *([(_WAITING, str(report.waiting))] if report.waiting else []),
        (_GRADED, str(report.graded)),
        (_REFUSED, str(report.refused)),
        (_LATE, str(report.late)),
        (_MEAN, mean),
    ]
    return [(getattr(words, code), value) for words, value in told]


def _line(one: Question, code: str) -> tuple[str, ...]:
    """Return a question's line for a terminal."""
    most = max(one.bins) or 1
    bars = "".join(_BLOCKS[-(-count * (len(_BLOCKS) - 1) // most)] for count in one.bins)
    return (one_line(one.name), _mean(one), _percent(one.correct), bars, _first_line(one, code))


def _row(one: Question, code: str) -> str:
    """Return a question's row of the table."""
    share = 0.0 if one.share is None else max(0.0, min(1.0, one.share))
    special = [
        f"{escaped(getattr(STATUS_WORDS[status], code))}: {one.statuses[status]}"
        for status in _SPECIAL
        if status in one.statuses
    ]
    more = f'<div class="more">{" · ".join(special)}</div>' if special else ""
    return (
        f"<tr><td><b>{escaped(one_line(one.name))}</b></td>"
        f'<td class="mean">{_mean(one)}<div class="bar"><i style="width:{100 * share:.1f}%"></i>'
        f'</div></td><td><span class="narrow">{escaped(getattr(_HEAD[2], code))} </span>'
        f"{_percent(one.correct)}</td><td>{_bins(one)}</td>"
        f"<td>{escaped(_first_line(one, code))}{more}</td></tr>"
    )


def _bins(one: Question) -> str:
    """Draw how many earned how much as six small bars with their numbers."""
    most, wide, tall = max(one.bins) or 1, 32, 34
    out = []
    for i, (count, name) in enumerate(zip(one.bins, BINS, strict=True)):
        high = tall * count / most
        x = i * wide + wide / 2
        out.append(
            f'<rect x="{i * wide + 3}" y="{12 + tall - high:.1f}" width="{wide - 6}" '
            f'height="{max(high, 0.8):.1f}" fill="{_SHADES[i]}"/>'
            f'<text x="{x}" y="{9 + tall - high:.1f}">{count or ""}</text>'
            f'<text x="{x}" y="{tall + 24}" class="under">{escaped(name)}</text>'
        )
    told = ", ".join(f"{name}: {count}" for name, count in zip(BINS, one.bins, strict=True))
    size = f'viewBox="0 0 {wide * len(BINS)} {tall + 27}"'
    return f'<svg role="img" class="bins" {size}><title>{escaped(told)}</title>{"".join(out)}</svg>'


def _totals(report: ClassReport, code: str) -> str:
    """Draw how many earned which share of all points."""
    if not report.totals:
        return ""
    counts = [0] * _TENTHS
    for share in report.totals:
        counts[max(0, min(_TENTHS - 1, int(share * _TENTHS + 1e-9)))] += 1
    picture: dict[str, Any] = {
        "kind": "histogram",
        "title": {"en": _ALL.en, "zh": _ALL.zh},
        "xlabel": {"en": _OF_ALL.en, "zh": _OF_ALL.zh},
        "low": 0,
        "high": 100,
        "series": [{"label": {"en": _STUDENTS.en, "zh": _STUDENTS.zh}, "counts": counts}],
    }
    return _section(_ALL, f"<figure>{svg(picture, code)}</figure>", code)


def _slip(one: Slips, code: str) -> str:
    """Return a slip as an entry of the list."""
    lab = f"<div>→ <code>advisor lab {escaped(one.lab)}</code></div>" if one.lab else ""
    how_many = escaped(getattr(_OF.format(one.students, one.of, ", ".join(one.questions)), code))
    return (
        f"<li><b>{_percent(one.share)}</b> {said(one.words, code)} "
        f'<span class="more">{how_many}</span>'
        f'<div class="bar"><i style="width:{100 * one.share:.1f}%"></i></div>{lab}</li>'
    )


def _slip_line(one: Slips, code: str) -> tuple[str, str]:
    """Return a slip's line for a terminal."""
    how_many = getattr(_OF.format(one.students, one.of, ", ".join(one.questions)), code)
    lab = f" → advisor lab {one.lab}" if one.lab else ""
    return _percent(one.share), one_line(f"{getattr(one.words, code)}{how_many}{lab}")


def _section(title: Text, inside: str, code: str) -> str:
    if not inside:
        return ""
    return f"<section><h2>{escaped(getattr(title, code))}</h2>{inside}</section>\n"


def _mean(one: Question) -> str:
    if one.share is None:
        return "–"
    return f"{number(one.share * one.out_of)} / {number(one.out_of)}"


def _first_line(one: Question, code: str) -> str:
    lines = str(getattr(one.words, code)).strip().splitlines()
    return one_line(lines[0]).replace("`", "") if lines else ""


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %"


_SHADES = ("#D55E00", "#E69F00", "#E69F00", "#E69F00", "#E69F00", "#009E73")
_TITLE = Text(en="{}: the class", zh="{}：全班情况")
_SUBMISSIONS = Text(en="submissions", zh="提交")
_GRADED = Text(en="graded", zh="已评分")
_STUDENTS = Text(en="students", zh="人数")
_MISSING = Text(en="missing", zh="未交")
_BEYOND = Text(en="not on the roster", zh="不在名单上")
_WAITING = Text(en="not graded yet", zh="还没评分")
_REFUSED = Text(en="with a refused file", zh="有文件被拒收")
_LATE = Text(en="late", zh="迟交")
_MEAN = Text(en="mean points", zh="平均分")
_BY_QUESTION = Text(en="By question, the hardest first", zh="各题情况，最难的在前")
_HEAD = (
    Text(en="question", zh="题目"),
    Text(en="mean", zh="平均"),
    Text(en="correct", zh="全对"),
    Text(en="spread", zh="分布"),
    Text(en="", zh=""),
)
_BINS = Text(
    en="Spread: how many earned which share of the points: {}.",
    zh="分布：拿到多大比例分数的各有多少人：{}。",
)
_COMMONEST = Text(en="The commonest slips", zh="最常见的失误")
_OF = Text(en=" ({} of {}; {})", zh="（{1} 人中 {0} 人；{2}）")
_ALL = Text(en="All points", zh="总分分布")
_OF_ALL = Text(en="share of all points, %", zh="占满分的百分比")
_STYLE = """
body { max-width: 60rem; font-size: 19px }
h2 { margin: 1.6rem 0 .5rem; font-size: 1.25rem }
.counts { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1rem 0 }
.counts div { display: flex; flex-direction: column; padding: .4rem .9rem; background: #f2f7fb;
  border-left: 4px solid #0072B2; line-height: 1.3 }
.counts b { font-size: 1.4rem } .counts span { font-size: .85rem; color: #444 }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .4rem .9rem .4rem 0;
  border-bottom: 1px solid #ddd } th { font-size: .85rem; color: #444; white-space: nowrap }
.narrow { display: none }
td:nth-child(-n+3) { white-space: nowrap } tr { break-inside: avoid }
.mean { min-width: 6.5rem }
.bar { height: .5rem; background: #e3e6ea; border-radius: .3rem; overflow: hidden; margin: .25rem 0 }
.bar i { display: block; height: 100%; background: #0072B2 }
.bins { width: 192px; font-size: 11px; text-anchor: middle } .bins .under { fill: #5a5a5a }
.more { color: #5a5a5a; font-size: .85rem }
ol { padding-left: 1.6rem } li { margin: .8rem 0; break-inside: avoid }
li .bar { max-width: 30rem }
@media (max-width: 40rem) { body { font-size: 16px } table, tbody, tr, td { display: block; border: 0 }
  thead { display: none } tr { border-bottom: 1px solid #ddd; padding: .5rem 0 }
  td { padding: .1rem 0; border: 0 } .mean { max-width: 14rem } .narrow { display: inline } }
"""
