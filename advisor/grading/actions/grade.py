"""`advisor assignment grade`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from advisor.errors import OptionError, UnknownNameError
from advisor.grading.actions._common import add_name, course_of
from advisor.text import Text
from advisor.verbs._common import FINDINGS, FINE, say, show

if TYPE_CHECKING:
    import argparse

    from advisor.grading.jail.ladder import Rung
    from advisor.grading.results import Results
    from advisor.grading.source import Source

ORDER = 5
TITLE = Text(
    en="grade what was collected and is new; go on after any interruption",
    zh="给收到的新作业评分；中断后接着评",
)


def run(arguments: argparse.Namespace) -> int:
    """Grade, show what a regrade changes, or keep a mark given by hand."""
    import os

    if arguments.commit and (arguments.again or arguments.discard):
        raise OptionError(
            "--commit goes with neither --again nor --discard: look at what would change first, "
            "then run it alone."
        )
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the same bytes, whatever stands beside
    course = course_of(arguments)
    source = course.source(arguments.name)
    results = course.results()
    try:
        if arguments.give:
            return _by_hand(arguments, source, results)
        rung = None
        if arguments.discard:
            results.discard(source.name)
        elif not arguments.commit:
            rung = _grade(arguments, source, results)
        return _tell(arguments, source, results, rung)
    finally:
        results.close()


def _grade(arguments: argparse.Namespace, source: Source, results: Results) -> Rung:
    """Grade; return behind what."""
    from advisor import cluster, progress
    from advisor.grading import grader, proving
    from advisor.grading.collecting import submissions

    if not proving.proved(source):
        raise OptionError(
            f"{source.name} was changed and not proved since: advisor assignment render {source.name}."
        )
    folders = submissions(course_of(arguments).root, source.name)
    watched = progress.track(folders, f"grade {source.name}", lambda one: one[0])
    jobs = grader.jobs_of(source, watched, results, again=arguments.again)
    means = grader.means_of(source, unprotected=arguments.run_code_unprotected)
    how = {"workers": arguments.jobs, "again": arguments.again, "means": means}
    with cluster.joined(arguments.cluster) as client:
        grader.grade(jobs, source, results, cluster=client, **how)
    return means.rung


def _tell(
    arguments: argparse.Namespace, source: Source, results: Results, rung: Rung | None
) -> int:
    """Say what counts now, and what would change."""
    from advisor.grading import outcome, summary

    name, version = source.name, source.version
    changes = summary.changes(results.proposals(name, version))
    if arguments.commit:
        results.commit(name, version)
    counting = results.all(name)
    graded = summary.Graded(
        name,
        version,
        tuple(counting),
        changes,
        committed=arguments.commit,
        failed=tuple(results.failed(name, version)),
        remarks=outcome.remarks(counting, results.by_hand(name)),
        rung=None if rung is None else rung.words,
    )
    show(graded, arguments)
    waits = bool(changes) and not arguments.commit
    return FINDINGS if waits or graded.aside or graded.failed else FINE


def _by_hand(arguments: argparse.Namespace, source: Source, results: Results) -> int:
    """Keep a mark given by hand."""
    from advisor.grading.marks import ByHand, kept_text

    student, question, number = arguments.give
    if question not in source.questions:
        raise UnknownNameError("question", question, source.questions)
    out_of = source.questions[question].points
    points = None if number == "-" else _points(number, out_of)
    if not arguments.author or not arguments.reason:
        raise OptionError("A mark by hand needs --author and --reason, which feedback shows.")
    known = {one.student for one in results.all(source.name)}
    if student not in known:
        raise UnknownNameError("graded student", student, sorted(known))
    author, reason = kept_text(arguments.author), kept_text(arguments.reason)
    mark = ByHand(student, question, points, author, reason, out_of)
    results.give(source.name, mark)
    told: dict[str, Any] = {"student": student, "question": question, "points": points}
    words = _GIVEN.format(student, question, number)
    show(told if getattr(arguments, "json", False) else words, arguments)
    return FINE


def _points(number: str, most: float) -> float:
    try:
        points = float(number)
    except ValueError:
        points = -1.0
    if not 0 <= points <= most:
        raise OptionError(
            f"Expected 0 to {most:g} points, or - to take a mark back. Received: {number!r}."
        )
    return round(points, 2)


def add(action: argparse.ArgumentParser) -> None:
    """Add its options."""
    add_name(action)
    many = action.add_mutually_exclusive_group()
    many.add_argument("--jobs", type=int, default=2, metavar="N", help=say(_JOBS))
    many.add_argument("--cluster", metavar="ADDRESS", help=say(_CLUSTER))
    action.add_argument("--again", action="store_true", help=say(_AGAIN))
    action.add_argument("--commit", action="store_true", help=say(_COMMIT))
    action.add_argument("--discard", action="store_true", help=say(_DISCARD))
    action.add_argument("--run-code-unprotected", action="store_true", help=say(_UNPROTECTED))
    action.add_argument("--give", nargs=3, metavar=("ID", "QUESTION", "POINTS"), help=say(_GIVE))
    action.add_argument("--author", help=say(_AUTHOR))
    action.add_argument("--reason", help=say(_REASON))


_JOBS = Text(en="how many submissions at the same time (default: 2)", zh="同时评几份（默认 2）")
_CLUSTER = Text(
    en="grade on a Dask cluster, as many as it has threads: its scheduler's address",
    zh="在 Dask 集群上评，有几个线程同时评几份：写调度器的地址",
)
_AGAIN = Text(
    en="grade everything again; what changes is shown, and counts only after --commit",
    zh="全部重评；先显示变化，加 --commit 才算数",
)
_COMMIT = Text(en="let the shown changes count", zh="让显示出来的变化算数")
_DISCARD = Text(en="forget the shown changes", zh="放弃显示出来的变化")
_UNPROTECTED = Text(
    en="run students' code even where nothing keeps it from this computer's files and network",
    zh="即使没有任何东西把学生代码和本机的文件、网络隔开，也照样运行",
)
_GIVE = Text(en="give a mark by hand (POINTS - takes it back)", zh="手动给分（分数写 - 表示撤回）")
_AUTHOR = Text(en="who gives it", zh="谁给的分")
_REASON = Text(en="why", zh="为什么")
_GIVEN = Text(en="Kept: {} {} {}", zh="已记下：{} {} {}")
