"""Assignments on the student's own machine: questions, hints, and answers judged by what they do.

The files name kinds of question and tasks, never an answer: the right one is computed from the
tables, from `recommend` and from `confirm`, so every spelling of it is right.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advisor import _shelf, answers, templates
from advisor.activations import activation
from advisor.answers import UnreadableError
from advisor.catalog import read_entry
from advisor.errors import AdvisorError, UnknownNameError
from advisor.page import Answer, Page
from advisor.tasks import Task, find_task
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from advisor.grading.workbook import Workbook

_PREFIX = "assignment_"
_ROWS = 150  # that an answer is trained on
_EPOCHS = 40
_GAIN_TOLERANCE = 0.15

NOT_ATTEMPTED = Text(en="not attempted", zh="还没做")
NOT_YET = Text(en="not yet", zh="还不对")
CORRECT = Text(en="correct", zh="正确")
_MARKS = {NOT_ATTEMPTED: "…", NOT_YET: "✗", CORRECT: "✓"}


@dataclass(frozen=True, slots=True, repr=False)
class Outcome(Answer):
    """What became of an answer.

    Attributes:
        question: its name.
        verdict: NOT_ATTEMPTED, NOT_YET or CORRECT.
        message: why.
    """

    question: str
    verdict: Text
    message: Text

    @property
    def status(self) -> str:
        """One of "not attempted", "not yet", "correct", in English in either language."""
        return self.verdict.en

    @property
    def ok(self) -> bool:
        """The answer is right."""
        return self.verdict is CORRECT

    def page(self) -> Page:
        """Describe the outcome in the language spoken now."""
        return Page(f"{_MARKS[self.verdict]} {self.question}{_COLON}{self.verdict}").say(
            self.message
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as plain JSON types."""
        return {"question": self.question, "status": self.status, "message": str(self.message)}


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its words, its hints, and how it is judged."""

    name: str
    kind: str
    text: Text
    hints: tuple[Text, ...]
    spec: dict[str, Any]


@dataclass(frozen=True, slots=True, repr=False)
class Assignment(Answer):
    """An assignment's questions: `.check("q1", answer)` judges, `.hint("q1")` helps a step more.

    Attributes:
        name: as in `assignment(name)`.
        title: what it is about.
        questions: by name.
    """

    name: str
    title: Text
    questions: dict[str, Question]
    _hinted: dict[str, int] = field(default_factory=dict)

    def check(self, question: str, answer: Any = ...) -> Outcome:
        """Judge an answer; `...` means not attempted. Nothing of yours is changed.

        Raises:
            UnknownNameError: no such question.
        """
        asked = self._question(question)
        if answer is ...:
            return Outcome(question, NOT_ATTEMPTED, _TRY)
        try:
            complaint = _JUDGES[asked.kind](asked.spec, answer)
        except UnreadableError as error:
            complaint = _UNREADABLE.format(received=str(error), expected=_EXPECTED[asked.kind])
        if complaint is None:
            return Outcome(question, CORRECT, _WELL_DONE)
        return Outcome(question, NOT_YET, complaint)

    def hint(self, question: str) -> Text:
        """Give the next hint; the last one repeats.

        Raises:
            UnknownNameError: no such question.
        """
        hints = self._question(question).hints
        given = self._hinted.get(question, 0)
        self._hinted[question] = given + 1
        return hints[min(given, len(hints) - 1)]

    def _question(self, name: object) -> Question:
        if name not in self.questions:
            raise UnknownNameError("question", name, self.questions)
        return self.questions[str(name)]

    def page(self) -> Page:
        """Describe the assignment in the language spoken now."""
        rows = [(name, question.text) for name, question in self.questions.items()]
        return Page(f"{self.name}{_COLON}{self.title}").rows(*rows).say(_HOW.format(self.name))

    def to_dict(self) -> dict[str, Any]:
        """Return the assignment as plain JSON types."""
        asked = {name: str(question.text) for name, question in self.questions.items()}
        return {"name": self.name, "title": str(self.title), "questions": asked}


def assignment(name: object) -> Assignment | Workbook:
    """Return an assignment: print it for its questions, then `.check("q1", …)`, `.hint("q1")`.

    Args:
        name: of a small one that comes with advisor, or the folder that your teacher handed out.

    Raises:
        UnknownNameError: no such assignment.
        OptionError: the folder holds none, or a damaged one.

    Example:
        >>> work = assignment("hidden")
        >>> work.check("q1", "ReLU").status
        'correct'
    """
    known = [short for short, _ in titles()]
    short = str(name).strip().removeprefix(_PREFIX)
    if short not in known and Path(str(name)).is_dir():
        from advisor.grading.workbook import open_folder

        return open_folder(Path(str(name)))
    if short not in known:
        raise UnknownNameError("assignment", name, known)
    doc, constants = read_entry(_shelf.path(templates, "template", _PREFIX + short))
    title = Text(en=doc.splitlines()[0].removesuffix("."), zh=constants["TITLE_ZH"])
    questions = {
        key: Question(
            key, spec["kind"], Text(**spec["text"]), tuple(Text(**h) for h in spec["hints"]), spec
        )
        for key, spec in constants["QUESTIONS"].items()
    }
    return Assignment(short, title, questions)


def titles() -> list[tuple[str, Text]]:
    """List every assignment as (name, title), reading its file, never running it."""
    from advisor.projects import template_titles

    return [
        (name.removeprefix(_PREFIX), title)
        for name, title in template_titles()
        if name.startswith(_PREFIX)
    ]


_SECOND = 2

# Each judge returns None when the answer is right, else why it is not.


def _judge_hidden(spec: dict[str, Any], answer: Any) -> Text | None:
    """Judge an activation by its place in the rule for hidden layers."""
    row = activation(answers.read_activation(answer))
    place = row.hidden
    right = {"first": place.rank == 1, "next": place.rank == _SECOND, "never": place.avoid}
    return None if right[spec["role"]] else _PLACE.format(row.name, place.when)


def _judge_initializer(spec: dict[str, Any], answer: Any) -> Text | None:
    """Judge an initialiser by the variance that its activation needs."""
    row = activation(spec["activation"])
    wanted, found = (row.gain_forward or 1.0) ** 2, answers.read_gain(answer)
    if all(abs(got - wanted) <= _GAIN_TOLERANCE * wanted for got in found):
        return None
    return _GAIN.format(wide=f"{found[0]:.2f}", narrow=f"{found[1]:.2f}", name=row.name)


def _judge_number(spec: dict[str, Any], answer: Any) -> Text | None:
    """Judge a number that follows from the table."""
    wanted = activation(spec["activation"]).max_slope ** spec["power"]
    got = answers.read_number(answer)
    if abs(got - wanted) <= 0.01 * wanted:
        return None
    return _TOO_LARGE if got > wanted else _TOO_SMALL


def _judge_head(spec: dict[str, Any], answer: Any) -> Text | None:
    """Judge last layers and loss by training them and confirming their outputs."""
    from advisor import backend

    row = find_task(spec["task"])
    with backend.seeded_layers(0):  # the same verdict each time
        proposal = answers.read_proposal(answer)
    if spec["kind"] == "repair" and proposal.model is None:
        raise UnreadableError("no compiled model")
    if proposal.loss is None:
        return _NO_LOSS
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Keras warns of is told in the outcome
        return _wrong_loss(row, proposal.loss) or _wrong_outputs(row, proposal)


def _wrong_loss(row: Task, loss: Any) -> Text | None:
    """Say what is wrong with a loss; None for the task's own and its alternatives."""
    name = _loss_name(loss)
    others = {value for other in row.loss.alternatives for value in other.value.split(", ")}
    one_hot = {row.onehot.loss} if row.onehot else set()
    two_units = {"SparseCategoricalCrossentropy", "CategoricalCrossentropy"}
    if name in {row.loss.value, *others, *one_hot, *(two_units if row.name == "binary" else ())}:
        return None
    why = next((bad.why for bad in row.loss.avoid if bad.value == name), _OTHER_LOSS)
    return _LOSS.format(name, why)


def _loss_name(loss: Any) -> str:
    """Return the class name of a loss given as an instance, a function or a name."""
    from types import SimpleNamespace

    from advisor.intake import loss_name

    return loss_name(SimpleNamespace(loss=loss))


def _wrong_outputs(row: Task, proposal: answers.Proposal) -> Text | None:
    """Train the proposal on a few rows, confirm its outputs, and say what is wrong with them."""
    from advisor import backend, training
    from advisor.confirmation import confirm

    X, y = _small(row)
    model = proposal.model or _on_top(proposal.layers or [], X.shape[1])
    if model.input_shape != (None, X.shape[1]):
        return _INPUT.format(X.shape[1], row.confirm_on)
    name, units = _loss_name(proposal.loss), model.output_shape[-1]
    task = row.name if row.name != "binary" or units == 1 else "multiclass"
    if name.startswith("Categorical"):
        y = backend.keras().utils.to_categorical(y, max(units, 2))
    model.compile(optimizer=backend.keras().optimizers.Adam(0.02), loss=proposal.loss)
    try:
        training.fit(model, X, y, epochs=_EPOCHS, seed=0, verbose=0)
        seen = confirm(model, X, y, task=task)
    except (AdvisorError, ValueError, TypeError) as error:
        return _FAILED.format(str(error).splitlines()[0][:160])
    if seen.ok:
        return None
    broken = seen.right.broken[0].row()
    last = getattr(getattr(model.layers[-1], "activation", None), "__name__", "")
    names = (f"{last}({units})", last)
    why = next((bad.why for bad in row.last.avoid if bad.value in names), Text(en="", zh=""))
    return _BROKEN.format(
        title=broken[1], value=broken[2], limit=broken[3], note=broken[4], why=why
    )


def _small(row: Task) -> tuple[Any, Any]:
    """Return a few standardised rows of the task's data set."""
    from advisor.catalog import load

    data = load(row.confirm_on)
    X = (data.X_train - data.X_train.mean(axis=0)) / data.X_train.std(axis=0)
    return X[:_ROWS], data.y_train[:_ROWS]


def _on_top(layers: list[Any], n_features: int) -> Any:
    """Put last layers on top of a hidden layer."""
    from advisor import backend

    keras = backend.keras()
    hidden = keras.layers.Dense(16, activation="relu", kernel_initializer="he_normal")
    with backend.seeded_layers(0):
        return keras.Sequential([keras.Input((n_features,)), hidden, *layers])


_JUDGES: dict[str, Callable[[dict[str, Any], Any], Text | None]] = {
    "hidden": _judge_hidden,
    "initializer": _judge_initializer,
    "number": _judge_number,
    "head": _judge_head,
    "repair": _judge_head,
}

_COLON = Text(en=": ", zh="：")
_TRY = Text(en="Put your answer in the place of `...`.", zh="把 `...` 换成你的答案再运行。")
_WELL_DONE = Text(en="Well done.", zh="做得好。")
_HOW = Text(
    en='In Python: work = advisor.assignment("{0}"); work.check("q1", answer); work.hint("q1")',
    zh='在 Python 里：work = advisor.assignment("{0}")；work.check("q1", 答案)；work.hint("q1")',
)
_UNREADABLE = Text(
    en="Received {received}. Expected {expected}.", zh="收到的是 {received}，需要的是{expected}。"
)
_EXPECTED = {
    "hidden": Text(
        en="an activation: its name, a function or a layer", zh="一个激活函数：名字、函数或层"
    ),
    "initializer": Text(
        en="an initialiser: its name or an object", zh="一个初始化方法：名字或对象"
    ),
    "number": Text(en="a number", zh="一个数"),
    "head": Text(
        en="(units, activation, loss), layers with a loss, or a compiled model",
        zh="（单元数，激活函数，损失）、若干层加损失，或者编译好的模型",
    ),
    "repair": Text(en="a compiled keras.Model", zh="编译好的 keras.Model"),
}
_PLACE = Text(en="{} is not the one asked for here. {}", zh="这里问的不是 {}。{}")
_GAIN = Text(
    en="Its variance is {wide}/fan_in at fan_in 800 and {narrow}/fan_in at 400: signals do not keep "
    "their size through {name}.",
    zh="fan_in 为 800 时它的方差是 {wide}/fan_in，400 时是 {narrow}/fan_in：过了 {name}，信号大小保不住。",
)
_TOO_LARGE = Text(en="Too large.", zh="大了。")
_TOO_SMALL = Text(en="Too small.", zh="小了。")
_NO_LOSS = Text(
    en="The last layer alone is half an answer: name its loss as well.",
    zh="只有输出层，答案才一半：还要写出配什么损失函数。",
)
_OTHER_LOSS = Text(en="it is not the loss of this task.", zh="它不是这个任务的损失函数。")
_LOSS = Text(en="The loss {}: {}", zh="损失函数 {}：{}")
_INPUT = Text(
    en="The model must take {} features, as the data set {} has.",
    zh="模型的输入应当是 {} 个特征（数据集 {}）。",
)
_FAILED = Text(en="Training it failed: {}", zh="训练时出错：{}")
_BROKEN = Text(
    en='Its outputs break "{title}": {note} {value}, must be {limit}. {why}',
    zh="输出不符合“{title}”：{note} {value}，应当 {limit}。{why}",
)
