"""Many networks in one model are the networks themselves, trained side by side."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import advisor
from advisor import blueprint, chunks, memory
from advisor.comparison import _data
from advisor.errors import OptionError
from advisor.models import construct
from advisor.orders import order_of
from advisor.population import Population, bytes_of_member
from advisor.settings import combinations
from advisor.splits import split
from advisor.study import Setting, Study

EPOCHS, BATCH = 5, 32
LAST_LAYERS = ["binary", "multiclass", "multilabel", "regression", "positive", "count", "share"]


def plans_for(task, **changes):
    plan, data = blueprint.draw(task, seed=0)
    scale = np.sqrt(plan.variance)
    tables = [(X - plan.mean) / scale for X in (data.X_train, data.X_test)]
    return replace(plan, **changes), data, *tables


def members(plan, hidden=("relu", "tanh", "sigmoid", "elu"), seeds=2, rates=None):
    found = []
    for i, (name, seed) in enumerate((h, s) for s in range(seeds) for h in hidden):
        start = "glorot_uniform" if name in {"tanh", "sigmoid"} else "he_normal"
        rate = plan.learning_rate if rates is None else rates[i % len(rates)]
        found.append(replace(plan, hidden=name, initializer=start, seed=seed, learning_rate=rate))
    return found


def train(population, X, y, epochs=EPOCHS):
    def orders(epoch):
        return np.stack([order_of(p.seed, epoch, len(X)) for p in population.plans], axis=1)

    return population.train(X, y, orders, epochs=epochs, batch_size=BATCH)


def everywhere(X, population):
    return np.tile(np.arange(len(X))[:, None], (1, len(population)))


@pytest.mark.parametrize("task", LAST_LAYERS)
def test_a_member_is_the_network_trained_alone(task, keras):
    plan, data, X, X_test = plans_for(task)
    population = Population(members(plan))
    y = plan.target.y
    losses = train(population, X, y)
    predicted = population.predict(X_test, everywhere(X_test, population))
    for i, member in enumerate(population.plans):
        alone = construct(member)
        history = advisor.fit(
            alone, data.X_train, y, epochs=EPOCHS, batch_size=BATCH, seed=member.seed
        )
        p = alone.predict(data.X_test.astype("float32"), verbose=0)
        np.testing.assert_allclose(predicted[i], p, atol=1e-4, rtol=1e-4)
        np.testing.assert_allclose(losses[i], history.history["loss"], rtol=1e-3)


def test_members_with_learning_rates_of_their_own_are_the_networks_trained_alone(keras):
    plan, data, X, X_test = plans_for("multiclass")
    population = Population(members(plan, rates=[0.001, 0.01, 0.03]))
    train(population, X, data.y_train)
    predicted = population.predict(X_test, everywhere(X_test, population))
    for i, member in enumerate(population.plans):
        alone = construct(member)
        advisor.fit(alone, data.X_train, data.y_train, epochs=EPOCHS, seed=member.seed)
        p = alone.predict(data.X_test.astype("float32"), verbose=0)
        np.testing.assert_allclose(predicted[i], p, atol=1e-4)


def test_a_member_starts_as_build_with_its_seed_would(keras):
    plan, *_ = plans_for("multiclass")
    population = Population(members(plan))
    for i, member in enumerate(population.plans):
        built = advisor.build("multiclass", hidden=member.hidden, seed=member.seed) if (
            member.hidden != "elu"
        ) else construct(member)  # fmt: skip
        for mine, theirs in zip(population.weights(i), built.get_weights(), strict=True):
            np.testing.assert_array_equal(mine, theirs)


def test_a_member_comes_out_as_a_plain_keras_model(keras, tmp_path):
    plan, data, X, X_test = plans_for("multiclass")
    population = Population(members(plan))
    train(population, X, data.y_train)
    predicted = population.predict(X_test, everywhere(X_test, population))
    network = population.network(3)
    assert type(network) is keras.Sequential
    network.save(tmp_path / "member.keras")
    again = keras.models.load_model(tmp_path / "member.keras")
    raw = data.X_test.astype("float32")
    np.testing.assert_allclose(again.predict(raw, verbose=0), predicted[3], atol=1e-5)


def test_the_whole_population_is_one_model_of_stock_layers(keras):
    plan, *_ = plans_for("multiclass")
    model = Population(members(plan)).model
    assert isinstance(model, keras.Model)
    assert [type(layer) for layer in model.layers] == [keras.layers.EinsumDense] * 3


def test_the_model_does_what_its_layers_do(keras):
    plan, _, X, _ = plans_for("multiclass")
    population = Population(members(plan, hidden=["tanh"]))
    x = X[np.newaxis, :5].repeat(2, axis=0).astype("float32")
    first, second, last = population.model.layers
    by_layers = last(keras.ops.tanh(second(keras.ops.tanh(first(x)))))
    np.testing.assert_allclose(population.model(x), by_layers, atol=1e-6)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_diverged_member_leaves_its_neighbours_bits_unchanged(bad, keras):
    plan, data, X, _ = plans_for("multiclass")

    def run(spoil):
        population = Population(members(plan))
        if spoil:
            for weight in population.model.trainable_weights[::2]:
                values = np.array(weight)
                values[2] = bad
                weight.assign(values)
        losses = train(population, X, data.y_train)
        return losses, [population.weights(i) for i in range(len(population))]

    (losses, healthy), (spoilt_losses, spoilt) = run(spoil=False), run(spoil=True)
    assert np.isnan(spoilt_losses[2]).all()
    others = [i for i in range(8) if i != 2]
    np.testing.assert_array_equal(losses[others], spoilt_losses[others])
    for i in others:
        for a, b in zip(healthy[i], spoilt[i], strict=True):
            np.testing.assert_array_equal(a, b)


def test_another_member_beside_it_changes_nothing_but_rounding(keras):
    plan, data, X, _ = plans_for("multiclass")
    few, many = (Population(members(plan, seeds=n)) for n in (1, 3))
    one, other = train(few, X, data.y_train), train(many, X, data.y_train)
    same = [i for i, p in enumerate(many.plans) if p.seed == 0]
    np.testing.assert_allclose(one, other[same], rtol=1e-4)


def test_the_same_seeds_give_the_same_bits(keras):
    plan, data, X, _ = plans_for("multiclass")
    runs = [train(Population(members(plan)), X, data.y_train) for _ in range(2)]
    np.testing.assert_array_equal(*runs)


def test_one_feature_and_one_unit_are_enough(keras):
    X = np.linspace(-1, 1, 40)[:, None]
    y = np.sin(3 * X[:, 0])
    found = advisor.compare(X=X, y=y, units=1, hidden="tanh", seeds=2, epochs=1)
    part = split(X, _data("regression", X, y, None)[1], 0)
    population = Population([found.best.setting.on(part)])
    assert [w.shape for w in population.weights(0)] == [(1, 1), (1,)] * 3
    assert population.network(0).count_params() > 0


def test_functions_of_ones_own_do_not_share_what_is_compiled(keras):
    losses = []
    for factor in (1.0, -3.0):
        found = advisor.compare(
            "multiclass", hidden=lambda x, factor=factor: factor * x, seeds=1, epochs=2
        )
        losses.append(found.best.runs[0].losses[-1])
    assert losses[0] != losses[1]


def test_networks_of_different_shape_are_refused(keras):
    plan, *_ = plans_for("multiclass")
    with pytest.raises(OptionError, match="one shape"):
        Population([plan, replace(plan, depth=3)])
    with pytest.raises(OptionError, match="one shape"):
        Population([])


def test_the_gradients_flow_is_that_of_a_tape(keras):
    if keras.backend.backend() != "tensorflow":
        pytest.skip("the referee is TensorFlow's tape")
    import tensorflow as tf

    plan, data, X, _ = plans_for("multiclass", depth=3)
    population = Population(members(plan))
    rows = everywhere(X[:40], population)
    flow = population.flow(X, data.y_train, rows)
    for i in (0, 3, 5):
        network = population.network(i)
        x, y = X[:40].astype("float32"), data.y_train[:40]
        layers = [network.get_layer(f"hidden_{k}") for k in (1, 2, 3)]
        for k in range(3):
            with tf.GradientTape() as tape:
                h = tf.constant(x)
                for place, layer in enumerate(layers):
                    z = h @ layer.kernel + layer.bias
                    if place == k:
                        tape.watch(z)
                        kept = z
                    h = layer.activation(z)
                p = network.get_layer("output")(h)
                loss = tf.reduce_sum(keras.losses.sparse_categorical_crossentropy(y, p))
            size = np.sqrt(np.mean(tape.gradient(loss, kept).numpy() ** 2))
            np.testing.assert_allclose(flow[i, k], size, rtol=1e-4)


# --- studies


def iris_study(hidden=("relu", "tanh"), depth=2, seeds=4, epochs=2):
    X, target, _ = _data("multiclass", None, None, None)
    alternatives = combinations(list(hidden), None, depth, 8, 0.01)
    parts = tuple(split(X, target, seed) for seed in range(seeds))
    return Study(alternatives, parts, X, target, epochs, BATCH)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 10**8),
    st.integers(1, 7),
    st.lists(st.integers(0, 3), min_size=1, max_size=3, unique=True),
)
def test_chunks_hold_every_network_once_and_stay_below_the_limit(limit, seeds, depths):
    study = iris_study(depth=depths, seeds=seeds)
    cut = list(study.chunks(limit))
    found = [(setting, part.seed) for chunk in cut for setting, part in chunk]
    assert sorted(map(repr, found)) == sorted(
        repr((setting, part.seed)) for setting in study.settings for part in study.splits
    )
    for chunk in cut:
        assert len({(setting.depth, setting.units) for setting, _ in chunk}) == 1
        plan = chunk[0][0].on(chunk[0][1])
        own = bytes_of_member(plan, 112, BATCH, 2)
        assert len(chunk) == 1 or len(chunk) * own <= limit


def test_a_study_is_cut_alike_whatever_memory_is_free(monkeypatch):
    """Else what was kept on a busy machine would not be found on an idle one."""
    cut, study = [], iris_study()
    monkeypatch.setattr(chunks, "each", lambda *given, **how: cut.append((given[1], how)) or 1 / 0)
    for free in (10**6, 10**12):
        monkeypatch.setattr(memory, "free_bytes", lambda free=free: free)
        with pytest.raises(ZeroDivisionError):
            study.run()
    (few, one), (many, more) = cut
    assert few == many
    assert one["at_once"] == 1 < more["at_once"]


def test_a_study_in_chunks_gives_what_it_gives_at_once(keras):
    study, limit = iris_study(epochs=4), 48 * 2**20 + 400_000
    whole, parts = study.run(), study.run(limit=limit)
    assert len(list(study.chunks(limit))) > 1
    for a, b in zip(whole, parts, strict=True):
        assert (a.setting, a.seed) == (b.setting, b.seed)
        np.testing.assert_allclose(a.losses, b.losses, rtol=1e-4)


def test_settings_share_a_seeds_split_and_seeds_differ(keras):
    study = iris_study()
    first, second = study.splits[:2]
    assert not np.array_equal(first.train, second.train)
    for part in study.splits:
        assert len(part.train) == 112
        assert not set(part.train) & set(part.test)


def test_classes_keep_their_proportions_in_both_parts():
    X, target, _ = _data("multiclass", None, None, None)
    part = split(X, target, 3)
    assert np.ptp(np.bincount(target.y[part.test])) <= 1


def test_real_targets_are_standardised_on_the_training_rows_only():
    X, target, _ = _data("regression", None, None, None)
    part = split(X, target, 0)
    _, y = part.tables(X, target.y)
    trained, tested = np.split(y, [len(part.train)])
    np.testing.assert_allclose([trained.mean(), trained.std()], [0, 1], atol=1e-12)
    assert abs(tested.mean()) > 1e-6


def test_a_seeds_table_has_its_training_rows_first():
    X, target, _ = _data("multiclass", None, None, None)
    part = split(X, target, 1)
    features, y = part.tables(X, target.y)
    scaled = (X - X[part.train].mean(axis=0)) / X[part.train].std(axis=0)
    for rows, there in ((part.train, slice(None, 112)), (part.test, slice(112, None))):
        np.testing.assert_allclose(features[there], scaled[rows], rtol=1e-4, atol=1e-5)
        np.testing.assert_array_equal(y[there], target.y[rows])


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="peaks are read on Linux")
def test_memory_stays_under_the_bound(keras):
    """500 networks that would take 250 MB at once, in a process of their own, in 100 MiB."""
    if keras.backend.backend() != "tensorflow":
        pytest.skip("XLA's compiler takes hundreds of MiB by itself")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", MEASURED], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 100 * 1024


MEASURED = """
import advisor
from pathlib import Path

def kib(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1])

def compare(**options):
    advisor.compare("multiclass", hidden=["relu", "tanh"], depth=4, epochs=2, **options)

compare(seeds=2)
before = kib("VmRSS")
Path("/proc/self/clear_refs").write_text("5")
compare(seeds=250, memory=100 * 2**20)
print(kib("VmHWM") - before)
"""


def test_free_memory_is_a_plausible_number():
    assert 2**20 < memory.free_bytes() < 2**50


def test_settings_tell_their_name(keras):
    setting = Setting(np.tanh, "zeros", 1, 1, 0.1)
    assert setting.name == "tanh"
