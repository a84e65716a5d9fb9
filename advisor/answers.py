"""A student's answer, whatever its spelling: an activation, an initialiser, a number, a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advisor import backend
from advisor.activations import ACTIVATIONS, activation
from advisor.errors import UnknownNameError, shown
from advisor.expressions import evaluate

if TYPE_CHECKING:
    from collections.abc import Callable


class UnreadableError(Exception):
    """The answer is of no kind that the question takes; the text says what was received."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Last layers, or a whole model, and a loss.

    Attributes:
        layers: fresh layers to put on top of a hidden layer; None where `model` is set.
        model: a copy of the student's whole model; None where `layers` is set.
        loss: a Keras loss, None where the answer names none.
    """

    layers: list[Any] | None
    model: Any
    loss: Any


def read_activation(answer: object) -> str:
    """Return the name of the activation that an answer means or behaves like.

    Raises:
        UnreadableError: it is none of the table's.
    """
    if answer is None or isinstance(answer, str):
        try:
            return activation(answer).name
        except UnknownNameError:
            raise UnreadableError(f"{shown(answer)}, not among {', '.join(ACTIVATIONS)}") from None
    name = _behaves_like(_callable(answer))
    if name is None:
        raise UnreadableError(f"{_kind(answer)} that behaves like none of {', '.join(ACTIVATIONS)}")
    return name


def _callable(answer: Any) -> Callable[[Any], Any]:
    """Return a layer, a layer's class or a function as a function."""
    keras = backend.keras()
    if isinstance(answer, type) and issubclass(answer, keras.layers.Layer):
        answer = answer()
    if not callable(answer):
        raise UnreadableError(_kind(answer))
    function: Callable[[Any], Any] = answer
    return function


def _behaves_like(function: Callable[[Any], Any]) -> str | None:
    """Compare a function with each row of the table on the same numbers."""
    import numpy as np

    keras = backend.keras()
    x = np.linspace(-4, 4, 42).reshape(6, 7)
    try:
        got = keras.ops.convert_to_numpy(function(keras.ops.convert_to_tensor(x.astype("float32"))))
    except Exception as error:  # noqa: BLE001 - a student's function may do anything
        raise UnreadableError(f"a function that fails: {type(error).__name__}") from None
    if got.shape != x.shape:
        return None
    for row in ACTIVATIONS.values():
        if row.keeps_shape and np.allclose(got, evaluate(row.f, x=x), atol=1e-5):
            return row.name
    slopes = got[x < 0] / x[x < 0]
    leaky = np.allclose(slopes, slopes[0], atol=1e-5) and 0 < slopes[0] < 1
    return "leaky_relu" if leaky and np.allclose(got[x > 0], x[x > 0], atol=1e-5) else None


def read_gain(answer: object) -> tuple[float, float]:
    """Return Var(w) · fan_in of an initialiser at two widths: 2 and 2 for He.

    Raises:
        UnreadableError: Keras knows no such initialiser.
    """
    import numpy as np

    keras = backend.keras()
    try:
        make = keras.initializers.get(answer)
        kernels = [keras.ops.convert_to_numpy(make(shape)) for shape in ((800, 500), (400, 500))]
    except Exception as error:  # Keras raises several kinds here
        raise UnreadableError(f"{_kind(answer)} that is no initialiser of Keras") from error
    wide, narrow = (float(np.var(kernel)) * len(kernel) for kernel in kernels)
    return wide, narrow


def read_number(answer: object) -> float:
    """Return a number given as such or as text such as "1/4" or "25%".

    Raises:
        UnreadableError: it is no number.
    """
    try:
        if isinstance(answer, str):
            return written(answer.strip())
        return float(answer)  # type: ignore[arg-type]
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        raise UnreadableError(f"{_kind(answer)}, which is no number") from None


def written(text: str) -> float:
    """Return the number that a text writes: "0.25", "1/4", "25%".

    Raises:
        ValueError, ZeroDivisionError: it writes none.

    Example:
        >>> written("1/4"), written("25%")
        (0.25, 0.25)
    """
    if text.endswith("%"):
        return written(text[:-1]) / 100
    over, slash, under = text.partition("/")
    return float(over) / float(under) if slash else float(text)


def read_proposal(answer: Any) -> Proposal:
    """Read last layers and a loss: a model, layers, (units, activation, loss), or a dict of those.

    The student's own layers and models are copied, never changed.

    Raises:
        UnreadableError: it is none of these.
    """
    keras = backend.keras()
    if isinstance(answer, keras.Model):
        return Proposal(None, _copy(answer), getattr(answer, "loss", None))
    if isinstance(answer, dict):
        return _from_dict(dict(answer))
    if isinstance(answer, keras.layers.Layer):
        return Proposal([_again(answer)], None, None)
    if isinstance(answer, (list, tuple)) and answer:
        *first, last = answer
        if isinstance(answer[0], keras.layers.Layer):
            loss = None if isinstance(last, keras.layers.Layer) else _loss(last)
            layers = first if loss is not None else list(answer)
            return Proposal([_again(layer) for layer in layers], None, loss)
        return _from_parts(*answer)
    raise UnreadableError(_kind(answer))


def _from_dict(given: dict[str, Any]) -> Proposal:
    layers = given.pop("layers", given.pop("layer", None))
    loss = given.pop("loss", None)
    if layers is not None:
        layers = layers if isinstance(layers, (list, tuple)) else [layers]
        if not all(isinstance(layer, backend.keras().layers.Layer) for layer in layers):
            raise UnreadableError("a dict whose 'layers' are no Keras layers")
        return Proposal([_again(layer) for layer in layers], None, _loss(loss))
    if "units" not in given or set(given) - {"units", "activation"}:
        raise UnreadableError(f"a dict with {', '.join(sorted(map(str, given))) or 'nothing'}")
    return _from_parts(given["units"], given.get("activation"), loss)


def _from_parts(
    units: Any = None, activation: Any = None, loss: Any = None, *more: Any
) -> Proposal:
    """Make the last layer from its number of units and its activation."""
    keras = backend.keras()
    if more or isinstance(units, bool) or not isinstance(units, int) or units < 1:
        raise UnreadableError("a sequence that is not (units, activation, loss)")
    layers = [keras.layers.Dense(units)]
    if isinstance(activation, keras.layers.Layer):
        layers.append(_again(activation))
    elif activation is not None:
        try:
            shape = activation if callable(activation) else read_activation(activation)
        except UnreadableError:
            shape = str(activation).strip().lower()  # one of Keras' that is not in the table
        try:
            layers = [keras.layers.Dense(units, activation=shape)]
        except ValueError:
            raise UnreadableError(
                f"activation {str(activation)[:40]!r}, unknown to Keras"
            ) from None
    return Proposal(layers, None, _loss(loss))


def _loss(given: Any) -> Any:
    """Return a Keras loss for a name, a short name, a class, an instance or a function."""
    keras = backend.keras()
    if isinstance(given, type) and issubclass(given, keras.losses.Loss):
        return given()
    if given is None or isinstance(given, keras.losses.Loss):
        return given
    short = {"bce": "binary_crossentropy", "cce": "categorical_crossentropy"}
    name = short.get(given.strip().lower(), given.strip()) if isinstance(given, str) else given
    try:
        return keras.losses.get(name)
    except (ValueError, TypeError):
        raise UnreadableError(f"loss {str(given)[:40]!r}, unknown to Keras") from None


def _again(layer: Any) -> Any:
    """Return a fresh layer of the same configuration."""
    try:
        return type(layer).from_config(layer.get_config())
    except Exception as error:
        raise UnreadableError("a layer of your own that cannot be copied") from error


def _copy(model: Any) -> Any:
    """Return a copy of a model with its weights."""
    keras = backend.keras()
    try:
        copy = keras.models.clone_model(model)
        copy.set_weights(model.get_weights())
    except Exception as error:
        raise UnreadableError("a model that cannot be copied: use Sequential layers") from error
    for layer in copy.layers:
        if isinstance(layer, keras.layers.Normalization) and layer.input_mean is None:
            layer.finalize_state()  # what `adapt` had measured came with the weights
    return copy


def _kind(answer: object) -> str:
    return f"a {type(answer).__name__}"
