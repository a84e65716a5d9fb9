"""The right last layers for what an output is for, and the way to the nearest of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advisor.changes import Change, Remove, SetLoss, SetOptions
from advisor.facts import BINARY, EXCLUSIVE, ONEHOT, REAL, SPARSE
from advisor.purposes import Purpose, of
from advisor.text import Text

if TYPE_CHECKING:
    from advisor.facts import Facts, Layer, Loss, Output

# what it costs to change: the fewest changes win, and one that keeps the weights before others
_UNITS, _ACTIVATION, _LOSS, _LOGITS = 3.0, 1.0, 1.5, 0.5


@dataclass(frozen=True, slots=True)
class Ending:
    """A last layer with its loss.

    Attributes:
        units: None for as many as there are.
        activation: by Keras' name.
        loss: by Keras' class name.
        from_logits: the loss takes raw scores.
    """

    units: int | None
    activation: str
    loss: str
    from_logits: bool = False

    @property
    def words(self) -> Text:
        """Say it as Keras code."""
        layer = f"Dense({self.units or '…'}{_named(self.activation)})"
        given = "from_logits=True" if self.from_logits else ""
        return Text(
            en=f"{layer} with loss=keras.losses.{self.loss}({given})",
            zh=f"{layer}，配 loss=keras.losses.{self.loss}({given})",
        )


def _named(activation: str) -> str:
    return "" if activation == "linear" else f', activation="{activation}"'


def right(output: Output) -> list[Ending]:
    """Return the last layers that are right for an output, the usual one first; [] if unknown."""
    purpose = of(output)
    if purpose is None:
        return []
    loss = output.loss.kind if output.loss is not None and not output.loss.own else ""
    return list(_for(purpose, output, loss))


def _for(purpose: Purpose, output: Output, loss: str) -> list[Ending]:
    k = purpose.classes
    task = purpose.task
    if task == "binary":
        kind = loss if loss in BINARY else "BinaryCrossentropy"
        found = [Ending(1, "sigmoid", kind), Ending(1, "linear", kind, from_logits=True)]
        if output.targets is None or not purpose.onehot:
            sparse = "SparseCategoricalCrossentropy"
            found += [Ending(2, "softmax", sparse), Ending(2, "linear", sparse, from_logits=True)]
        return found
    if task == "multiclass":
        if k is not None and k < 2:  # noqa: PLR2004 - the units are wrong, not the classes
            k = 2
        if not purpose.seen:
            kind = loss if loss in EXCLUSIVE else "CategoricalCrossentropy"
        elif purpose.onehot:
            kind = loss if loss in ONEHOT else "CategoricalCrossentropy"
        else:
            kind = loss if loss in SPARSE else "SparseCategoricalCrossentropy"
            if output.units and k and output.units > k:
                k = output.units  # more units than classes seen: the data may lack some
        return [Ending(k, "softmax", kind), Ending(k, "linear", kind, from_logits=True)]
    if task == "multilabel":
        kind = loss if loss in BINARY else "BinaryCrossentropy"
        return [Ending(k, "sigmoid", kind), Ending(k, "linear", kind, from_logits=True)]
    if task == "distribution":
        kind = loss if loss in {"KLDivergence", *ONEHOT} else "CategoricalCrossentropy"
        return [Ending(k, "softmax", kind)]
    return _for_numbers(task, k, loss)


def _for_numbers(task: str, k: int | None, loss: str) -> list[Ending]:
    """Do the same for quantities."""
    if task == "count":
        return [Ending(k, "exponential", "Poisson"), Ending(k, "softplus", "Poisson")]
    real = loss if loss in REAL else "MeanSquaredError"
    if task == "share":
        kind = loss if loss in BINARY | REAL else "BinaryCrossentropy"
        found = [
            Ending(k, "sigmoid", kind),
            Ending(k, "linear", "BinaryCrossentropy", from_logits=True),
        ]
        return [*found, Ending(k, "linear", real)]
    if task == "positive":
        return [Ending(k, "softplus", real)]
    return [Ending(k, "linear", real)]


def nearest(output: Output, *, keep_units: bool = False) -> Ending | None:
    """Return the right last layer with the fewest changes; None where nothing is known."""
    found = right(output)
    if keep_units:
        found = [e for e in found if e.units in (None, output.units)] or found
    return min(found, key=lambda ending: cost(output, ending), default=None)


def cost(output: Output, ending: Ending) -> float:
    """Say how far an output is from an ending; 0 where it is one."""
    loss = output.loss
    total = 0.0
    if ending.units is not None and output.units is not None and ending.units != output.units:
        total += _UNITS
    if not same(output, ending):
        total += _ACTIVATION
    if loss is None or loss.kind != ending.loss:
        total += _LOSS
    if loss is None or loss.from_logits != ending.from_logits:
        total += _LOGITS
    return total


def same(output: Output, ending: Ending) -> bool:
    """Say whether what comes out is what the ending's activation gives."""
    name = output.behaviour.name
    if ending.activation == "softmax":
        return output.behaviour.distribution
    if ending.activation == "linear" and ending.from_logits:
        return name in {"linear", "log_softmax"}
    return name == ending.activation


def changes(facts: Facts, output: Output, ending: Ending) -> tuple[Change, ...]:
    """Return what turns an output into an ending."""
    made: list[Change] = []
    if output.layer is None:
        return ()
    layer = facts.layers[output.layer]
    if ending.units is not None and ending.units != output.units:
        made.append(SetOptions(layer.name, {_counted(layer): ending.units}))
    if not same(output, ending):
        made += set_activation(facts, output, ending.activation)
    loss = output.loss
    wrong = loss is None or loss.kind != ending.loss or loss.from_logits != ending.from_logits
    if wrong and loss is not None:
        made.append(SetLoss(output.number, ending.loss, _loss_options(loss, ending)))
    return tuple(made)


def set_activation(facts: Facts, output: Output, activation: str) -> list[Change]:
    """Return what gives an output one activation and no other."""
    assert output.layer is not None  # noqa: S101 - asked by the callers
    layer, made = facts.layers[output.layer], list[Change]()
    bent = [facts.layers[n] for n in output.tail if facts.layers[n].function is not None]
    bent = [one for one in bent if one.kind != "Rescaling" or output.scale == 1.0]
    carrier = next((one for one in reversed(bent) if one.kind == "Activation"), None)
    made += [Remove(one.name) for one in bent if one is not carrier]
    own = layer.function.name if layer.function is not None else "linear"
    if carrier is not None:
        made.append(SetOptions(carrier.name, {"activation": activation}))
        activation = "linear"
    if own != activation:
        made.append(SetOptions(layer.name, {"activation": activation}))
    return made


def _counted(layer: Layer) -> str:
    return "filters" if "filters" in layer.options else "units"


def _loss_options(loss: Loss, ending: Ending) -> dict[str, Any]:
    """Keep the options that the new loss has as well."""
    kept = (
        {"label_smoothing", "alpha", "gamma", "apply_class_balancing"}
        if loss.kind == ending.loss
        else set()
    )
    options: dict[str, Any] = {k: v for k, v in loss.options.items() if k in kept}
    if ending.from_logits:
        options["from_logits"] = True
    return options


def place(facts: Facts, output: Output) -> str:
    """Name the layer that an output's activation stands in."""
    bent = [facts.layers[n] for n in output.tail if facts.layers[n].function is not None]
    if bent:
        return bent[-1].name
    return facts.layers[output.layer].name if output.layer is not None else output.name
