"""Whether a saved model's config names anything but what Keras needs to compute.

Only what is on the allow-list passes; everything else is refused with one line that says what to do.
"""

from __future__ import annotations

import functools
import math
from typing import Any, NoReturn

from advisor import file_flow, file_graph
from advisor.allowlist import allowed
from advisor.archive import refused
from advisor.configs import printable
from advisor.errors import ModelFileError, shown
from advisor.file_graph import MODELS

_LAYERS = 300
_UNITS = 10**6
_BATCH = 10**5
_PINS = 1000
_NODES = 400_000  # values in the whole config
_DTYPES = {
    "bfloat16", "bool", "complex64", "float16", "float32", "float64", "int8", "int16", "int32", "int64",
    "uint8", "uint16", "uint32", "uint64", "string", "mixed_float16", "mixed_bfloat16",
}  # fmt: skip
# keys whose text Keras looks up as a function, a class or a type
_LOOKED_UP = {"activation", "recurrent_activation", "loss", "fn", "optimizer"}
_SIZES = {"units", "filters", "input_dim", "output_dim", "num_tokens", "num_bins", "max_tokens"}
_SIZES |= {"key_dim", "value_dim", "num_heads", "head_dim", "n"}
_SIZES |= {"num_query_heads", "num_key_value_heads", "fft_length", "frame_length", "num_mel_bins"}
_WINDOWS = {"kernel_size", "pool_size", "strides", "dilation_rate"}
# what metrics and layers make tables of
_LIMITS = {"num_thresholds": 10**5, "num_classes": 4000, "lora_rank": 1024, "max_number": 10**5}
_LIMITS |= {"num_chains": 100, "chain_depth": 100, "num_ops": 100, "num_oov_indices": 10**5}
_PLAIN = {"__keras_tensor__", "__tensor__", "__numpy__", "__slice__", "__ellipsis__", "__complex__"}


def vet(config: dict[str, Any], file: str) -> None:
    """Refuse a config that is not harmless.

    Raises:
        ModelFileError: one line says why.
    """
    try:
        _Vetting(file).model(config)
    except (
        TypeError,
        KeyError,
        AttributeError,
        ValueError,
        IndexError,
        RecursionError,
        OverflowError,
    ) as error:
        if isinstance(error, ModelFileError):
            raise
        raise refused(file, "its config does not hold together") from None


def _is_object(key: str) -> bool:
    """Say whether Keras makes a function or an object of what stands under a key of a layer."""
    return key.endswith(("activation", "_initializer", "_regularizer", "_constraint"))


class _Vetting:
    def __init__(self, file: str) -> None:
        self.file = file
        self.layers = 0
        self.values = 0
        self.calls = 0

    def refuse(self, why: str) -> NoReturn:
        raise refused(self.file, why)

    def model(self, config: dict[str, Any]) -> None:
        """Vet the outermost model."""
        if config.get("class_name") not in MODELS:
            self._own(config)
        self._node(config, top=True)
        file_flow.Stream(self.file).model(config)

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
            if not all(printable(name) for name in value):
                self.refuse("a key of its config holds characters that no name needs")
            if "class_name" in value:
                self._node(value)
            else:
                self._dict(value)
        elif isinstance(value, list):
            if key.endswith(("shape", "size")):
                self._product(value, key)
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
                continue
            if _is_object(key) and isinstance(one, (dict, list)) and "class_name" not in one:
                self.refuse(f"{shown(key, 30)} is a function of your own; use one of Keras'")
            self._value(one, key)

    def _names(self, given: dict[str, Any], key: str) -> None:
        """Vet losses and metrics given by the outputs' names."""
        if "class_name" not in given:
            for one in given.values():
                self._value(one, key)

    def _product(self, value: list[Any], key: str) -> None:
        """Refuse shapes that hold more than any layer may give."""
        whole = [one for one in value if isinstance(one, int) and not isinstance(one, bool)]
        first = value[0] if value else None
        if key in {"batch_shape", "input_shape", "build_input_shape"} and isinstance(first, int):
            if first > _BATCH:
                self.refuse(f"{shown(key, 20)} asks for {str(first)[:12]} rows at a time")
            whole = whole[1:]
        if math.prod(abs(one) for one in whole) > file_flow.ROW:
            self.refuse(f"{shown(key, 20)} holds more than {file_flow.ROW:,} numbers")

    def _number(self, value: int, key: str) -> None:
        if key in _LIMITS and not -1 <= value <= _LIMITS[key]:
            self.refuse(f"{shown(key, 20)} is {str(value)[:12]}, {_LIMITS[key]:,} is the most")
        if abs(value) > 2**63 or (key in _SIZES and not 0 <= value <= _UNITS):
            self.refuse(f"{shown(key, 20)} is {str(value)[:12]}, {_UNITS:,} is the most")

    def _text(self, value: str, key: str) -> None:
        """Vet text that Keras would look something up by."""
        if not value.isascii() and any("\ud800" <= one <= "\udfff" for one in value):
            self.refuse("its config holds text that is no Unicode")
        if key == "name" and not printable(value):
            self.refuse("a name in it holds characters that no name needs, or is too long")
        if key == "dtype" and value not in _DTYPES:
            self.refuse(f"{shown(value, 30)} is no type of numbers that is known")
        if key in _LOOKED_UP | {"metrics", "weighted_metrics"} and not _known_word(value):
            self._unknown(value)
        if key in {"vocabulary", "idf_weights"}:
            self.refuse("a vocabulary is named by a path; save it inside the layer")
        if _is_object(key) and not _known_word(value):
            self._unknown(value)

    def _node(self, node: dict[str, Any], *, top: bool = False) -> None:
        """Vet something that Keras would make an object of."""
        name, module = node.get("class_name"), node.get("module")
        registered, inner = node.get("registered_name"), node.get("config")
        if not isinstance(name, str) or not (module is None or isinstance(module, str)):
            self.refuse("its config names a class that is no text")
        if not isinstance(node.get("shared_object_id", 0), int):
            self.refuse("its config names a shared object that is none")
        if name == "function":
            self._function(node)
            return
        if name in _PLAIN:
            self._value(inner)
            return
        if name in {"Lambda", "__lambda__"}:
            self.refuse("a Lambda layer runs code from the file; use a layer of Keras instead")
        if str(module).startswith("keras.src.engine"):
            self.refuse("Keras 2 saved it; load it in Keras 3 and save it anew")
        if not self._listed(module, name) or (registered is not None and registered != name):
            self.refuse(
                f"{shown(name, 40)} is not one of Keras' own classes; build the model of Keras' layers"
            )
        if not isinstance(inner, dict):
            self.refuse(f"the config of {shown(name, 30)} is missing")
        if module == "keras" and name == "DTypePolicy" and inner.get("name") not in _DTYPES:
            self.refuse(f"{shown(inner.get('name'), 30)} is no type of numbers that is known")
        if not top and node.get("compile_config"):
            self.refuse("a model inside it is compiled by itself")
        if name in MODELS:
            self._graph(inner, name)
        elif module == "keras.layers":
            self._layer(name, inner)
        for key, value in node.items():
            if key not in {"class_name", "module", "registered_name"}:
                self._value(value, key)

    def _listed(self, module: str | None, name: str) -> bool:
        table = allowed()
        return module not in {None, "functions", "words"} and name in table.get(str(module), ())

    def _function(self, node: dict[str, Any]) -> None:
        name = node.get("config")
        if node.get("module") not in {"builtins", None} or not _known_word(name):
            self._unknown(name)

    def _unknown(self, name: Any) -> NoReturn:
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
            if math.prod(one or 1 for one in given) > _UNITS:
                self.refuse(f"{shown(key, 20)} of {shown(kind, 30)} is larger than any image")

    def _layer(self, kind: str, config: dict[str, Any]) -> None:
        self.layers += 1
        if self.layers > _LAYERS:
            self.refuse(f"it has more than {_LAYERS} layers")
        self._sizes(kind, config)
        vocabulary = config.get("vocabulary")
        if isinstance(vocabulary, str):
            self.refuse("a vocabulary is named by a path; save it inside the layer")

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
            self._links(config, set(names))

    def _links(self, config: dict[str, Any], known: set[str]) -> None:
        """Refuse a functional model's links to layers that are not there."""
        pins: list[Any] = []
        for layer in config["layers"]:
            calls = layer.get("inbound_nodes")
            if not isinstance(calls, list):
                self.refuse("a layer does not say what it reads")
            if any(not isinstance(one, dict) for one in calls):
                self.refuse("Keras 2 saved it; load it in Keras 3 and save it anew")
            self.calls += len(calls)
            if self.calls > file_flow.CALLS:
                self.refuse(f"its layers are called more than {file_flow.CALLS:,} times")
            pins += [pin for one in calls for pin in file_graph.reads(one)]
        pins += file_graph.pins(config.get("input_layers"))
        pins += file_graph.pins(config.get("output_layers"))
        if any(name not in known for name, _, _ in pins):
            self.refuse("a layer reads one that is not there")
        if any(not 0 <= number < _UNITS or not 0 <= pin < _PINS for _, number, pin in pins):
            self.refuse("a layer reads an output that is not there")
        for layer in config["layers"]:
            if layer.get("class_name") != "InputLayer" and not layer["inbound_nodes"]:
                self.refuse("a layer reads none of the others")


def _name(layer: dict[str, Any]) -> Any:
    inner = layer.get("config")
    own = inner.get("name") if isinstance(inner, dict) else None
    return layer.get("name", own)


@functools.cache
def _words() -> frozenset[str]:
    """Return every word by which Keras finds one of its own."""
    table = allowed()
    return frozenset(table["words"] | table["functions"] | _SHORT)


_SHORT = {"accuracy", "acc", "crossentropy", "ce", "auto"}


def _known_word(word: Any) -> bool:
    return isinstance(word, str) and (word in _words() or word.lower() in _words())
