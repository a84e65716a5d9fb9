"""What the rules look at: one plain view of a model, its compilation and its data.

Made from a `keras.Model` by `model_facts`, from a saved file's config by `file_facts`; nothing here
knows Keras.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from advisor.behaviours import UNKNOWN, Behaviour, Function
from advisor.findings import NotApplicable
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class Initializer:
    """Keras' initializer by its class name: "GlorotUniform", with its options."""

    name: str
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Layer:
    """A layer of the model, or an operation between layers; nested models are laid out flat.

    Attributes:
        name: with the names of the models around it.
        kind: its class: "Dense".
        inputs: numbers of the layers that it reads.
        shape: of its output without the batch; None where it is not known.
        arrives: of its input, likewise.
        function: its own activation; of an activation layer what it is.
        kernel: its kernel's initializer; None without a kernel.
        drawn: mean and variance of the kernel's entries as the initializer draws them.
        fan_in: how many numbers a weighted sum adds up.
        weights: reads the kernel; None where there is none to be read.
        options: what else rules ask for, by Keras' names: units, rate, scale, …
        own: it is no layer of Keras, or calls a function of the user's.
        trainable: its weights are trained.
    """

    name: str
    kind: str
    inputs: tuple[int, ...] = ()
    shape: tuple[int | None, ...] | None = None
    arrives: tuple[int | None, ...] | None = None
    function: Function | None = None
    kernel: Initializer | None = None
    drawn: tuple[float, float] | None = None
    fan_in: int | None = None
    weights: Callable[[], Any] | None = None
    options: dict[str, Any] = field(default_factory=dict)
    own: bool = False
    trainable: bool = True

    @property
    def units(self) -> int | None:
        """How many units, or channels, it has."""
        for name in ("units", "filters"):
            if isinstance(self.options.get(name), int):
                return int(self.options[name])
        return None if not self.shape else self.shape[-1]


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss of the model.

    Attributes:
        kind: Keras' class name: "BinaryCrossentropy"; the own name of a loss that is not Keras'.
        own: it is not Keras'.
        from_logits: it takes raw scores.
        reduction: "sum_over_batch_size" unless set.
        options: as given.
    """

    kind: str
    own: bool = False
    from_logits: bool = False
    reduction: str | None = "sum_over_batch_size"
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric: how it was given ("accuracy"), the class that makes it, and its options."""

    given: str
    kind: str
    options: dict[str, Any] = field(default_factory=dict)
    own: bool = False


@dataclass(frozen=True, slots=True)
class Optimizer:
    """The optimizer by its class name; `learning_rate` is the first one of a schedule."""

    kind: str
    learning_rate: float | None
    momentum: float = 0.0


@dataclass(frozen=True, slots=True)
class Targets:
    """What y is, for one output.

    Attributes:
        shape: of a row.
        columns: how many numbers stand beside each other, after rows of positions are laid out.
        text: they are text.
        whole: all are whole numbers.
        low, high, mean, std: of all numbers.
        values: up to 1,000 different ones, sorted; None where there are more.
        onehot: each row is 0 but for one 1.
        sums: each row adds up to 1.
        rows: how many.
    """

    shape: tuple[int, ...]
    columns: int
    text: bool
    whole: bool
    low: float
    high: float
    mean: float
    std: float
    values: tuple[Any, ...] | None
    onehot: bool
    sums: bool
    rows: int

    @property
    def flags(self) -> bool:
        """Only 0 and 1 occur."""
        return self.values is not None and set(self.values) <= {0, 1}


@dataclass(frozen=True, slots=True)
class Features:
    """What arrives at the first layer that weighs the inputs, behind all that prepares them.

    Attributes:
        where: that layer.
        largest: the largest root mean square of a feature.
        image: the features are positions of an image or a signal.
        low, high: of all numbers.
        mean, variance: of each feature, of each channel in an image; a variance of 0 counts as 1.
    """

    where: str
    largest: float
    image: bool
    low: float
    high: float
    mean: list[float] = field(repr=False)
    variance: list[float] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Awake:
    """The share of a hidden layer's units that are off for every row."""

    where: str
    dead: float | None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the optimizer on a batch, tried on copies.

    Attributes:
        before, after: the batch's loss.
        update: log10 ‖ΔW‖/‖W‖, the largest over the layers; None where it is not known.
    """

    before: float
    after: float
    update: float | None


@dataclass(frozen=True, slots=True)
class Journey:
    """How the gradient travels through the hidden layers; logarithms to base 10.

    Attributes:
        ratio: foretold ‖∂L/∂z‖ at the first hidden layer over the last one's.
        measured: the same, measured.
        uncertain: what is foretold is not to be trusted.
        depth: how many hidden layers.
        functions: their activations.
        remedy: an activation and an initializer that are foretold to keep gradients alive.
        deltas: foretold ‖∂L/∂z‖ at each hidden layer over the last one's; empty where not known.
    """

    ratio: float | None
    measured: float | None
    uncertain: bool
    depth: int
    functions: tuple[str, ...]
    remedy: tuple[str, str] | None
    deltas: tuple[float, ...] = ()


@dataclass(slots=True)
class Output:
    """One output of the model with its loss, its metrics and its targets.

    Attributes:
        number, name: of the output; the key, where the model gives its outputs as a dict.
        also: Keras' own name for it, by which losses and targets may be given as well.
        end: number of the layer that gives it; None where that is not known.
        layer: number of the layer whose weighted sums it is; None where that is not known.
        tail: numbers of the layers after that, input first.
        behaviour: what comes out, whatever it is called.
        units: how many numbers stand beside each other.
        shape: without the batch.
        scale, offset: of a Rescaling at the very end.
        half: it is computed in half precision.
        loss, metrics, targets: None where there are none.
        task: named by the user.
    """

    number: int
    name: str
    also: str = ""
    end: int | None = None
    layer: int | None = None
    tail: tuple[int, ...] = ()
    behaviour: Behaviour = UNKNOWN
    units: int | None = None
    shape: tuple[int | None, ...] | None = None
    scale: float = 1.0
    offset: float = 0.0
    half: bool = False
    loss: Loss | None = None
    metrics: tuple[Metric, ...] = ()
    targets: Targets | None = None
    task: str | None = None


@dataclass(slots=True)
class Facts:
    """All that is known of a model.

    Attributes:
        name: of the model.
        layers: in the order in which data passes them.
        outputs: of the model.
        readers: for each layer, the numbers of those that read it.
        backend: "tensorflow", "jax", "torch"; "" for a file.
        compiled, built: likewise.
        optimizer: None where there is none.
        own: what is not Keras' and was not looked into: (where, what).
        own_step: the model trains by a `train_step` of its own.
        features: None without X.
        awake, step, journey: what one batch told, or the theory.
        rows: how many rows of X were looked at.
        dtype: the policy the model computes in.
    """

    name: str
    layers: list[Layer]
    outputs: list[Output]
    readers: list[list[int]] = field(default_factory=list)
    backend: str = ""
    compiled: bool = False
    built: bool = True
    optimizer: Optimizer | None = None
    own: list[tuple[str, str]] = field(default_factory=list)
    own_step: bool = False
    features: list[Features] = field(default_factory=list)
    awake: list[Awake] = field(default_factory=list)
    step: Step | None = None
    journey: Journey | None = None
    rows: int = 0
    dtype: str = "float32"

    def link(self) -> None:
        """Fill in which layers read which."""
        self.readers = [[] for _ in self.layers]
        for number, layer in enumerate(self.layers):
            for source in layer.inputs:
                self.readers[source].append(number)

    def place(self, what: str, output: Output) -> str:
        """Name a place of one output; with several outputs the output's name is part of it."""
        return what if len(self.outputs) == 1 else f"{what} of {output.name}"

    def on(self, *kinds: str) -> bool:
        """Say whether the backend is one of these, or not known, as in a file."""
        return not self.backend or self.backend in kinds

    def with_loss(self) -> Iterator[tuple[Output, Loss]]:
        """Give the outputs whose loss is one of Keras', and is what the model is trained by.

        Raises:
            NotApplicable: there is none.
        """
        if not self.compiled:
            raise NotApplicable(NEEDS_COMPILED)
        if self.own_step:
            raise NotApplicable(NEEDS_STEP)
        found = [(o, o.loss) for o in self.outputs if o.loss is not None and not o.loss.own]
        if not found:
            raise NotApplicable(NEEDS_LOSS)
        yield from found

    def with_known_ends(self) -> Iterator[tuple[Output, Loss]]:
        """Give those of `with_loss` of which it is known what comes out.

        Raises:
            NotApplicable: there is none.
        """
        found = [(output, loss) for output, loss in self.with_loss() if output.behaviour.known]
        if not found:
            raise NotApplicable(NEEDS_LAYERS)
        yield from found

    def need_loss_or_targets(self) -> None:
        """Refuse to look where there is neither a loss of Keras' nor y.

        Raises:
            NotApplicable: so it is.
        """
        if not any(o.targets for o in self.outputs):
            next(self.with_loss())

    def with_targets(self) -> Iterator[tuple[Output, Targets]]:
        """Give the outputs whose targets are known.

        Raises:
            NotApplicable: y was not given.
        """
        found = [(o, o.targets) for o in self.outputs if o.targets is not None]
        if not found:
            raise NotApplicable(NEEDS_Y)
        yield from found


NEEDS_COMPILED = Text(en="needs a compiled model", zh="需要编译过的模型")
NEEDS_STEP = Text(
    en="the model trains by a train_step of its own", zh="模型用自己写的 train_step 训练"
)
NEEDS_LOSS = Text(en="needs a loss of Keras'", zh="需要 Keras 自带的损失函数")
NEEDS_Y = Text(en="needs y", zh="需要 y")
NEEDS_X = Text(en="needs X", zh="需要 X")
NEEDS_BUILT = Text(en="needs a built model", zh="需要建好的模型（知道输入形状）")
NEEDS_STACK = Text(
    en="needs a built model whose hidden layers are trained", zh="需要建好的、隐藏层参加训练的模型"
)
NEEDS_LAYERS = Text(en="needs layers whose order is known", zh="需要知道层与层的次序")
NEEDS_BATCH = Text(
    en="needs X and y that the model's loss takes", zh="需要模型的损失函数能接受的 X 和 y"
)

PROBABILITY_LOSSES = {
    "BinaryCrossentropy",
    "BinaryFocalCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy",
    "SparseCategoricalCrossentropy",
    "CategoricalGeneralizedCrossEntropy",
}
BINARY = {"BinaryCrossentropy", "BinaryFocalCrossentropy"}
ONEHOT = {"CategoricalCrossentropy", "CategoricalFocalCrossentropy"}
SPARSE = {"SparseCategoricalCrossentropy", "CategoricalGeneralizedCrossEntropy"}
EXCLUSIVE = ONEHOT | SPARSE
REAL = {
    "MeanSquaredError",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredLogarithmicError",
    "Huber",
    "LogCosh",
}
HINGE = {"Hinge", "SquaredHinge"}
# metrics that count right classes
ACCURACIES = {
    "accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "SparseCategoricalAccuracy",
    "TopKCategoricalAccuracy",
    "SparseTopKCategoricalAccuracy",
    "Accuracy",
}
