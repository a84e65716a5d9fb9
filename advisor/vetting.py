"""Whether a saved model's config names anything but what Keras needs to compute.

Only what is on the allow-list passes; everything else is refused with one line that says what to do.
"""

from __future__ import annotations

import functools
import math
from typing import Any, NoReturn

from advisor.allowlist import allowed
from advisor.errors import ModelFileError, shown

_LAYERS = 300
_UNITS = 10**6
_WEIGHTS = 2 * 10**7
_NODES = 400_000  # values in the whole config
_DTYPES = {
    "bfloat16",
    "bool",
    "complex64",
    "float16",
    "float32",
    "float64",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "string",
    "mixed_float16",
    "mixed_bfloat16",
}
# keys whose text Keras looks up as a function, a class or a type
_LOOKED_UP = {"activation", "recurrent_activation", "loss", "fn", "optimizer"}
_SIZES = {"units", "filters", "input_dim", "output_dim", "num_tokens", "num_bins", "max_tokens"}
_SIZES |= {"key_dim", "value_dim", "num_heads", "head_dim", "n"}
_WINDOWS = {"kernel_size", "pool_size", "strides", "dilation_rate"}
_MODELS = {"Sequential", "Functional"}
_PLAIN = {"__keras_tensor__", "__tensor__", "__numpy__", "__slice__", "__ellipsis__", "__complex__"}


def vet(config: dict[str, Any], file: str) -> None:
    """Refuse a config that is not harmless.

    Raises:
        ModelFileError: one line says why.
    """
    try:
        _Vetting(file).model(config)
    except (TypeError, KeyError, AttributeError, ValueError, IndexError, RecursionError) as error:
        if isinstance(error, ModelFileError):
            raise
        raise ModelFileError(
            f"{shown(file, 50)} is refused: its config does not hold together."
        ) from None


class _Vetting:
    def __init__(self, file: str) -> None:
        self.file = file
        self.layers = 0
        self.values = 0
        self.weights = 0

    def refuse(self, why: str) -> NoReturn:
        raise ModelFileError(f"{shown(self.file, 50)} is refused: {why}.")

    def model(self, config: dict[str, Any]) -> None:
        """Vet the outermost model."""
        if config.get("class_name") not in _MODELS:
            self._own(config)
        self._node(config, top=True)
        if self.weights > _WEIGHTS:
            self.refuse(f"it has {self.weights:,} weights, {_WEIGHTS:,} are the most")

    def _own(self, config: dict[str, Any]) -> NoReturn:
        name = shown(config.get("class_name"), 30)
        self.refuse(
            f"{name} is a class of its own; use keras.Sequential or keras.Model(inputs, outputs)"
        )

    def _value(self, value: Any, key: str = "") -> None:
        self.values += 1
        if self.values > _NODES:
            self.refuse("its config holds too many values")
        if isinstance(value, dict):
            if "class_name" in value:
                self._node(value)
            else:
                self._dict(value)
        elif isinstance(value, list):
            for one in value:
                self._value(one, key if key in {"loss", "metrics", "weighted_metrics"} else "")
        elif isinstance(value, str):
            self._text(value, key)
        elif isinstance(value, float) and not math.isfinite(value):
            self.refuse(f"its config holds {value}")
        elif isinstance(value, int) and not isinstance(value, bool):
            self._number(value, key)

    def _dict(self, value: dict[str, Any]) -> None:
        for key, one in value.items():
            if key in {"loss", "metrics", "weighted_metrics"} and isinstance(one, dict):
                self._value(one)
                self._names(one, key)
            else:
                self._value(one, key)

    def _names(self, given: dict[str, Any], key: str) -> None:
        """Vet losses and metrics given by the outputs' names."""
        if "class_name" not in given:
            for one in given.values():
                self._value(one, key)

    def _number(self, value: int, key: str) -> None:
        if abs(value) > 2**63 or (key in _SIZES and not 0 <= value <= _UNITS):
            self.refuse(f"{shown(key, 20)} is {str(value)[:12]}, {_UNITS:,} is the most")

    def _text(self, value: str, key: str) -> None:
        """Vet text that Keras would look something up by."""
        if key == "dtype" and value not in _DTYPES:
            self.refuse(f"{shown(value, 30)} is no type of numbers that is known")
        if key in _LOOKED_UP | {"metrics", "weighted_metrics"} and not _known_word(value):
            self.refuse(
                f"{shown(value, 30)} is no function of Keras'; own functions are not loaded"
            )
        if key in {"vocabulary", "idf_weights"}:
            self.refuse("a vocabulary is named by a path; save it inside the layer")
        if key.endswith(("_initializer", "_regularizer", "_constraint")) and not _known_word(value):
            self.refuse(f"{shown(value, 30)} is nothing of Keras'; own functions are not loaded")

    def _node(self, node: dict[str, Any], *, top: bool = False) -> None:
        """Vet something that Keras would make an object of."""
        name, module = node.get("class_name"), node.get("module")
        registered, inner = node.get("registered_name"), node.get("config")
        if not isinstance(name, str) or not (module is None or isinstance(module, str)):
            self.refuse("its config names a class that is no text")
        if name == "function":
            self._function(node)
            return
        if name in _PLAIN:
            self._value(inner)
            return
        if name in {"Lambda", "__lambda__"}:
            self.refuse("a Lambda layer runs code from the file; use a layer of Keras instead")
        if not self._listed(module, name) or (registered is not None and registered != name):
            self.refuse(
                f"{shown(name, 40)} is not one of Keras' own classes; build the model of Keras' layers"
            )
        if not isinstance(inner, dict):
            self.refuse(f"the config of {shown(name, 30)} is missing")
        if not top and node.get("compile_config"):
            self.refuse("a model inside it is compiled by itself")
        if name in _MODELS:
            self._graph(inner, name)
        elif module == "keras.layers":
            self._layer(node, name, inner)
        for key, value in node.items():
            if key not in {"class_name", "module", "registered_name"}:
                self._value(value, key)

    def _listed(self, module: str | None, name: str) -> bool:
        table = allowed()
        return module not in {None, "functions", "words"} and name in table.get(str(module), ())

    def _function(self, node: dict[str, Any]) -> None:
        name = node.get("config")
        if node.get("module") not in {"builtins", None} or not _known_word(name):
            self.refuse(f"{shown(name, 30)} is no function of Keras'; own functions are not loaded")

    def _sizes(self, kind: str, config: dict[str, Any]) -> None:
        """Refuse sizes that are no whole numbers."""
        for key in _SIZES & set(config):
            value = config[key]
            if not (value is None or (isinstance(value, int) and not isinstance(value, bool))):
                self.refuse(f"{shown(key, 20)} of {shown(kind, 30)} is no whole number")
        for key in _WINDOWS & set(config):
            given = config[key] if isinstance(config[key], list) else [config[key]]
            if not all(
                one is None or (isinstance(one, int) and 0 < one <= _UNITS) for one in given
            ):
                self.refuse(
                    f"{shown(key, 20)} of {shown(kind, 30)} holds no positive whole numbers"
                )

    def _layer(self, node: dict[str, Any], kind: str, config: dict[str, Any]) -> None:
        self.layers += 1
        if self.layers > _LAYERS:
            self.refuse(f"it has more than {_LAYERS} layers")
        self._sizes(kind, config)
        vocabulary = config.get("vocabulary")
        if isinstance(vocabulary, str):
            self.refuse("a vocabulary is named by a path; save it inside the layer")
        self.weights += weights_of(kind, config, node.get("build_config"))

    def _graph(self, config: dict[str, Any], kind: str) -> None:
        """Refuse layers of one name, and links to layers that are not there."""
        layers = config.get("layers")
        if not isinstance(layers, list) or not all(isinstance(one, dict) for one in layers):
            self.refuse("a model's layers are missing")
        names = [_name(one) for one in layers]
        if not all(isinstance(one, str) for one in names):
            self.refuse("a layer has no name")
        if len(set(names)) < len(names):
            self.refuse("two layers have one name")
        if kind == "Functional":
            known = set(names)
            ends = [config.get("input_layers"), config.get("output_layers")]
            found = [*_histories(layers), *_ends(ends)]
            if any(one not in known for one in found):
                self.refuse("a layer reads one that is not there")


def _name(layer: dict[str, Any]) -> Any:
    inner = layer.get("config")
    own = inner.get("name") if isinstance(inner, dict) else None
    return layer.get("name", own)


def _histories(layers: list[dict[str, Any]]) -> list[Any]:
    """Return the names of the layers that are read."""
    found: list[Any] = []
    waiting: list[Any] = [layer.get("inbound_nodes") for layer in layers]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            history = one.get("keras_history")
            if isinstance(history, list) and history:
                found.append(history[0] if isinstance(history[0], str) else "")
            waiting += one.values()
    return found


def _ends(given: Any) -> list[Any]:
    """Return the names in a nest of [name, node, tensor]."""
    if isinstance(given, dict):
        return [name for one in given.values() for name in _ends(one)]
    if isinstance(given, list):
        if given and isinstance(given[0], str):
            return [given[0]]
        return [name for one in given for name in _ends(one)]
    return []


def weights_of(kind: str, config: dict[str, Any], build: Any) -> int:
    """Return how many weights a layer is built with, as far as its config tells; 0 if it does not."""
    shape = build.get("input_shape") if isinstance(build, dict) else None
    last = shape[-1] if isinstance(shape, list) and shape else None
    last = last if isinstance(last, int) else 1
    units = config.get("units", config.get("filters"))
    if kind == "Embedding":
        return _product(config.get("input_dim"), config.get("output_dim"))
    if not isinstance(units, int):
        return last if kind in {"BatchNormalization", "LayerNormalization", "Normalization"} else 0
    if kind in {"LSTM", "GRU", "SimpleRNN"}:
        gates = {"LSTM": 4, "GRU": 3, "SimpleRNN": 1}[kind]
        return gates * units * (last + units + 1)
    if kind.startswith("Conv"):
        size = config.get("kernel_size")
        places = [p for p in size if isinstance(p, int)] if isinstance(size, list) else [1]
        return math.prod(places) * last * units + units
    return last * units + units


def _product(*sizes: Any) -> int:
    return math.prod(size for size in sizes if isinstance(size, int))


@functools.cache
def _words() -> frozenset[str]:
    """Return every word by which Keras finds one of its own."""
    table = allowed()
    return frozenset(table["words"] | table["functions"] | _SHORT)


_SHORT = {"accuracy", "acc", "crossentropy", "ce", "auto"}


def _known_word(word: Any) -> bool:
    return isinstance(word, str) and (word in _words() or word.lower() in _words())
