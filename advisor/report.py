"""Experiments as one self-contained web page, with their pictures."""

from __future__ import annotations

import base64
import html
import io
from typing import TYPE_CHECKING, Any

from advisor.text import Text, language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from advisor.demonstrations import Demonstration


def page(demonstrations: Sequence[Demonstration]) -> str:
    """Return the page, in the language spoken now.

    Everything is inside: pictures, style, no script and nothing to load.
    """
    confirmed = sum(one.ok for one in demonstrations)
    contents = "".join(
        f'<li><a href="#{one.name}">{_mark(one)} {_text(one.title)}</a></li>'
        for one in demonstrations
    )
    sections = "".join(_section(one) for one in demonstrations)
    seeds = max((one.seeds for one in demonstrations), default=0)
    return (
        f'<!DOCTYPE html><html lang="{language()}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_text(_TITLE)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{_text(_TITLE)}</h1>"
        f"<p>{_text(_INTRO.format(confirmed, len(demonstrations), seeds))}</p>"
        f"<nav><ol>{contents}</ol></nav>{sections}</body></html>\n"
    )


def _section(one: Demonstration) -> str:
    rows = "".join(
        f"<tr><td>{'✓' if number.ok else '✗'}</td><td>{_text(number.what)}</td>"
        f"<td class=number>{_text(number.range)}</td><td class=number>{_text(number.bound)}</td></tr>"
        for number in one.numbers
    )
    head = "".join(f"<th>{_text(words)}</th>" for words in ("", _WHAT, _MEASURED, _BOUND))
    return (
        f'<section id="{one.name}"><h2>{_mark(one)} {_text(one.title)}</h2>'
        f"<blockquote>{_text(one.claim)}</blockquote>"
        f"<p><b>{_text(_VERDICT)}</b> {_text(one.verdict)}</p>"
        f"<p><b>{_text(_BUT)}</b> {_text(one.limits)}</p>"
        f'<img alt="{_text(one.title)}" src="data:image/png;base64,{_picture(one)}">'
        f"<p><b>{_text(_CRITERION)}</b> {_text(one.criterion)}</p>"
        f"<table><tr>{head}</tr>{rows}</table>"
        f"<details><summary><b>{_text(_QUESTION)}</b> {_text(one.question)}</summary>"
        f"<p>{_text(one.answer)}</p></details>"
        f"<footer>{_text(_SOURCE)} {_text(one.source)} · {one.seconds:.1f} s</footer></section>"
    )


def _picture(one: Demonstration) -> str:
    """Return the picture as PNG in base64."""
    out = io.BytesIO()
    one.plot().savefig(out, format="png", dpi=110)
    return base64.b64encode(out.getvalue()).decode("ascii")


def _mark(one: Demonstration) -> str:
    return "✓" if one.ok else "✗"


def _text(words: Any) -> str:
    return html.escape(str(words))


_STYLE = """
body { font: 17px/1.55 system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif;
       max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff; }
h1 { font-size: 1.7rem } h2 { font-size: 1.3rem; margin: 2.5rem 0 .5rem }
blockquote { margin: .5rem 0; padding: .4rem 1rem; border-left: 4px solid #0072B2; background: #f2f7fb }
img { max-width: 100%; height: auto; margin: .5rem 0 }
table { border-collapse: collapse; margin: .5rem 0 } td, th { text-align: left; padding: .2rem .8rem .2rem 0;
        border-bottom: 1px solid #ddd; vertical-align: top } .number { white-space: nowrap }
details { background: #f7f7f7; padding: .5rem 1rem; margin: .8rem 0 } summary { cursor: pointer }
nav ol { columns: 2; line-height: 1.7 } a { color: #0072B2 } footer { color: #666; font-size: .85rem }
@media print { section { break-inside: avoid } details > p { display: block } nav { display: none } }
@media (max-width: 40rem) { nav ol { columns: 1 } table { display: block; overflow-x: auto } }
"""
_TITLE = Text(en="Activation functions: the lecture, measured", zh="激活函数：讲义逐条实测")
_INTRO = Text(
    en="{} of {} verdicts stand on what was measured just now, over {} seeds each.",
    zh="{} / {} 条结论由刚才的实测支持，每条 {} 个种子。",
)
_WHAT = Text(en="what", zh="测的是什么")
_MEASURED = Text(en="measured", zh="测得")
_BOUND = Text(en="must be", zh="要求")
_VERDICT = Text(en="Verdict.", zh="结论：")
_BUT = Text(en="But:", zh="但是：")
_CRITERION = Text(en="Decided by:", zh="怎么判断：")
_QUESTION = Text(en="Question.", zh="问题：")
_SOURCE = Text(en="Source:", zh="出处：")
