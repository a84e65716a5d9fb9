"""No honest model is refused: every layer, operation, loss, metric, optimizer and spelling passes."""

from __future__ import annotations

import importlib.util
import time
from pathlib import Path

import numpy as np
import pytest

from advisor import allowlist, file_facts, file_flow, forward, rewriting, saved
from advisor.errors import ModelFileError
from advisor.grading.handin import saved as _saved

_FILE = Path(__file__).with_name("honest_models.py")
_SPEC = importlib.util.spec_from_file_location("honest_models", _FILE)
honest_models = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(honest_models)

pytestmark = [
    pytest.mark.filterwarnings("ignore:You are saving a model that has not yet been built"),
    pytest.mark.filterwarnings("ignore:When providing `inputs` as a dict"),
    pytest.mark.filterwarnings("ignore:You are using a softmax"),
]
# layers that only work inside others, or on structures of tensors
_INSIDE = {"GRUCell", "LSTMCell", "SimpleRNNCell", "StackedRNNCells", "InputLayer"}
_INSIDE |= {"CutMix", "MixUp", "MaxNumBoundingBoxes"}


@pytest.fixture(scope="module")
def honest(keras, tmp_path_factory):
    """Save every honest model; return bytes and the models, by name."""
    folder, found = tmp_path_factory.mktemp("honest"), {}
    keras.utils.set_random_seed(0)
    for name, model in honest_models.every(keras):
        file = folder / "model.keras"
        model.save(file)
        assert name not in found
        found[name] = file.read_bytes(), model
    return found


def test_numpy_predicts_as_keras_does_or_says_that_it_cannot(honest):
    random, predicted = np.random.default_rng(0), 0
    for name, (data, model) in honest.items():
        file = saved.vetted(data, "model.keras")
        if not model.built or name == "inputs by name":
            continue
        given = [
            random.normal(0, 2, (5, *(size or 3 for size in one.shape[1:]))) for one in model.inputs
        ]
        mine = forward.predict(file, file_facts.read(file), given)
        if mine is None:
            continue
        theirs = model([one.astype("float32") for one in given] if len(given) > 1 else given[0])
        theirs = theirs.values() if isinstance(theirs, dict) else theirs
        theirs = list(theirs) if isinstance(theirs, (list, type({}.values()))) else [theirs]
        for one, other in zip(mine, map(np.asarray, theirs), strict=True):
            assert one.shape == other.shape, name
            assert np.abs(one - other).max() <= 5e-6 * max(1, np.abs(other).max()), name
        predicted += 1
    assert predicted > 150


def test_numpy_leaves_to_keras_what_would_take_it_too_long(keras):
    layers = keras.layers
    inputs, shared = keras.Input((1000,)), layers.Dense(1000)
    x = inputs
    for _ in range(60):
        x = shared(x)
    file = saved.vetted(_saved(keras.Model(inputs, x)), "model.keras")
    facts = file_facts.read(file)
    assert forward.predict(file, facts, np.zeros((10, 1000))) is not None
    start = time.process_time()
    assert forward.predict(file, facts, np.zeros((1000, 1000))) is None
    assert time.process_time() - start < 10


def test_every_honest_model_passes_with_its_weights(honest):
    assert len(honest) >= 400
    refused = {}
    for name, (data, _) in honest.items():
        start = time.perf_counter()
        try:
            saved.vetted(data, "model.keras")
        except ModelFileError as error:
            refused[name] = str(error)
        assert time.perf_counter() - start < 0.5, name
    assert not refused


def test_keras_loads_what_is_written_anew_as_it_loads_the_file(keras, honest, tmp_path):
    """Every seventh model, and all that keep words beside their config."""
    random = np.random.default_rng(0)
    for number, (name, (data, model)) in enumerate(honest.items()):
        if not model.built or (number % 7 and "adapted" not in name and "policy" not in name):
            continue
        made = tmp_path / "anew.keras"
        made.write_bytes(rewriting.rewrite(saved.vetted(data, "model.keras")))
        again = keras.models.load_model(made, compile=False)
        mine, theirs = again.get_weights(), model.get_weights()
        assert all(np.array_equal(a, b) for a, b in zip(mine, theirs, strict=True)), name
        alone = len(model.inputs) == 1 and model.inputs[0].dtype == "float32"
        if alone and name != "channels first":  # a format that no processor computes
            rows = random.uniform(0, 1, (1, *(size or 3 for size in model.inputs[0].shape[1:])))
            one, other = (keras.tree.flatten(m(rows, training=False)) for m in (again, model))
            assert all(np.allclose(a, b, atol=1e-5) for a, b in zip(one, other, strict=True)), name


def test_every_honest_model_has_facts(honest):
    for data, _ in honest.values():
        assert file_facts.read(saved.parse(data, "model.keras")).layers


def test_shapes_that_are_sure_are_those_of_keras(honest):
    sure = 0
    for name, (data, model) in honest.items():
        shapes = [tuple(one.shape[1:]) for one in model.outputs] if model.built else []
        flows = file_flow.Stream("model").model(saved.parse(data, "model.keras").config)
        for flow, shape in zip(flows, shapes, strict=False):
            if flow.sure:
                assert flow.shape == shape, name
                sure += 1
    assert sure > 250


def test_every_layer_of_the_allow_list_is_among_them(honest):
    seen = set()
    for data, _ in honest.values():
        seen |= classes(saved.parse(data, "model.keras").config)
    table = allowlist.allowed()
    for module in ("keras.layers", "keras.losses", "keras.optimizers.schedules"):
        assert table[module] - _INSIDE <= seen, module
    assert table["keras.metrics"] - {"Mean", "Sum"} <= seen
    assert table["keras.optimizers"] - {"MultiOptimizer"} <= seen


def classes(value):
    """Return the names of all classes in a config."""
    if isinstance(value, dict):
        own = {value["class_name"]} if isinstance(value.get("class_name"), str) else set()
        return own.union(*(classes(one) for one in value.values()))
    if isinstance(value, list):
        return set().union(*(classes(one) for one in value))
    return set()


def test_a_lambda_and_own_classes_are_refused_with_what_to_do(keras, tmp_path):
    L = keras.layers

    class Own(L.Dense):
        pass

    class Whole(keras.Model):
        def call(self, x):
            return x

    given = keras.Input((4,))
    cases = {
        "use a layer of Keras instead": keras.Sequential([given, L.Lambda(lambda x: x)]),
        "build the model of Keras' layers": keras.Sequential([given, Own(2)]),
        "use keras.Sequential or keras.Model": Whole(),
        "own functions are not loaded": keras.Sequential([given, L.Dense(2, activation=own)]),
    }
    for advice, model in cases.items():
        model.build((None, 4))
        model.save(tmp_path / "model.keras")
        with pytest.raises(ModelFileError, match=advice):
            saved.vetted((tmp_path / "model.keras").read_bytes(), "model.keras")


def own(x):
    return x * x
