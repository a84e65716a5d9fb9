"""Proof that an assignment works before it is handed out.

The reference solution is run for several made-up students, each with a variant of its own. It must
score full points for each of them, the empty starter none; what it scores where a score is asked for
is the band that students are measured against.
"""

from __future__ import annotations

import hashlib
import json
import math
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advisor.errors import AdvisorError
from advisor.grading import marking, rehearsal, rendering, specs, submission, variants
from advisor.grading import source as sources
from advisor.grading.jail import ladder
from advisor.grading.judgement import Asked, CannotRunError
from advisor.grading.kinds import score
from advisor.grading.marks import CORRECT
from advisor.grading.nursery import Nursery
from advisor.grading.rehearsal import NotProvedError
from advisor.page import Answer, Page
from advisor.text import Text

if TYPE_CHECKING:
    from advisor.grading.marks import Result
    from advisor.grading.source import Source

RUNS = 6
_PROVED = "-proved"  # no question may be called so
_T99 = {1: 31.82, 2: 6.97, 3: 4.54, 4: 3.75, 5: 3.37, 6: 3.14, 7: 3.00, 8: 2.90, 9: 2.82}
_LEAST = 0.01
_LIKE_NORMAL = 2.5  # beyond nine degrees of freedom, roughly


@dataclass(frozen=True, slots=True, repr=False)
class Proof(Answer):
    """What the reference and the starter scored.

    Attributes:
        name: of the assignment.
        version: as results are kept under.
        runs: how many variants the reference was run on.
        out_of: points of the assignment.
        bands: what the reference scored, by question.
    """

    name: str
    version: str
    runs: int
    out_of: float
    bands: dict[str, dict[str, float]]

    def page(self) -> Page:
        """Describe the proof in the language spoken now."""
        page = Page(str(_TITLE.format(self.name, self.version)))
        page.rows((_REFERENCE, _FULL.format(f"{self.out_of:g}", self.runs)), (_STARTER, _NONE))
        for name, band in self.bands.items():
            words = _BAND.format(f"{band['mean']:.3f}", f"{band['low']:.3f}", int(band["runs"]))
            page.rows((name, words))
        return page

    def to_dict(self) -> dict[str, Any]:
        """Return the proof as plain JSON types."""
        return {
            "name": self.name,
            "version": self.version,
            "runs": self.runs,
            "points": self.out_of,
            "bands": self.bands,
        }


def fingerprint(source: Source) -> str:
    """Return what the proof holds for: the source, the variants and the points."""
    points = {name: one.points for name, one in source.questions.items()}
    what = json.dumps([source.code, source.key, points], sort_keys=True)
    return hashlib.sha256(what.encode()).hexdigest()[:16]


def proved(source: Source) -> bool:
    """Say whether this very source was proved."""
    return source.bands.get(_PROVED) == fingerprint(source)


def prove(source: Source) -> tuple[Source, Proof]:
    """Run the reference, measure its bands, and check that it and the starter score as they must.

    Returns the source with its bands, and the proof; the bands are kept in the source's folder.

    Raises:
        NotProvedError: a solution fails or falls short, or the starter scores.
        OptionError: the source holds what cannot be.
    """
    from advisor import writing

    specs.vet(source)
    # where all have the same, others' variants still tell how far scores may lie apart
    varied = replace(source, variants="student")
    students = [f"example-{number}" for number in range(1, RUNS + 1)]
    students += [variants.EVERYONE] if source.variants == "none" else []
    handed_in, blank = _rehearsed(varied, students)
    nursery = _Lazy(source)
    try:
        bands: dict[str, Any] = _bands(varied, handed_in, nursery)
        source = replace(source, bands=bands | {_PROVED: fingerprint(source)})
        varied = replace(varied, bands=source.bands)
        for student, one in handed_in.items():
            _full(marking.mark(marking.sheet(varied, student), one, nursery.ask), student)
        _none(marking.mark(marking.sheet(varied, students[0]), blank, nursery.ask))
    finally:
        nursery.close()
    text = json.dumps(source.bands, indent=1, sort_keys=True) + "\n"
    writing.write(sources.bands_file(source), text)
    out_of = sum(one.points for one in source.questions.values())
    return source, Proof(source.name, source.version, RUNS, out_of, bands)


def _rehearsed(
    source: Source, students: list[str]
) -> tuple[dict[str, submission.Submission], submission.Submission]:
    """Return what the reference hands in for each student, and what the untouched starter does."""
    with tempfile.TemporaryDirectory(prefix="advisor-proof-") as place:
        root = Path(place)
        folders = {student: root / student for student in students}
        for student, folder in folders.items():
            rendering.write(folder, rendering.files(source, student, solved=True))
        rendering.write(root / "starter", rendering.files(source, students[0]))
        whose = {folder: f"The reference solution ({name})" for name, folder in folders.items()}
        rehearsal.run(source, whose | {root / "starter": "The empty starter"})
        handed_in = {student: _read(folder, source) for student, folder in folders.items()}
        return handed_in, _read(root / "starter", source)


class _Lazy:
    """A nursery that is started when it is first asked."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._nursery: Nursery | None = None

    def ask(self, what: str, data: bytes, X: Any) -> Any:
        if self._nursery is None:
            private = str(self._source.folder)
            # these models are the teacher's own
            self._nursery = Nursery(self._source.limits, ladder.probe(private, "C"), private)
        return self._nursery.ask(what, data, X)

    def close(self) -> None:
        if self._nursery is not None:
            self._nursery.close()


def _read(folder: Path, source: Source) -> submission.Submission:
    files = submission.load(folder, source.limits.file_mb * 2**20)
    return submission.parse(files, list(source.questions))


def _bands(
    source: Source, handed_in: dict[str, submission.Submission], nursery: _Lazy
) -> dict[str, dict[str, float]]:
    """Measure what the reference scores, over variants and so over seeds."""
    found = {}
    for name, question in source.questions.items():
        if question.kind != "score":
            continue
        scores, chances = [], []
        for student, one in handed_in.items():
            reached, chance = _scored(source, student, name, one, nursery)
            scores.append(reached)
            chances.append(chance)
        found[name] = band(scores)
        if found[name]["low"] <= max(chances) + 0.01:
            raise NotProvedError(
                f"{name}: the reference scores {min(scores):.3f} to {max(scores):.3f}, which is not "
                f"beyond a constant's {max(chances):.3f}. Train it longer, or ask for another problem."
            )
    return found


def _scored(
    source: Source, student: str, name: str, one: submission.Submission, nursery: _Lazy
) -> tuple[float, float]:
    from advisor import file_facts, saved
    from advisor.grading import looking

    own = variants.values(source, student)
    spec = variants.spec_of(source.questions[name], own)
    drawn = marking.rows(spec)
    file = one.models.get(name)
    if file is None:
        raise NotProvedError(f"The reference solution hands in no model for {name}.")
    try:
        model = saved.vetted(file, f"{name}.keras")
        run = marking.runner(model, file, nursery.ask)
        asked = Asked(name, spec, None, model, run, lambda: drawn)
        outputs = looking.outputs(asked, file_facts.read(model), drawn)
    except (AdvisorError, CannotRunError) as error:
        raise NotProvedError(f"The reference solution's model for {name}: {error}") from None
    return score.scored(outputs), looking.constant_score(drawn)


def band(scores: list[float]) -> dict[str, float]:
    """Return the band of scores: from `low` on, all points are given.

    `low` is where one more run of the reference would stay above with 99 %, never above the lowest
    that was seen, and at least 0.01 below the mean: as good a model errs on other rows.

    Example:
        >>> band([0.9, 0.92, 0.94])["mean"]
        0.92
    """
    n = len(scores)
    mean = sum(scores) / n
    spread = math.sqrt(sum((one - mean) ** 2 for one in scores) / max(n - 1, 1))
    margin = _T99.get(n - 1, _LIKE_NORMAL) * spread * math.sqrt(1 + 1 / n)
    low = min([mean - max(margin, _LEAST), *scores])
    return {"mean": round(mean, 4), "low": math.floor(low * 1000) / 1000, "runs": n}


def _full(result: Result, student: str) -> None:
    """Refuse a reference that does not score full points."""
    for mark in result.marks:
        if mark.status != CORRECT:
            raise NotProvedError(
                f"The reference solution scores {mark.points:g} of {mark.out_of:g} on {mark.question} "
                f"({student}): {' '.join(str(mark.message).split())}"[:400]
            )


def _none(result: Result) -> None:
    """Refuse a starter that scores as it is handed out."""
    for mark in result.marks:
        if mark.points > 0:
            raise NotProvedError(
                f"The empty starter scores {mark.points:g} on {mark.question}: put the answer between "
                "### BEGIN SOLUTION and ### END SOLUTION."
            )


_TITLE = Text(en="✓ {}, version {}", zh="✓ {}，版本 {}")
_REFERENCE = Text(en="reference solution", zh="参考解")
_STARTER = Text(en="empty starter", zh="空白作业")
_FULL = Text(en="{} points of all, for each of {} variants", zh="满分 {}，{} 个变式都是")
_NONE = Text(en="no points", zh="0 分")
_BAND = Text(
    en="the reference scores {0} on hidden rows ({2} runs); all points from {1} on",
    zh="参考解在未公开样本上得 {0}（{2} 次运行），达到 {1} 给满分",
)
