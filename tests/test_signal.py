"""`signal`: foretold is what is measured, measured is what NumPy computes, and nothing is guessed."""

from __future__ import annotations

import json
import math
import time

import numpy as np
import pytest

import advisor
from advisor import anatomy, followers
from advisor.errors import DataError, DataTypeError, LabelError, OptionError

RNG = np.random.default_rng(0)
X = RNG.normal(size=(256, 20)).astype("float32")
Y = RNG.integers(0, 4, 256)


@pytest.fixture(autouse=True)
def _seed(keras):
    keras.utils.set_random_seed(0)


def mlp(keras, activation="tanh", initializer="glorot_uniform", depth=5, width=96, **options):
    hidden = [
        keras.layers.Dense(width, activation=activation, kernel_initializer=initializer, **options)
        for _ in range(depth)
    ]
    return compiled(keras, [keras.Input((20,)), *hidden, keras.layers.Dense(4, "softmax")])


def compiled(keras, layers):
    model = keras.Sequential(layers)
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


def close(answer, part=1.0):
    error = abs(answer.log10_delta_ratio - answer.measured_log10_delta_ratio)
    return error <= part * answer.tolerance


@pytest.mark.parametrize(
    ("activation", "initializer", "depth", "width"),
    [
        ("sigmoid", "glorot_uniform", 9, 80),
        ("sigmoid", "he_normal", 4, 200),
        ("tanh", "he_uniform", 12, 150),
        ("relu", "lecun_normal", 14, 120),
        ("relu", "he_normal", 6, 300),
        ("leaky_relu", "glorot_normal", 8, 100),
        ("elu", "orthogonal", 10, 128),
        ("selu", "lecun_normal", 16, 128),
        ("gelu", "glorot_uniform", 9, 110),
        ("hard_sigmoid", "glorot_uniform", 6, 90),
    ],
)
def test_what_is_foretold_is_measured(keras, activation, initializer, depth, width):
    answer = advisor.signal(mlp(keras, activation, initializer, depth, width), X, Y)
    assert close(answer)
    for layer in answer.layers:
        assert layer.level == pytest.approx(layer.measured.delta, abs=answer.tolerance)


@pytest.mark.parametrize(
    "options",
    [
        {"bias_initializer": "random_normal"},
        {"kernel_initializer": "random_normal"},
        {"kernel_initializer": "truncated_normal"},
        {"kernel_initializer": "random_uniform"},
        {"activation": "relu", "bias_initializer": "ones"},
        {"use_bias": False},
    ],
)
def test_other_initializers_are_foretold_too(keras, options):
    settings = {"activation": "tanh", "kernel_initializer": "glorot_uniform"} | options
    hidden = [keras.layers.Dense(150, **settings) for _ in range(6)]
    model = compiled(keras, [keras.Input((20,)), *hidden, keras.layers.Dense(4, "softmax")])
    assert close(advisor.signal(model, X, Y))


@pytest.mark.parametrize(
    "layer",
    [
        lambda k: k.layers.LeakyReLU(),
        lambda k: k.layers.LeakyReLU(0.2),
        lambda k: k.layers.ReLU(),
        lambda k: k.layers.ReLU(max_value=6),
        lambda k: k.layers.ReLU(negative_slope=0.1),
        lambda k: k.layers.ELU(),
        lambda k: k.layers.ELU(0.5),
        lambda k: k.layers.PReLU(),
        lambda k: k.layers.Activation("gelu"),
        lambda k: k.layers.Activation(lambda x: x * k.ops.sigmoid(2 * x)),
    ],
)
def test_activation_layers_and_functions_of_ones_own_are_foretold(keras, layer):
    stack = [keras.Input((20,))]
    for _ in range(5):
        stack += [keras.layers.Dense(120, kernel_initializer="he_normal"), layer(keras)]
    answer = advisor.signal(compiled(keras, [*stack, keras.layers.Dense(4, "softmax")]), X, Y)
    assert close(answer)
    assert answer.layers[0].measured.dead is not None or answer.layers[0].activation == "PReLU"


@pytest.mark.parametrize("padding", ["same", "valid"])
def test_convolutions_are_foretold_with_their_borders(keras, padding):
    images = RNG.normal(size=(128, 18, 18, 3)).astype("float32")
    conv = [
        keras.layers.Conv2D(24, 3, strides=1 + (i == 2), padding=padding, activation="relu",
                            kernel_initializer="he_normal")
        for i in range(5)
    ]  # fmt: skip
    head = [
        keras.layers.Flatten(),
        keras.layers.Dense(30, "relu"),
        keras.layers.Dense(4, "softmax"),
    ]
    answer = advisor.signal(
        compiled(keras, [keras.Input((18, 18, 3)), *conv, *head]), images, Y[:128]
    )
    assert close(answer, 0.5)
    for layer in answer.layers[:5]:
        assert math.log10(layer.measured.q / layer.step.q) == pytest.approx(0, abs=0.25)


def test_other_convolutions_are_foretold(keras):
    rows = RNG.normal(size=(128, 30, 6)).astype("float32")
    stack = [
        keras.layers.Conv1D(32, 5, padding="causal", activation="tanh"),
        keras.layers.Conv1D(32, 3, dilation_rate=2, activation="tanh"),
        keras.layers.DepthwiseConv1D(5, activation="tanh"),
        keras.layers.Conv1D(32, 3, groups=4, activation="tanh"),
        keras.layers.Flatten(),
        keras.layers.Dense(40, "tanh"),
        keras.layers.Dense(4, "softmax"),
    ]
    answer = advisor.signal(compiled(keras, [keras.Input((30, 6)), *stack]), rows, Y[:128])
    assert close(answer)


def test_dropout_is_foretold_as_in_training(keras):
    stack = [keras.Input((20,))]
    for _ in range(6):
        stack += [keras.layers.Dense(200, "relu", kernel_initializer="he_normal")]
        stack += [keras.layers.Dropout(0.4)]
    answer = advisor.signal(compiled(keras, [*stack, keras.layers.Dense(4, "softmax")]), X, Y)
    assert answer.log10_delta_ratio == pytest.approx(5 * math.log10(1 / 0.6) / 2, rel=1e-3)
    assert close(answer)


def by_hand(model, activation, slope):
    """Run forward and back in NumPy, float64: sums z, gradients δ of each row's own loss."""
    h, kernels, sums, inputs = X.astype("float64"), [], [], []
    for layer in model.layers:
        kernel, bias = (w.astype("float64") for w in layer.get_weights())
        inputs.append(h)
        sums.append(h @ kernel + bias)
        kernels.append(kernel)
        h = activation(sums[-1])
    p = np.exp(sums[-1])
    deltas = [p / p.sum(axis=1, keepdims=True) - np.eye(4)[Y]]
    for kernel, z in zip(kernels[:0:-1], sums[-2::-1], strict=True):
        deltas.append(deltas[-1] @ kernel.T * slope(z))
    return inputs, sums, deltas[::-1]


def test_what_is_measured_is_what_numpy_computes(keras):
    model = mlp(keras, depth=4)
    inputs, sums, deltas = by_hand(model, np.tanh, lambda z: 1 - np.tanh(z) ** 2)
    answer = advisor.signal(model, X, Y)
    for layer, h, z, delta in zip(answer.layers, inputs, sums, deltas, strict=True):
        seen = layer.measured
        squares = (delta**2).sum(axis=1)
        assert seen.delta == pytest.approx(math.log10(math.sqrt(squares.mean())), abs=1e-4)
        assert seen.q == pytest.approx((z**2).mean(), rel=1e-4)
        kernel = np.linalg.norm(h.T @ delta) / len(X)
        assert seen.kernel == pytest.approx(math.log10(kernel), abs=1e-4)
        row = math.sqrt((squares * (h**2).sum(axis=1)).mean())
        assert seen.row_kernel == pytest.approx(math.log10(row), abs=1e-4)
        u = z / np.linalg.norm(z, axis=1, keepdims=True)
        cosines = (u @ u.T)[~np.eye(len(u), dtype=bool)]
        assert seen.gap == pytest.approx(1 - cosines.mean(), abs=1e-4)


def test_saturated_and_dead_units_are_counted(keras):
    hidden = [
        keras.layers.Dense(50, "relu", bias_initializer=keras.initializers.Constant(-30)),
        keras.layers.Dense(50, "relu"),
    ]
    model = compiled(keras, [keras.Input((20,)), *hidden, keras.layers.Dense(4, "softmax")])
    answer = advisor.signal(model, X, Y)
    assert answer.layers[0].measured.dead == 1.0
    assert answer.layers[0].measured.delta == -math.inf
    assert answer.layers[-1].measured.dead is None  # softmax is not elementwise
    assert any("100% of the units are dead" in str(remark) for remark in answer.remarks)
    json.dumps(answer.to_dict(), allow_nan=False)
    scaled = mlp(keras, "sigmoid", keras.initializers.RandomNormal(stddev=20), depth=2)
    assert advisor.signal(scaled, X, Y).layers[1].measured.saturated > 0.7


def test_a_unit_behind_batch_normalization_is_judged_by_what_its_activation_sees(keras):
    stack = [
        keras.layers.Dense(60, bias_initializer=keras.initializers.Constant(-100)),
        keras.layers.BatchNormalization(),
        keras.layers.Activation("relu"),
    ]
    model = compiled(keras, [keras.Input((20,)), *stack, keras.layers.Dense(4, "softmax")])
    assert advisor.signal(model, X, Y).layers[0].measured.dead == 0


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "rmsprop"])
def test_update_to_weight_is_what_the_next_step_does(keras, optimizer):
    model = mlp(keras, depth=2)
    model.compile(keras.optimizers.get(optimizer), "sparse_categorical_crossentropy")
    model.train_on_batch(X, Y)  # the optimizer has a memory by now
    foreseen = [layer.measured.update for layer in advisor.signal(model, X, Y).layers]
    before = [layer.get_weights()[0] for layer in model.layers]
    model.train_on_batch(X, Y)
    for layer, kernel, expected in zip(model.layers, before, foreseen, strict=True):
        moved = np.linalg.norm(layer.get_weights()[0] - kernel) / np.linalg.norm(kernel)
        assert math.log10(moved) == pytest.approx(expected, abs=2e-3)


def test_the_model_is_left_as_it_was(keras):
    stack = [
        keras.layers.Dense(30, "relu"),
        keras.layers.BatchNormalization(),
        keras.layers.Dropout(0.5, seed=1),
        keras.layers.Dense(30, activation=keras.layers.LeakyReLU()),
        keras.layers.Activation("tanh"),
        keras.layers.Dense(4, "softmax", kernel_regularizer="l2"),
    ]
    model = compiled(keras, [keras.Input((20,)), *stack])
    model.train_on_batch(X, Y)
    variables = [*model.variables, *model.optimizer.variables]
    before = [np.array(v) for v in variables]
    attributes = [{k: id(v) for k, v in vars(layer).items()} for layer in model.layers]
    advisor.signal(model, X, Y)
    assert all((np.array(v) == b).all() for v, b in zip(variables, before, strict=True))
    assert attributes == [{k: id(v) for k, v in vars(layer).items()} for layer in model.layers]


def test_a_model_that_fails_halfway_is_left_as_it_was(keras):
    model = mlp(keras)

    def fails(y, p):
        raise RuntimeError("no loss today")

    model.compile("sgd", fails)
    before = model.layers[0].activation
    with pytest.raises(RuntimeError, match="no loss today"):
        advisor.signal(model, X, Y)
    assert model.layers[0].activation is before
    assert "call" not in vars(model.layers[0])


def test_foretelling_runs_nothing_of_keras_and_takes_no_time(keras, monkeypatch):
    model = mlp(keras, depth=30)
    advisor.signal(model)  # the tables are loaded once

    def never(*_, **__):
        raise AssertionError("Keras was run")

    monkeypatch.setattr(keras.layers.Layer, "__call__", never)
    times = []
    for _ in range(200):
        start = time.perf_counter()
        assert advisor.signal(model).log10_delta_ratio is not None
        times.append(time.perf_counter() - start)
    assert min(times) < 0.6e-3  # measured: 0.17 ms; three times that on a busy machine


def test_normalization_in_front_gives_inputs_of_variance_one(keras):
    wild = X * 1000 + 5
    front = keras.layers.Normalization(mean=wild.mean(axis=0), variance=wild.var(axis=0))
    stack = [front, *(keras.layers.Dense(64, "tanh") for _ in range(4))]
    model = compiled(keras, [keras.Input((20,)), *stack, keras.layers.Dense(4, "softmax")])
    alone, seen = advisor.signal(model), advisor.signal(model, wild, Y)
    assert alone.log10_delta_ratio == pytest.approx(seen.log10_delta_ratio, abs=0.05)
    assert any("variance 1" in str(remark) for remark in alone.remarks)


def residual(keras):
    inputs = keras.Input((20,))
    x = keras.layers.Dense(20, "relu", name="one")(inputs)
    x = keras.layers.Add(name="sum")([x, keras.layers.Dense(20, "relu", name="two")(x)])
    return keras.Model(inputs, keras.layers.Dense(4, "softmax")(x))


def shared(keras):
    inputs, again = keras.Input((20,)), keras.layers.Dense(20, "relu", name="again")
    return keras.Model(inputs, keras.layers.Dense(4, "softmax")(again(again(inputs))))


def custom(keras):
    class Mine(keras.layers.Layer):
        def __init__(self):
            super().__init__(name="mine")
            self.inner = keras.layers.Dense(20, "relu")

        def call(self, inputs):
            return self.inner(inputs)

    stack = [keras.layers.Dense(20, "relu"), Mine(), keras.layers.Dense(20, "relu")]
    return keras.Sequential([keras.Input((20,)), *stack, keras.layers.Dense(4, "softmax")])


def subclassed(keras):
    class Own(keras.Model):
        def __init__(self):
            super().__init__(name="own")
            self.first = keras.layers.Dense(30, "relu")
            self.second = keras.layers.Dense(30, "relu")
            self.head = keras.layers.Dense(4, "softmax")

        def call(self, inputs):
            return self.head(self.second(self.first(inputs)))

    model = Own()
    model(X)
    return model


def stacked(*between):
    def make(keras):
        parts = [make_layer(keras) for make_layer in between]
        dense = [keras.layers.Dense(24, "relu") for _ in range(2)]
        head = keras.layers.Dense(4, "softmax")
        return keras.Sequential([keras.Input((20,)), dense[0], *parts, dense[1], head])

    return make


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (residual, "sum – several ways"),
        (shared, "again – is used more than once"),
        (custom, "mine – Mine is no layer of Keras"),
        (subclassed, "own – has a call of its own"),
        (stacked(lambda k: k.layers.BatchNormalization(name="bn")), "bn – BatchNormalization"),
        (stacked(lambda k: k.layers.LayerNormalization(name="ln")), "ln – LayerNormalization"),
        (stacked(lambda k: k.layers.Dense(9, "softmax", name="s")), "s – softmax is not element"),
        (stacked(lambda k: k.layers.Activation("tanh", name="t")), "t – a second activation"),
        (stacked(lambda k: k.layers.Lambda(lambda x: x, name="l")), "l – Lambda is not covered"),
        (stacked(lambda k: k.layers.AlphaDropout(0.1, name="a")), "a – AlphaDropout"),
        (
            stacked(lambda k: k.layers.Dense(9, kernel_initializer="ones", name="o")),
            "o – its weights are not drawn around 0",
        ),
        (
            stacked(lambda k: k.layers.Dense(24, kernel_initializer="identity", name="i")),
            "i – Identity does not draw",
        ),
        (
            stacked(lambda k: k.layers.Dense(9, kernel_initializer="zeros", name="z")),
            "z – its kernel starts as zeros",
        ),
    ],
)
def test_what_cannot_be_foretold_is_named_and_measured(keras, make, named):
    model = make(keras)
    model.compile("sgd", "sparse_categorical_crossentropy")
    answer = advisor.signal(model)
    assert answer.log10_delta_ratio is None
    assert answer.to_dict()["log10_delta_ratio"] is None
    assert any(str(remark).startswith(named) for remark in answer.remarks), answer.remarks
    seen = advisor.signal(model, X, Y)
    assert all(layer.measured.delta is not None for layer in seen.layers)
    assert len(seen.layers) == len({id(part.layer) for part in seen.anatomy.parts})
    advisor.set_language("zh")
    assert str(seen)


def test_two_outputs_and_two_inputs_are_measured(keras):
    one, two = keras.Input((20,), name="one"), keras.Input((20,), name="two")
    x = keras.layers.Dense(30, "relu")(keras.layers.Concatenate(name="join")([one, two]))
    heads = [keras.layers.Dense(4, "softmax", name=n)(x) for n in ("left", "right")]
    model = keras.Model([one, two], heads)
    model.compile("sgd", ["sparse_categorical_crossentropy"] * 2)
    answer = advisor.signal(model, [X, X], [Y, Y])
    assert [layer.hidden for layer in answer.layers] == [True, False, False]
    assert answer.layers[0].measured.delta is not None
    assert any("join" in str(remark) for remark in answer.remarks)


def test_nested_models_are_followed(keras):
    inner = keras.Sequential(
        [keras.Input((40,)), *(keras.layers.Dense(40, "tanh") for _ in range(3))], name="inner"
    )
    inputs = keras.Input((20,))
    outputs = keras.layers.Dense(4, "softmax")(inner(keras.layers.Dense(40, "tanh")(inputs)))
    model = keras.Model(inputs, outputs)
    model.compile("sgd", "sparse_categorical_crossentropy")
    answer = advisor.signal(model, X, Y)
    assert [layer.name.split("/")[0] for layer in answer.layers][1:4] == ["inner"] * 3
    assert close(answer)


def test_a_recurrent_layer_and_a_model_without_weighted_layers_are_said_to_be_so(keras):
    recurrent = keras.Sequential(
        [keras.Input((7, 3)), keras.layers.LSTM(8, name="lstm"), keras.layers.Dense(1)]
    )
    assert any("LSTM" in str(remark) for remark in advisor.signal(recurrent).remarks)
    empty = keras.Sequential([keras.Input((3,)), keras.layers.BatchNormalization()])
    answer = advisor.signal(empty)
    assert answer.layers == ()
    assert "no Dense or convolutional layer" in str(answer)
    assert advisor.signal(empty, np.ones((5, 3))).layers == ()


def test_a_model_that_is_not_built_shows_its_layers(keras):
    model = keras.Sequential([keras.layers.Dense(8, "relu"), keras.layers.Dense(1)])
    answer = advisor.signal(model)
    assert [layer.activation for layer in answer.layers] == ["relu", "linear"]
    assert answer.log10_delta_ratio is None
    assert any("build the model first" in str(remark) for remark in answer.remarks)
    with pytest.raises(OptionError, match=r"not built.*model\.build"):
        advisor.signal(model, X, Y)


def test_a_model_that_is_not_compiled_is_measured_forward(keras):
    model = mlp(keras)
    bare = keras.Sequential([keras.Input((20,)), *model.layers])
    answer = advisor.signal(bare, X, Y)
    assert answer.layers[0].measured.q is not None
    assert answer.measured_log10_delta_ratio is None
    assert any("compiled" in str(remark) for remark in answer.remarks)
    assert answer.layers[0].level is None  # no loss, no absolute level
    assert advisor.signal(model, X).measured_log10_delta_ratio is None  # no y either


def test_bad_input_is_refused_in_one_line(keras):
    model = mlp(keras)
    for call, error in (
        (lambda: advisor.signal("relu"), DataTypeError),
        (lambda: advisor.signal(None), DataTypeError),
        (lambda: advisor.signal(model, None, Y), OptionError),
        (lambda: advisor.signal(model, X[:, :3], Y), DataError),
        (lambda: advisor.signal(model, X, Y[:10]), DataError),
        (lambda: advisor.signal(model, X, Y + 7), LabelError),
        (lambda: advisor.signal(model, np.full_like(X, np.nan), Y), DataError),
        (lambda: advisor.signal(model, X[:0], Y[:0]), DataError),
        (lambda: advisor.signal(model, "rows.csv", Y), DataTypeError),
    ):
        with pytest.raises(error) as caught:
            call()
        assert "\n" not in str(caught.value)


def test_one_row_and_a_stream_are_enough(keras):
    import tensorflow as tf

    model = mlp(keras)
    with pytest.warns(advisor.errors.AdvisorWarning):
        one = advisor.signal(model, X[:1], Y[:1])
    assert one.layers[0].measured.gap is None
    stream = tf.data.Dataset.from_tensor_slices((X, Y)).batch(32)
    assert advisor.signal(model, stream).rows == 256


def test_shallow_models_have_no_ratio(keras):
    for depth in (0, 1):
        answer = advisor.signal(mlp(keras, depth=depth), X, Y)
        assert answer.log10_delta_ratio is answer.measured_log10_delta_ratio is None
        assert "Fewer than two hidden layers" in str(answer)


def test_verdicts_and_remedies_fit_the_ratio(keras):
    def said(*args, **options):
        answer = advisor.signal(mlp(keras, *args, **options))
        return str(answer.verdict), answer.remedy()

    words, remedy = said("sigmoid", depth=10)
    assert words.startswith("The gradient vanishes")
    assert (remedy.activation, remedy.initializer) == ("relu", "he_normal")
    words, remedy = said("relu", depth=20)
    assert words.startswith("The gradient vanishes")
    assert (remedy.activation, remedy.initializer) == ("relu", "he_normal")
    words, remedy = said("relu", keras.initializers.RandomNormal(stddev=0.6), depth=9)
    assert words.startswith("The gradient explodes")
    assert remedy.activation == "relu"
    words, remedy = said("tanh", depth=5)
    assert words.startswith("The gradient keeps its size")
    assert remedy is None
    assert said("relu", depth=8)[0].startswith("The gradient fades")
    alike = keras.initializers.RandomNormal(stddev=10.15 / math.sqrt(96))
    assert advisor.signal(mlp(keras, "exponential", "he_normal", depth=9)).verdict
    assert said("sigmoid", alike, depth=8)[0].startswith("The gradient keeps its size")


def test_an_unstable_map_is_said_to_be_uncertain(keras):
    assert "Uncertain" in str(advisor.signal(mlp(keras, "gelu", "he_normal", depth=25)))
    assert "Uncertain" not in str(advisor.signal(mlp(keras, "tanh", depth=25)))


def test_saved_weights_do_not_change_what_is_foretold(keras):
    model = mlp(keras)
    before = advisor.signal(model).log10_delta_ratio
    model.set_weights([w * 5 for w in model.get_weights()])
    assert advisor.signal(model).log10_delta_ratio == before


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_reads_as_reviewed(keras, golden, language):
    advisor.set_language(language)
    model = advisor.build("multiclass", hidden="sigmoid", depth=6, units=64)
    golden(f"signal_{language}", str(advisor.signal(model)))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_draws_a_row_a_layer(keras, language):
    advisor.set_language(language)
    figure = advisor.signal(mlp(keras, depth=7), X, Y).plot()
    gradient = figure.axes[0]
    assert len(gradient.get_yticklabels()) == 8
    foretold, measured = (line.get_xdata() for line in gradient.get_lines()[1:3])
    assert np.allclose(foretold, measured, atol=0.4)
    assert advisor.signal(mlp(keras, depth=2)).plot()


def test_a_very_deep_model_is_elided_on_the_page_only(keras):
    answer = advisor.signal(mlp(keras, depth=60, width=8))
    assert str(answer).count("glorot_uniform") == 40
    assert len(answer.to_dict()["layers"]) == 61


def test_on_the_command_line(capsys, tmp_path, keras):
    from advisor.cli import main

    picture = tmp_path / "way.png"
    words = ["signal", "binary", "--hidden", "sigmoid", "--depth", "8", "--units", "16"]
    assert main([*words, "--plot", str(picture), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["log10_delta_ratio"] < -4
    assert picture.stat().st_size > 10_000
    assert main(["signal", "binary", "--measure", "--seed", "1"]) == 0
    assert "update:weight" in capsys.readouterr().out
    file = tmp_path / "m.keras"
    assert main(["build", "multiclass", "-o", str(file)]) == 0
    assert main(["signal", "--model", str(file)]) == 0
    assert "hidden_1" in capsys.readouterr().out


def test_anatomy_knows_its_follower(keras):
    part = anatomy.read(mlp(keras, "swish", depth=1)).parts[0]
    assert part.follower.name == "silu"
    assert followers.of_function(None).name == "linear"


def test_of_wide_images_fewer_rows_are_run(keras):
    stack = [keras.layers.Conv2D(64, 3, padding="same"), keras.layers.Flatten()]
    model = compiled(keras, [keras.Input((128, 128, 1)), *stack, keras.layers.Dense(4, "softmax")])
    images = RNG.normal(size=(40, 128, 128, 1)).astype("float32")
    assert advisor.signal(model, images, Y[:40]).rows == 15


def test_behind_what_prepares_the_inputs_they_are_measured(keras):
    words = RNG.integers(0, 50, (200, 12))
    stack = [keras.layers.Embedding(50, 16, name="words"), keras.layers.Flatten()]
    hidden = [keras.layers.Dense(100, "tanh") for _ in range(5)]
    head = keras.layers.Dense(4, "softmax")
    model = compiled(keras, [keras.Input((12,), dtype="int32"), *stack, *hidden, head])
    alone = advisor.signal(model)
    assert alone.log10_delta_ratio is None
    assert any(str(remark).startswith("words") for remark in alone.remarks)
    seen = advisor.signal(model, words, Y[:200])
    assert close(seen)
    assert not any(str(remark).startswith("words") for remark in seen.remarks)


def test_two_rows_call_no_unit_dead(keras):
    few = advisor.signal(mlp(keras, "relu"), X[:2], Y[:2])
    assert few.layers[0].measured.dead is None
    assert few.layers[0].measured.saturated is not None


def test_mixed_precision_is_measured(keras):
    hidden = [keras.layers.Dense(64, "tanh", dtype="mixed_float16") for _ in range(4)]
    head = keras.layers.Dense(4, "softmax", dtype="float32")
    assert close(advisor.signal(compiled(keras, [keras.Input((20,)), *hidden, head]), X, Y))
