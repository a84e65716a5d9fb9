"""The command line: `advisor VERB …`, the same verbs as in Python."""

from __future__ import annotations

import argparse
import contextlib
import sys
from typing import TYPE_CHECKING

from advisor import _shelf, verbs
from advisor.errors import AdvisorError
from advisor.text import Text, language, set_language
from advisor.verbs._common import FINE, USAGE, say

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return 0 when fine, 1 when something was found wrong, 2 on wrong usage."""
    given = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):  # a replaced stream may not have it
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        _speak(given)
        arguments = _parser(given).parse_args(given)
        if getattr(arguments, "lang", None):
            set_language(arguments.lang)
        return int(arguments.run(arguments) or FINE)
    except AdvisorError as error:
        print(f"advisor: {error}", file=sys.stderr)
        return USAGE
    except BrokenPipeError:  # the reader went away, as with `| head`
        sys.stderr.close()
        return FINE
    except KeyboardInterrupt:
        return 130


def _speak(given: list[str]) -> None:
    """Set the language before the help texts are made."""
    set_language(None)
    for position, word in enumerate(given):
        if word.startswith("--lang="):
            set_language(word.partition("=")[2])
        elif word == "--lang" and position + 1 < len(given):
            set_language(given[position + 1])
    language()  # a wrong ADVISOR_LANG is told now


def _parser(given: list[str]) -> argparse.ArgumentParser:
    """Make the parser in the language spoken now; where a verb comes first, of that one only."""
    import advisor

    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=say(_JSON))
    common.add_argument("--lang", choices=("en", "zh"), default=argparse.SUPPRESS, help=say(_LANG))
    parser = argparse.ArgumentParser(
        prog="advisor",
        description=say(_WHAT),
        epilog=say(_EXAMPLES),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[common],
    )
    version = f"advisor {advisor.__version__}: {say(_SMILE)}"
    parser.add_argument("--version", action="version", version=version, help=say(_VERSION))
    kinds = parser.add_subparsers(dest="verb", metavar="VERB", required=True, title=say(_VERBS))
    names = _shelf.names(verbs)
    named = [name for name in names if name in given[:1]]
    entries = [_shelf.entry(verbs, "verb", name) for name in named or names]
    for entry in sorted(entries, key=lambda entry: int(entry.ORDER)):
        words, name = say(entry.TITLE), entry.__name__.rpartition(".")[2]
        verb = kinds.add_parser(name, help=words, description=words, parents=[common])
        entry.add(verb)
        verb.set_defaults(run=entry.run)
    return parser


_WHAT = Text(
    en="Which activation goes in the hidden layers, which one last, with which loss, and how do I "
    "know it is right?",
    zh="隐藏层用什么激活函数，输出层用什么，配什么损失函数，怎么知道它是对的？",
)
_EXAMPLES = Text(
    en="examples:\n  advisor recommend multiclass\n  advisor confirm\n"
    "  advisor fit binary -o model.keras\n  advisor new regression my_project/",
    zh="例子：\n  advisor --lang zh recommend 多分类\n  advisor confirm\n"
    "  advisor fit binary -o model.keras\n  advisor new regression my_project/ --lang zh",
)
_SMILE = Text(
    en="depth without a bend is just a longer straight line.", zh="不拐弯，叠再多层也还是一条直线。"
)
_JSON = Text(en="print JSON instead of words", zh="输出 JSON")
_LANG = Text(
    en="English or Chinese (default: ADVISOR_LANG, else en)",
    zh="英文或中文（默认看 ADVISOR_LANG，否则英文）",
)
_VERSION = Text(en="print the version", zh="显示版本")
_VERBS = Text(en="verbs", zh="命令")


if __name__ == "__main__":
    raise SystemExit(main())
