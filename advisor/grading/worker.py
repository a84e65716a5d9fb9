"""One worker of the grader: a submission at a time, each in a process of its own."""

from __future__ import annotations

import contextlib
import gc
import io
import os
import signal
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from advisor.grading import confinement, handout, kinds, marking, programs, submission
from advisor.grading.frames import BROKEN, read_frame, write_frame
from advisor.grading.judgement import NeedsKerasError
from advisor.grading.marks import Result, loads
from advisor.grading.nursery import START_UP, GoneError, NoKerasError, Nursery
from advisor.text import Text

if TYPE_CHECKING:
    from advisor.grading.jail.ladder import Rung
    from advisor.grading.programs import Asks
    from advisor.grading.source import Limits, Source

TRIES = 2
_STATIC = 60.0  # seconds for all that needs no Keras
_MOST = 2**24  # bytes of a result


@dataclass(frozen=True, slots=True)
class Job:
    """One submission to be graded."""

    sheet: marking.Sheet
    files: submission.Files
    source: Source = field(repr=False)

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What its result is kept under."""
        return (self.sheet.name, self.sheet.version, self.sheet.student, self.files.sha256)


@dataclass(frozen=True, slots=True)
class Means:
    """What submissions are judged with.

    Attributes:
        rung: of the ladder, for every result.
        private: the course's folder.
        runs_code: whether students' code is run.
    """

    rung: Rung
    private: str
    runs_code: bool


def mark(job: Job, means: Means, nursery: Asks | None) -> Result:
    """Look into a submission and judge it.

    Raises:
        NeedsKerasError: something has to be run, and there is no nursery.
    """
    questions = {name: kinds.kind(kind).MODEL for name, kind, *_ in job.sheet.questions}
    handed_in = submission.parse(job.files, list(questions))
    todo = programs.plan(job.files, handed_in, questions)
    handed_in = programs.static(handed_in, todo)
    held = bool(todo.wanted) and not means.runs_code
    if held:
        handed_in = programs.without(handed_in, todo)
    elif todo.wanted:
        if nursery is None:
            raise NeedsKerasError
        seconds = job.source.limits.seconds
        handed_in = programs.run(todo, _beside(job), handed_in, nursery, seconds)
    opener = None if nursery is None else nursery.ask
    result = marking.mark(job.sheet, handed_in, opener, means.rung.letter)
    return replace(result, cause=programs.CAUSE) if held else result


def _beside(job: Job) -> dict[str, bytes]:
    """Return what lies beside code that is run: all that was handed in, and was handed out."""
    files = {name: data for name, data in job.files.contents.items() if isinstance(data, bytes)}
    own = handout.files(job.source, job.sheet.student)
    return files | {name: text.encode() for name, text in own.items()}


def set_aside(job: Job, means: Means, why: str | Text) -> Result:
    """Return the result of a submission that could not be graded: no mark is lost by it.

    The student is told so in fixed words; the cause is for the teacher.
    """
    if isinstance(why, str):
        words = "".join(c if c.isprintable() else "�" for c in why)[:200]
        why = Text(en=words, zh=words)
    result = marking.not_graded(job.sheet, job.files.sha256, _SET_ASIDE, means.rung.letter)
    return replace(result, cause=why)


class Worker:
    """Grades one submission after the other, each in a process of its own.

    Attributes:
        job: what it is at; None while it has nothing to do.
        end: when its time is up.
        waits_for_keras: why the last job was left for another day; "" where it was not.
    """

    def __init__(self, limits: Limits, means: Means) -> None:
        """Begin with nothing to do."""
        self.job: Job | None = None
        self.end = 0.0
        self.waits_for_keras = ""
        self._limits = limits
        self._means = means
        self._nursery: Nursery | None = None
        self._no_keras = ""
        self._tries = self._starts = self._child = self._size = 0
        self._reading = -1
        self._parts: list[bytes] = []

    def fileno(self) -> int:
        """Return what is waited on: the child, or the nursery that is being started."""
        assert self._child or self._nursery  # noqa: S101 - only a worker at work is waited for
        return self._reading if self._child or not self._nursery else self._nursery.fileno()

    @property
    def late(self) -> bool:
        """Whether its time is up."""
        return time.monotonic() >= self.end

    def start(self, job: Job) -> None:
        """Begin to grade a submission."""
        self.job, self._tries, self.waits_for_keras = job, 0, ""
        self._begin()

    def _begin(self) -> None:
        """Begin once more, as soon as a nursery that is needed is ready."""
        if self._nursery is not None and not self._nursery.alive:
            self._close_nursery()
        if self._nursery is None or self._nursery.ready:
            self._fork()
        else:
            self.end = time.monotonic() + START_UP

    def _fork(self) -> None:
        job = self.job
        assert job is not None  # noqa: S101 - started with one
        self._parts, self._size = [], 0
        self.end = time.monotonic() + _STATIC
        if self._nursery is not None:
            self.end += (len(job.sheet.questions) + 1) * (2 * self._limits.seconds + 5)
        self._reading, writing = os.pipe()
        parent = os.getpid()
        self._child = os.fork()
        if self._child == 0:
            try:
                _confine(parent, self._limits)
                os.close(self._reading)
                _tell(job, self._means, self._nursery, writing)
            finally:
                os._exit(0)
        os.close(writing)

    def go_on(self) -> Result | None:
        """Take what there is to read, or that the time is up; return the result if there is one."""
        if not self._child:
            self._greet()
            return None
        late = self.late
        part = b"" if late else os.read(self._reading, 2**16)
        self._parts.append(part)
        self._size += len(part)
        if part and self._size <= _MOST:
            return None
        answer, payload = self._end_child()
        status = answer.get("status")
        if status == "done" and (result := _whole(payload, self.job)) is not None:
            self.job = None
            return result
        if status == "needs keras" and self._nursery is None:
            self._want_nursery()
            return None
        if not answer.get("idle"):
            self._close_nursery()  # whatever it was in the middle of
        ended = _TOO_LONG if late else _ENDED
        return self._failed(str(answer["why"]) if "why" in answer else ended)

    def _want_nursery(self) -> None:
        if self._no_keras:
            self.job, self.waits_for_keras = None, self._no_keras
        else:
            self._nursery = Nursery(self._limits, self._means.rung, self._means.private)
            self._begin()

    def _greet(self) -> None:
        """Go on with the nursery that is ready; try another where it is not."""
        assert self._nursery is not None  # noqa: S101 - it is what was waited for
        try:
            self._nursery.greet(late=self.late)
        except NoKerasError as error:
            self._close_nursery()
            self._starts += 1
            if self._starts >= TRIES:
                self._no_keras = str(error)
            self._want_nursery()
        else:
            self._starts = 0
            self._fork()

    def _failed(self, why: str | Text) -> Result | None:
        """Try once more; the second time, set the submission aside."""
        job = self.job
        assert job is not None  # noqa: S101 - it was at it
        self._tries += 1
        if self._tries < TRIES:
            self._begin()
            return None
        self.job = None
        return set_aside(job, self._means, why)

    def _end_child(self) -> tuple[dict[str, Any], bytes]:
        """End the child; return what it told."""
        os.close(self._reading)
        with contextlib.suppress(OSError):
            os.kill(self._child, signal.SIGKILL)
        with contextlib.suppress(OSError):
            os.waitpid(self._child, 0)
        self._child = 0
        return read_frame(io.BytesIO(b"".join(self._parts)), _MOST) or BROKEN

    def _close_nursery(self) -> None:
        if self._nursery is not None:
            self._nursery.close()
            self._nursery = None

    def close(self) -> None:
        """End what is still running."""
        if self._child:
            self._end_child()
        self.job = None
        self._close_nursery()


def _confine(parent: int, limits: Limits) -> None:
    """Bound what a child may take, and let it end with the grader."""
    gc.disable()  # it lives too short to gather anything
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the grader is told, and ends us
    confinement.end_with(parent)
    memory = confinement.address_space() + limits.memory_mb * 2**20
    confinement.bound(_STATIC, memory, 0)


def _tell(job: Job, means: Means, nursery: Nursery | None, writing: int) -> None:
    """Judge one submission and write the result, in the child."""
    header: dict[str, Any] = {"status": "done"}
    payload = b""
    try:
        payload = mark(job, means, nursery).dumps().encode()
    except NeedsKerasError:
        header = {"status": "needs keras"}
    except GoneError as error:
        header = {"status": "gone", "why": str(error)}
    except BaseException as error:  # noqa: BLE001 - a failure of our own, told to the grader
        header = {"status": "failed", "why": f"{type(error).__name__}: {error}"[:200]}
    header["idle"] = nursery is None or not nursery.busy
    with os.fdopen(writing, "wb", buffering=0) as sink:
        write_frame(sink, header, payload)


def _whole(payload: bytes, job: Job | None) -> Result | None:
    """Return the result that a child wrote, if it is one of this job."""
    try:
        result = loads(payload.decode())
    except (ValueError, KeyError, TypeError):
        return None
    key = (result.assignment, result.version, result.student, result.sha256)
    return result if job is not None and key == job.key else None


_SET_ASIDE = Text(
    en="Set aside: grading this submission failed twice. No mark is lost by it; the teacher will "
    "look at it, and give marks by hand or grade it again.",
    zh="先放在一边：这份作业评了两次都没评成。不会因此扣分；老师会来看，手动给分或者重评。",
)
_TOO_LONG = Text(en="it took too long", zh="用时太长")
_ENDED = Text(en="its process ended", zh="进程中途退出")
