"""The student's side of an assignment: look at a question, take a hint, check, hand in."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from advisor.assignments import CORRECT, NOT_ATTEMPTED, NOT_YET, Outcome
from advisor.errors import OptionError, UnknownNameError, shown
from advisor.grading import handout, marking, submission
from advisor.page import Answer, Page
from advisor.text import Text, join

if TYPE_CHECKING:
    from pathlib import Path

    from advisor.grading.handout import Handed
    from advisor.grading.problems import Drawn

ANSWERS = "answers.json"
_KEPT = 0.75  # of the rows are to train on where a student checks; the others are held back


@dataclass(frozen=True, slots=True, repr=False)
class Workbook(Answer):
    """An assignment as it was handed out: `.check("q1", q1)`, `.hint("q1")`, `.hand_in(q1=q1, …)`.

    Attributes:
        folder: where it lies, and where `hand_in` writes.
        given: its questions.
    """

    folder: Path
    given: handout.Handout
    _hinted: dict[str, int] = field(default_factory=dict)

    def check(self, question: str, answer: Any = ...) -> Outcome:
        """Judge an answer as the teacher will, on rows of your own; `...` means not attempted.

        Raises:
            UnknownNameError: no such question.
        """
        asked = self._question(question)
        if answer is ...:
            return Outcome(question, NOT_ATTEMPTED, _TRY)
        if asked.spec is None or (asked.kind == "score" and asked.band is None):
            return Outcome(question, NOT_ATTEMPTED, _TEACHERS)
        values, models = _split({question: answer}, {question})
        data = {name: _saved(model) for name, model in models.items()}
        handed_in = submission.Submission(values, data, {}, (), "")
        mark = marking.mark_one(
            (question, asked.kind, asked.points, asked.spec, asked.band),
            handed_in,
            _open(models),
            data=lambda: self._drawn(asked),
        )
        full = mark.points == mark.out_of
        message = mark.message
        if not full and mark.points:
            message = _PART.format(f"{mark.points:g}", f"{mark.out_of:g}", message)
        return Outcome(question, CORRECT if full else NOT_YET, message)

    def hint(self, question: str) -> Text:
        """Give the next hint; the last one repeats.

        Raises:
            UnknownNameError: no such question.
        """
        hints = self._question(question).hints
        given = self._hinted.get(question, 0)
        self._hinted[question] = given + 1
        return hints[min(given, len(hints) - 1)] if hints else _NO_HINT

    def data(self, question: str) -> tuple[Any, Any]:
        """Return X and y to train on, shapes (n, features) and (n,).

        Raises:
            UnknownNameError: no such question.
            OptionError: it comes without rows, or they cannot be read.
        """
        self._question(question)
        return handout.rows(self.folder / f"{question}.csv")

    def curve(self, question: str) -> dict[str, tuple[Any, Any]]:
        """Return the curves shown for a question: x and y by label.

        Raises:
            UnknownNameError: no such question.
        """
        import numpy as np

        curves = self._question(question).curves
        return {label: (np.asarray(x), np.asarray(y)) for label, (x, y) in curves.items()}

    def spec(self, question: str) -> dict[str, Any]:
        """Return a question's values; empty where the teacher keeps them.

        Raises:
            UnknownNameError: no such question.
        """
        return dict(self._question(question).spec or {})

    def hand_in(self, **answers: Any) -> HandIn:
        """Write `answers.json` and a `.keras` file for each model, to be handed in.

        Raises:
            UnknownNameError: an answer to no question.
            OptionError: an answer that is neither a model nor plain values, or a file that cannot be
                written.
        """
        from advisor.grading import writing

        for name in answers:
            self._question(name)
        models_of = {n for n, q in self.given.questions.items() if _takes_model(q)}
        values, models = _split(answers, models_of)
        text = json.dumps(values, ensure_ascii=False, indent=1) + "\n"
        writing.write(self.folder / ANSWERS, text)
        for name, model in models.items():
            writing.write(self.folder / f"{name}.keras", _saved(model))
        left = [n for n in self.given.questions if n not in values and n not in models]
        return HandIn(tuple(values), tuple(models), tuple(left))

    def _question(self, name: object) -> Handed:
        if name not in self.given.questions:
            raise UnknownNameError("question", name, self.given.questions)
        return self.given.questions[str(name)]

    def _drawn(self, asked: Handed) -> Drawn:
        """Take the student's own rows, some of them held back, for those that the teacher keeps."""
        from advisor.grading import faults, problems

        spec = asked.spec or {}
        name = faults.find(spec["fault"]).problem if "fault" in spec else spec["problem"]
        problem = problems.find(name)
        X, y = self.data(asked.name)
        cut = int(len(X) * _KEPT) if asked.kind == "score" else len(X)
        rest = slice(cut, None) if cut < len(X) else slice(None)
        classes = int(y.max()) + 1 if problem.task != "regression" else None
        y = y.astype("float64") if classes is None else y
        return problems.Drawn(name, problem.task, classes, X[:cut], y[:cut], X[rest], y[rest])

    def page(self) -> Page:
        """Describe the assignment in the language spoken now."""
        rows = [
            (name, _POINTS.format(f"{one.points:g}"), one.text)
            for name, one in self.given.questions.items()
        ]
        return Page(f"{self.given.title}").rows(*rows).say(_HOW)

    def to_dict(self) -> dict[str, Any]:
        """Return the assignment as plain JSON types."""
        asked = {name: str(one.text) for name, one in self.given.questions.items()}
        return {"name": self.given.name, "title": str(self.given.title), "questions": asked}


@dataclass(frozen=True, slots=True, repr=False)
class HandIn(Answer):
    """What was written to be handed in.

    Attributes:
        values: questions whose answers stand in `answers.json`.
        models: questions whose models were saved.
        left: questions that are still to be done.
    """

    values: tuple[str, ...]
    models: tuple[str, ...]
    left: tuple[str, ...]

    def page(self) -> Page:
        """Describe it in the language spoken now."""
        files = [ANSWERS, *(f"{name}.keras" for name in self.models)]
        page = Page(str(_READY if not self.left else _UNFINISHED)).rows((_FILES, ", ".join(files)))
        if self.left:
            page.rows((_LEFT, join(self.left)))
        return page.say(_SEND)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        return {
            "values": list(self.values),
            "models": list(self.models),
            "left": list(self.left),
        }


def open_folder(folder: Path) -> Workbook:
    """Open a handed-out folder.

    Raises:
        OptionError: there is none, or it is damaged.
    """
    return Workbook(folder, handout.read(folder))


def _takes_model(question: Handed) -> bool:
    from advisor.grading import kinds

    return bool(kinds.kind(question.kind).MODEL)


def _split(answers: dict[str, Any], models_of: set[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Tell models from values; what is `...` was not attempted."""
    values, models = {}, {}
    for name, answer in answers.items():
        if answer is ...:
            continue
        if hasattr(answer, "get_config") and hasattr(answer, "save"):
            if name not in models_of:
                raise OptionError(f"Expected a value for {name}, not a model.")
            models[name] = answer
        else:
            values[name] = _value(answer, name)
    return values, models


def _value(answer: Any, name: str) -> Any:
    """Return an answer as JSON has it; functions and layers by their names."""
    if hasattr(answer, "item") and getattr(answer, "size", 1) == 1:
        answer = answer.item()
    if hasattr(answer, "tolist"):
        answer = answer.tolist()
    if isinstance(answer, (list, tuple)):
        return [_value(one, name) for one in answer]
    if isinstance(answer, dict):
        return {str(key): _value(one, name) for key, one in answer.items()}
    if answer is None or isinstance(answer, (bool, int, float, str)):
        return answer
    word = getattr(answer, "__name__", None) or type(answer).__name__
    if callable(answer) or "keras" in type(answer).__module__:
        return str(word)
    raise OptionError(
        f"Expected a name, a number, a tuple of them or a model for {name}. Received: {shown(word)}."
    )


def _saved(model: Any) -> bytes:
    """Return a model's `.keras` file."""
    import tempfile
    import warnings
    from pathlib import Path

    with tempfile.TemporaryDirectory(prefix="advisor-hand-in-") as folder:
        path = Path(folder) / "model.keras"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # NumPy's, raised inside Keras
            model.save(path)
        return path.read_bytes()


def _open(models: dict[str, Any]) -> marking.Opener:
    """Run the student's own model where the file alone does not tell; it is theirs already."""

    def run(what: str, data: bytes, X: Any) -> Any:
        del data
        from advisor import backend
        from advisor.grading import opening

        (model,), keras = models.values(), backend.keras()
        if what == "gradient":  # which compiles it
            model = keras.models.clone_model(model)
        return opening.run(what, model, X, keras)

    return run


_TRY = Text(en="Put your answer in the place of `...`.", zh="把 `...` 换成你的答案再运行。")
_TEACHERS = Text(
    en="Your teacher judges this one; hand it in.", zh="这道题由老师评；做好交上去就行。"
)
_PART = Text(en="{} of {} points so far. {}", zh="目前得 {} / {} 分。{}")
_NO_HINT = Text(en="There is no hint for this one.", zh="这道题没有提示。")
_POINTS = Text(en="{} p.", zh="{} 分")
_HOW = Text(
    en='work.check("q1", q1) judges an answer, work.hint("q1") helps, work.hand_in(q1=q1, …) writes '
    "what is to be handed in.",
    zh='work.check("q1", q1) 检查答案，work.hint("q1") 给提示，work.hand_in(q1=q1, …) 写出要交的文件。',
)
_READY = Text(en="Ready to be handed in", zh="可以交了")
_UNFINISHED = Text(en="Written, and not all is done", zh="已写好，但还没做完")
_FILES = Text(en="files", zh="文件")
_LEFT = Text(en="still to do", zh="还没做")
_SEND = Text(
    en="Hand in these files, or the whole folder.", zh="把这些文件交上去，交整个文件夹也行。"
)
