"""Whether a repair helps: the model and its repair trained from the same seeds, side by side."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advisor import backend, heads, purposes, training
from advisor.activations import ACTIVATIONS
from advisor.errors import OptionError, whole_number
from advisor.expressions import evaluate
from advisor.page import Answer, Page
from advisor.tasks import TASKS
from advisor.text import Text, join

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.diagnosis import Report
    from advisor.facts import Output

_BETTER = 0.005  # of the score: less is no difference
_ROWS = 4096
_STILL, _OFF = 1e-6, 1e-3
_CLASSES = {"binary", "multiclass", "multilabel", "distribution"}


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two models, over the seeds; its outputs are those of the last seed.

    Attributes:
        scores: 1 at best; NaN where training failed or diverged.
        failed: the error that training ended with; None where it did not.
        low, high: of the outputs.
        spread: standard deviation of the outputs over the rows, the largest of the columns.
        broken: what the outputs break of what the task needs of them.
    """

    scores: tuple[float, ...]
    failed: str | None
    low: float = math.nan
    high: float = math.nan
    spread: float = math.nan
    broken: tuple[Text, ...] = ()

    @property
    def keeps(self) -> bool:
        """The outputs are what the task needs."""
        return self.failed is None and not self.broken

    @property
    def score(self) -> float:
        """The mean score; minus infinity where no training gave one."""
        known = [score for score in self.scores if math.isfinite(score)]
        whole = len(known) == len(self.scores)
        return sum(known) / len(known) if known and whole else -math.inf


@dataclass(frozen=True, repr=False)
class Proof(Answer):
    """The model and its repair, trained from the same seeds.

    Attributes:
        before, after: what came out of each.
        measure: what the score is.
        epochs, seeds: of the trainings.
        diff: the repair as plain Keras code.
    """

    before: Side
    after: Side
    measure: Text
    epochs: int
    seeds: int
    diff: str

    @property
    def better(self) -> bool:
        """The repaired model scores better."""
        return self.after.score > self.before.score + _BETTER

    @property
    def helped(self) -> bool:
        """It scores better; or no worse, and its outputs are now what the task needs."""
        return self.better or (self.ok and self.after.keeps and not self.before.keeps)

    @property
    def ok(self) -> bool:
        """The repaired model scores no worse."""
        return self.after.score >= self.before.score - _BETTER

    @property
    def verdict(self) -> Text:
        """Say in one sentence whether the repair helped."""
        if self.helped:
            return _HELPED if self.better else _KEPT
        return _SAME if self.ok else _WORSE

    def page(self) -> Page:
        """Describe both sides in the language spoken now."""
        page = Page(f"{'✓' if self.ok else '✗'} {self.verdict}")
        page.say(_HOW.format(self.epochs, self.seeds, self.measure))
        sides = ((_BEFORE, self.before), (_AFTER, self.after))
        page.rows(*(_row(name, side) for name, side in sides), head=("", *str(_HEAD).split("|")))
        return page.heading(_REPAIR).code(self.diff)

    def to_dict(self) -> dict[str, Any]:
        """Return the proof as plain JSON types; NaN and infinity as text."""
        sides = {"before": self.before, "after": self.after}
        return {
            "helped": self.helped,
            "ok": self.ok,
            "verdict": str(self.verdict),
            "measure": str(self.measure),
            "epochs": self.epochs,
            "seeds": self.seeds,
            **{
                name: {
                    "score": _plain(side.score),
                    "scores": [_plain(score) for score in side.scores],
                    "failed": side.failed,
                    "low": _plain(side.low),
                    "high": _plain(side.high),
                    "spread": _plain(side.spread),
                    "keeps": side.keeps,
                    "broken": [str(one) for one in side.broken],
                }
                for name, side in sides.items()
            },
            "diff": self.diff,
        }


def prove(report: Report, X: Any, y: Any, *, epochs: int = 30, seeds: int = 3) -> Proof:
    """Train the model and its repair from the same seeds, on copies.

    Raises:
        OptionError: there is no repair, or the model has several outputs.
    """
    from advisor import repairs

    whole_number("epochs", epochs, 1)
    whole_number("seeds", seeds, 1)
    mended = repairs.mend(report)
    if len(report.facts.outputs) > 1:
        raise OptionError(
            "Several outputs cannot be scored as one. Prove each by a model of its own."
        )
    targets = mended.labels(y)
    purpose = purposes.of(mended.report.facts.outputs[0])
    kind = "regression" if purpose is None else purpose.task
    pairs = ((report, repairs.opened(report.subject), y), (mended.report, mended.model, targets))
    before, after = (
        _side(model, (X, labels), (targets, kind), one.facts.outputs[0], (epochs, seeds))
        for one, model, labels in pairs
    )
    words = _ACCURACY if kind in _CLASSES else _R2
    return Proof(before, after, words, epochs, seeds, mended.diff)


def _side(
    model: Any,
    data: tuple[Any, Any],
    truth: tuple[Any, str],
    output: Output,
    effort: tuple[int, int],
) -> Side:
    """Train copies of one model and look at what comes out."""
    import warnings

    import numpy as np

    X, y = (np.asarray(part) for part in data)
    wanted, kind = np.asarray(truth[0])[:_ROWS], truth[1]
    scores, failed, last = [], None, None
    for seed in range(effort[1]):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Keras says of the wrong model, the report says
            copy = _fresh(model, seed)
            try:
                training.run(copy, X, y, seed=seed, epochs=effort[0])
                last = heads.outputs_of(copy, X[:_ROWS])
            except Exception as error:  # noqa: BLE001 - the wrong model may fail in any way
                said = str(error).strip()
                failed = said.splitlines()[0][:100] if said else type(error).__name__
                scores.append(math.nan)
                continue
        scores.append(_score(last, wanted, kind, _logits(copy)))
    if last is None:
        return Side(tuple(scores), failed)
    rows = last.reshape(-1, last.shape[-1])
    broken = tuple(_broken(_probabilities(rows, kind, _logits(model)), wanted, kind, output))
    spread = float(rows.std(axis=0).max())
    return Side(tuple(scores), failed, float(rows.min()), float(rows.max()), spread, broken)


def _probabilities(rows: Any, kind: str, logits: bool) -> Any:  # noqa: FBT001
    """Return outputs as the loss reads them."""
    if not logits:
        return rows
    several = rows.shape[1] > 1 and kind != "multilabel"
    return evaluate(ACTIVATIONS["softmax" if several else "sigmoid"].f, x=rows)


def _broken(p: Any, wanted: Any, kind: str, output: Output) -> Iterator[Text]:
    """Give what the outputs break of what the task needs."""
    import numpy as np

    if not np.isfinite(p).all():
        yield _NO_NUMBERS
        return
    if p.std(axis=0).max() <= _STILL and len(p) > 1:
        yield _CONSTANT
    low, high, off = p.min(), p.max(), abs(p.sum(axis=1) - 1).max()
    if kind in _CLASSES and (low < -_STILL or high > 1 + _STILL):
        yield _OUTSIDE.format(f"{low:.3g}", f"{high:.3g}")
    elif kind in {"multiclass", "distribution"} and p.shape[1] > 1 and off > _OFF:
        yield _SUMS.format(f"{off:.2g}")
    if kind == "multiclass" and p.shape[1] == 1:
        yield _ONE_UNIT
    if kind not in _CLASSES and np.asarray(wanted).dtype.kind in "fiu":
        edges = (output.behaviour.low, output.behaviour.high)
        bottom, top = sorted(edge * output.scale + output.offset for edge in edges)
        slack = 1e-3 * (wanted.max() - wanted.min()) + _STILL
        if wanted.min() < bottom - slack or wanted.max() > top + slack:
            yield _REACH


def _fresh(model: Any, seed: int) -> Any:
    """Return a compiled copy; what is trained is drawn anew from the seed."""
    from advisor import repairs

    keras = backend.keras()
    with backend.seeded_layers(seed):
        copy = repairs.apply(model, ())
        fresh = keras.models.clone_model(model)
        if not fresh.built and copy.built:
            fresh.build(model.input_shape)
        drawn = dict(repairs.named_layers(fresh))
        for name, layer in repairs.named_layers(copy):
            if layer.trainable_variables:
                layer.set_weights(drawn[name].get_weights())
    return copy


def _logits(model: Any) -> bool:
    config = model.loss.get_config() if hasattr(model.loss, "get_config") else {}
    return bool(config.get("from_logits", False))


def _score(p: Any, y: Any, kind: str, logits: bool) -> float:  # noqa: FBT001
    """Score outputs: accuracy, or R²."""
    import numpy as np

    if not np.isfinite(p).all():
        return math.nan
    if kind in _CLASSES:
        return _accuracy(p, y, kind, logits)
    if p.shape != y.shape:
        p = (
            p.reshape(y.shape)
            if p.size == y.size
            else np.broadcast_to(p.mean(axis=-1).reshape(len(p), *[1] * (y.ndim - 1)), y.shape)
        )
    task = TASKS["regression"]
    return float(evaluate(task.score_line, y=y.astype("float64"), p=p))


def _accuracy(p: Any, y: Any, kind: str, logits: bool) -> float:  # noqa: FBT001
    import numpy as np

    middle = 0.0 if logits else 0.5
    p = p.reshape(-1, p.shape[-1])
    if kind == "multilabel":
        return (
            float(((p > middle) == (y.reshape(p.shape) == 1)).mean())
            if p.size == y.size
            else math.nan
        )
    codes = (
        y.reshape(-1, y.shape[-1]).argmax(axis=1)
        if y.ndim > 1 and y.shape[-1] > 1 and y.size > len(p)
        else y.reshape(-1)
    )
    if len(codes) != len(p):
        return math.nan
    if p.shape[1] == 1:
        return float(
            ((p[:, 0] > middle).astype(int) == np.searchsorted(np.unique(codes), codes)).mean()
        )
    return float((p.argmax(axis=1) == codes).mean())


def _row(name: Text, side: Side) -> tuple[object, ...]:
    known = [f"{score:.3f}" for score in side.scores if math.isfinite(score)]
    score = " ".join(known) or "–"
    if side.failed is not None:
        return name, score, "–", "–", _FAILED.format(side.failed)
    kept = join(side.broken) if side.broken else _KEEPS
    mark = "✗" if side.broken else "✓"
    return name, score, f"{side.low:.3g} … {side.high:.3g}", f"{side.spread:.3g}", f"{mark} {kept}"


def _plain(value: float) -> float | str:
    return value if math.isfinite(value) else str(value)


_HELPED = Text(en="The repair helps", zh="修改有效")
_SAME = Text(en="The repair changes little here", zh="修改在这里差别不大")
_WORSE = Text(
    en="The repair does not help here: the score is worse", zh="修改在这里没有帮助：得分反而变差"
)
_HOW = Text(
    en="Both trained for {} epochs from the same {} seed(s), new weights each time; score: {}.",
    zh="两个模型用同样的 {1} 个种子各训练 {0} 轮，每次重新抽权重；得分：{2}。",
)
_ACCURACY = Text(en="accuracy on the rows given", zh="所给样本上的准确率")
_R2 = Text(en="R² on the rows given", zh="所给样本上的 R²")
_BEFORE, _AFTER = Text(en="before", zh="修改前"), Text(en="after", zh="修改后")
_HEAD = Text(en="scores|outputs|spread|contract", zh="得分|输出范围|散布|契约")
_FAILED = Text(en="training failed: {}", zh="训练失败：{}")
_KEPT = Text(
    en="The score stays, and the outputs are now what the task needs",
    zh="得分没变，但输出现在符合任务的要求了",
)
_KEEPS = Text(en="kept", zh="遵守")
_NO_NUMBERS = Text(en="NaN or infinite", zh="出现 NaN 或无穷大")
_CONSTANT = Text(en="the same for every row", zh="对每个样本都一样")
_OUTSIDE = Text(en="outside [0, 1]: {} to {}", zh="超出 [0, 1]：{} 到 {}")
_SUMS = Text(en="rows add up to 1 only within {}", zh="每行之和离 1 最多差 {}")
_ONE_UNIT = Text(en="one output for all classes", zh="所有类别只有一个输出")
_REACH = Text(en="cannot reach the targets", zh="够不到目标")
_REPAIR = Text(en="The repair", zh="修改内容")
