"""Feedback: one page a student, in their language, that says no more than it may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.errors import UnknownNameError
from advisor.grading.drawings import svg, words_of
from advisor.grading.marks import (
    CORRECT,
    NOT_ATTEMPTED,
    NOT_GRADED,
    NOT_YET,
    PARTLY,
    REFUSED,
    STATUS_WORDS,
)
from advisor.grading.paper import escaped, framed, isolated, number, one_line, said, spoken
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from advisor.grading.marks import Mark, Part, Result

POINTS, MESSAGE, DESCRIPTION, FULL = "points", "message", "description", "full"
REVEALS = (POINTS, MESSAGE, DESCRIPTION, FULL)  # each shows what those before it show

_SYMBOLS = {
    CORRECT: ("✓", "right"),
    PARTLY: ("◐", "part"),
    NOT_YET: ("✗", "wrong"),
    NOT_ATTEMPTED: ("–", "none"),
    REFUSED: ("⊘", "wrong"),
    NOT_GRADED: ("", "none"),
}


def page(
    result: Result,
    *,
    title: Text,
    questions: Mapping[str, Text],
    language: str = "en",
    reveal: str = MESSAGE,
    name: str = "",
    notes: Sequence[Text] = (),
) -> str:
    """Return the page: self-contained, without a script, the same bytes for the same result.

    What is not revealed is nowhere in it.

    Args:
        result: what the submission earned.
        title: of the assignment.
        questions: what each asks for, by its name; one that is not there shows its name only.
        language: "en" or "zh".
        reveal: "points" shows points and who marked by hand; "message" what was wrong and why a
            mark was given by hand; "description" the parts and the pictures; "full" a right answer.
        name: of the student, shown beside the id; may hold anything.
        notes: what else the student should know, after the result's own.

    Raises:
        UnknownNameError: no such language, or no such way to reveal.
    """
    if reveal not in REVEALS:
        raise UnknownNameError("way to reveal", reveal, REVEALS)
    code = spoken(language)
    level = REVEALS.index(reveal)
    heading = getattr(title, code)
    who = one_line(name) or one_line(result.student)
    sections = "".join(
        _question(i, mark, questions.get(mark.question), code, level)
        for i, mark in enumerate(result.marks, 1)
    )
    body = (
        _head(result, heading, name, code)
        + _total(result, code)
        + _row(result, code)
        + _notes([*result.notes, *notes], code)
        + sections
        + _foot(result, code)
    )
    return framed(f"{one_line(heading)} · {who}", code, body, _STYLE)


def _head(result: Result, heading: str, name: str, code: str) -> str:
    """Say which assignment and whose."""
    given = isolated(name) + " · " if name.strip() else ""
    return (
        f"<header><h1>{escaped(heading)}</h1>"
        f'<p class="who">{given}{_in(_ID, code)} {isolated(result.student)}</p></header>'
    )


def _total(result: Result, code: str) -> str:
    """Say how many points, in figures and as a bar."""
    share = max(0.0, min(1.0, result.points / result.out_of)) if result.out_of > 0 else 0.0
    waiting = sum(mark.status == NOT_GRADED for mark in result.marks)
    earned = "–" if waiting and waiting == len(result.marks) else number(result.points)
    words = _SO_FAR if waiting else _TOTAL
    more = f'<p class="more">{said(_WAITING.format(waiting), code)}</p>' if waiting else ""
    return (
        f'<div class="total"><p>{_in(words.format(f"<b>{earned}</b>", number(result.out_of)), code)}'
        f'</p><div class="bar"><i style="width:{100 * share:.1f}%"></i></div>{more}</div>'
    )


def _row(result: Result, code: str) -> str:
    """List the questions with their points, each leading to its section."""
    chips = "".join(
        f'<a class="{_look(mark)[1]}" href="#question-{i}" title="{_status(mark, code)}">'
        f"<b>{escaped(one_line(mark.question))}</b>"
        f"<span>{_look(mark)[0]} {_points(mark)}</span></a>"
        for i, mark in enumerate(result.marks, 1)
    )
    return f'<nav aria-label="{_in(_QUESTIONS, code)}">{chips}</nav>'


def _notes(notes: Sequence[Text], code: str) -> str:
    lines = "".join(f"<li>{said(note, code)}</li>" for note in notes)
    return f'<ul class="notes">{lines}</ul>' if lines else ""


def _question(place: int, mark: Mark, asked: Text | None, code: str, level: int) -> str:
    """Show one question: as much of its mark as the level allows."""
    symbol, look = _look(mark)
    question = f'<p class="asked">{said(asked, code)}</p>' if asked else ""
    seen = "".join(show(mark, code) for least, show in enumerate(_SHOWN) if least <= level)
    return (
        f'<section id="question-{place}"><div class="head">'
        f"<h2>{escaped(one_line(mark.question))}</h2>"
        f'<span class="status {look}">{symbol} {_status(mark, code)}</span>'
        f'<span class="points">{_of_points(_points(mark), code)}</span></div>'
        f"{question}{seen}</section>\n"
    )


def _by_whom(mark: Mark, code: str) -> str:
    """Say who marked by hand."""
    if not mark.by:
        return ""
    return f'<p class="hand">{_in(_BY, code)} {isolated(mark.by)}</p>'


def _message(mark: Mark, code: str) -> str:
    """Say what was wrong, and why a mark was given by hand."""
    why = ""
    if mark.by and mark.reason.strip():
        why = f'<p class="hand">{_in(_REASON, code)} <bdi>{escaped(mark.reason)}</bdi></p>'
    words = said(mark.message, code)
    return why + (f'<p class="message">{words}</p>' if words.strip() else "")


def _description(mark: Mark, code: str) -> str:
    """Show the parts, and what the model's outputs do."""
    parts = "".join(_part(part, mark, code) for part in mark.parts)
    listed = f'<ul class="parts">{parts}</ul>' if parts else ""
    drawn = svg(mark.picture, code) if mark.picture else ""
    if not drawn or mark.picture is None:
        return listed
    caption = escaped(words_of(mark.picture, "title", code))
    return f"{listed}<figure><figcaption>{caption}</figcaption>{drawn}</figure>"


def _part(part: Part, mark: Mark, code: str) -> str:
    """Show one part: what it is, what it earned, what was seen."""
    symbol, look = ("✓", "right") if part.earned >= 1 else ("✗", "wrong")
    if 0 < part.earned < 1:
        symbol, look = "◐", "part"
    worth = part.share * mark.out_of
    earned = f"{number(part.earned * worth)} / {number(worth)}"
    words = said(part.message, code)
    seen = f"<p>{words}</p>" if words.strip() else ""
    return (
        f'<li><span class="{look}">{symbol}</span><b>{said(part.title, code)}</b>'
        f'<span class="points">{_of_points(earned, code)}</span>{seen}</li>'
    )


def _right(mark: Mark, code: str) -> str:
    """Show a right answer."""
    words = said(mark.right, code)
    if not words.strip():
        return ""
    return f'<div class="answer"><h3>{_in(_RIGHT, code)}</h3><p>{words}</p></div>'


_SHOWN = (_by_whom, _message, _description, _right)  # in the order of REVEALS


def _foot(result: Result, code: str) -> str:
    """Say which submission this is about, so that it can be found again."""
    words = _FOOT.format(
        assignment=one_line(result.assignment),
        version=one_line(result.version),
        sha256=one_line(result.sha256)[:16] or "–",
    )
    return f"<footer>{escaped(getattr(words, code))}</footer>"


def _look(mark: Mark) -> tuple[str, str]:
    return _SYMBOLS.get(mark.status, ("", "none"))


def _status(mark: Mark, code: str) -> str:
    words = STATUS_WORDS.get(mark.status)
    return _in(words, code) if words else escaped(one_line(mark.status))


def _points(mark: Mark) -> str:
    earned = "–" if mark.status == NOT_GRADED else number(mark.points)
    return f"{earned} / {number(mark.out_of)}"


def _of_points(points: str, code: str) -> str:
    return f"{points} {_in(_POINTS, code)}"


def _in(words: Text, code: str) -> str:
    """Return words of ours, which need no escaping."""
    return str(getattr(words, code))


_ID = Text(en="ID", zh="学号")
_TOTAL = Text(en="{} of {} points", zh="{} 分，满分 {} 分")
_SO_FAR = Text(en="{} of {} points so far", zh="目前 {} 分，满分 {} 分")
_WAITING = Text(en="Questions not graded yet: {}.", zh="还没评分的题目：{} 道。")
_QUESTIONS = Text(en="Questions", zh="题目")
_POINTS = Text(en="points", zh="分")
_BY = Text(en="Marked by hand by", zh="人工评分：")
_REASON = Text(en="Why:", zh="理由：")
_RIGHT = Text(en="A right answer", zh="参考答案")
_FOOT = Text(
    en="Assignment {assignment}, version {version} · submission {sha256}",
    zh="作业 {assignment}，版本 {version} · 提交 {sha256}",
)
_STYLE = """
.who { color: #444; margin: 0 0 .8rem } .who bdi { font-weight: 600 }
.total p { margin: 0; font-size: 1.15rem } .total b { font-size: 1.9rem; line-height: 1.2 }
.total .more { font-size: .95rem; color: #444 }
.bar { height: .55rem; background: #e3e6ea; border-radius: .3rem; overflow: hidden; margin: .3rem 0 }
.bar i { display: block; height: 100%; background: #0072B2 }
nav { display: flex; flex-wrap: wrap; gap: .4rem; margin: .9rem 0 }
nav a { display: flex; flex-direction: column; padding: .25rem .7rem; border: 1px solid #ccd1d6;
  border-left: 4px solid; border-radius: 4px; text-decoration: none; line-height: 1.35;
  max-width: 100% }
nav a b { color: #1a1a1a } nav a span { font-size: .9rem }
.right { color: #00664a } .part { color: #8a5a00 } .wrong { color: #a63c00 } .none { color: #5a5a5a }
.notes { margin: .8rem 0; padding: .6rem 1rem .6rem 2rem; background: #fff6df;
  border-left: 4px solid #E69F00 }
section { border-top: 1px solid #ccd1d6; padding: 1.1rem 0 .6rem; margin-top: 1rem }
.head { display: flex; flex-wrap: wrap; gap: .2rem .9rem; align-items: baseline; break-after: avoid }
.head > * { min-width: 0 }
.status { font-weight: 600 } .points { color: #444; white-space: nowrap; margin-left: auto }
.asked { color: #444; white-space: pre-line } .message, .answer p { white-space: pre-line }
.message { border-left: 4px solid #0072B2; background: #f2f7fb; padding: .5rem .9rem }
.hand { background: #f4f0f7; border-left: 4px solid #8a5a8a; padding: .3rem .9rem }
.hand + .hand { margin-top: -.5rem } .hand bdi { white-space: pre-line }
.parts { list-style: none; padding: 0; margin: .7rem 0 }
.parts li { display: grid; grid-template-columns: 1.4rem 1fr auto; padding: .4rem 0;
  border-bottom: 1px solid #e7e9ec; break-inside: avoid }
.parts b { min-width: 0; padding-right: .8rem; font-weight: 600 }
.parts p { grid-column: 2 / -1; margin: .1rem 0 0; white-space: pre-line; min-width: 0 }
.answer { background: #eef7f3; border-left: 4px solid #009E73; padding: .5rem .9rem; margin: .8rem 0;
  break-inside: avoid }
.answer h3 { margin: 0; font-size: 1rem } .answer p { margin: .2rem 0 0 }
@media print { nav a { break-inside: avoid } section { margin-top: .6rem } }
"""
