"""`advisor lab`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from advisor.text import Text
from advisor.verbs._common import FINDINGS, FINE, PLOT, add_study, save_plots, say, show, writable

if TYPE_CHECKING:
    import argparse

ORDER = 9
TITLE = Text(
    en="a claim of the lecture as an experiment, or all of them as a web page",
    zh="把讲义的一条说法做成实验，或者全部做成一个网页",
)


def run(arguments: argparse.Namespace) -> int:
    """Run the verb; return its exit status."""
    from advisor import cluster, progress
    from advisor.demonstrations import SEEDS, lab, names, titles

    if not arguments.name and not arguments.all:
        found = dict(titles())
        if getattr(arguments, "json", False):
            show({name: str(title) for name, title in found.items()}, arguments)
        else:
            print("\n".join(f"{name:<20}{title}" for name, title in found.items()))
        return FINE
    if arguments.report:
        writable(arguments.report, ".html")
    chosen = names() if arguments.all else arguments.name
    as_json, answers = getattr(arguments, "json", False), []
    with cluster.joined(arguments.cluster):
        for name in progress.track(chosen, "lab", str):
            answers.append(lab(name, seeds=arguments.seeds or SEEDS, keep=arguments.keep))
            if not as_json:
                print(answers[-1], end="\n\n", flush=True)
    if as_json:
        print(json.dumps([one.to_dict() for one in answers], ensure_ascii=False, indent=2))
    if arguments.plot:
        save_plots(answers, arguments.plot, [one.name for one in answers])
    if arguments.report:
        from pathlib import Path

        from advisor.report import page

        Path(arguments.report).write_text(page(answers), encoding="utf-8")
    return FINE if all(one.ok for one in answers) else FINDINGS


def add(verb: argparse.ArgumentParser) -> None:
    """Add its options."""
    verb.add_argument("name", nargs="*", help=say(_LAB))
    verb.add_argument("--all", action="store_true", help=say(_ALL_LABS))
    verb.add_argument("--seeds", type=int, help=say(_SEEDS_OF_LAB))
    add_study(verb)
    verb.add_argument("--plot", metavar="FILE.png", help=say(PLOT))
    verb.add_argument("--report", metavar="FILE.html", help=say(_REPORT))


_ALL_LABS = Text(en="every experiment, in the lecture's order", zh="所有实验，按讲义的次序")


_LAB = Text(en="experiments (none: list them)", zh="实验名（不写则列出）")


_REPORT = Text(
    en="write one self-contained web page with the pictures", zh="写成一个带图的网页，单个文件"
)


_SEEDS_OF_LAB = Text(
    en="how many networks of each kind (default: 5)", zh="每种训练多少个网络（默认 5）"
)
