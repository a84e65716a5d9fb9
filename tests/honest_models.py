"""Small models as students hand them in: every layer, loss, optimizer and spelling, by name."""

from __future__ import annotations

import numpy as np


def layered(keras):
    """Give a function for each layer: the shape that it reads, and the layer."""
    L = keras.layers
    line, image, film, text = (8, 3), (8, 8, 3), (4, 6, 6, 2), (5,)
    made = {
        "Dense": ((4,), lambda: L.Dense(3)),
        "Dense on sequences": (line, lambda: L.Dense(3, use_bias=False)),
        "EinsumDense": (line, lambda: L.EinsumDense("abc,cd->abd", (None, 4), bias_axes="d")),
        "EinsumDense of two": ((4,), lambda: L.EinsumDense("ab,bcd->acd", (2, 3))),
        "EinsumDense with dots": (line, lambda: L.EinsumDense("...x,xy->...y", (4,))),
        "Conv1D": (line, lambda: L.Conv1D(2, 3)),
        "Conv1D causal": (line, lambda: L.Conv1D(2, 3, padding="causal", dilation_rate=2)),
        "Conv2D": (image, lambda: L.Conv2D(2, 3, strides=2, padding="same")),
        "Conv2D in groups": ((8, 8, 4), lambda: L.Conv2D(4, 3, groups=2)),
        "Conv3D": (film, lambda: L.Conv3D(2, 2)),
        "SeparableConv1D": (line, lambda: L.SeparableConv1D(2, 3, depth_multiplier=2)),
        "SeparableConv2D": (image, lambda: L.SeparableConv2D(2, 3)),
        "DepthwiseConv1D": (line, lambda: L.DepthwiseConv1D(3, depth_multiplier=2)),
        "DepthwiseConv2D": (image, lambda: L.DepthwiseConv2D(3)),
        "Conv1DTranspose": (line, lambda: L.Conv1DTranspose(2, 3, strides=2)),
        "Conv2DTranspose": (image, lambda: L.Conv2DTranspose(2, 3, strides=2, padding="same")),
        "Conv3DTranspose": (film, lambda: L.Conv3DTranspose(2, 2)),
        "Flatten": (image, L.Flatten),
        "Reshape": ((12,), lambda: L.Reshape((-1, 4))),
        "Permute": (line, lambda: L.Permute((2, 1))),
        "RepeatVector": ((4,), lambda: L.RepeatVector(3)),
        "Embedding": (text, lambda: L.Embedding(20, 4, mask_zero=True)),
        "ReversibleEmbedding": (text, lambda: L.ReversibleEmbedding(20, 4)),
        "Masking": (line, lambda: L.Masking(0.0)),
        "LSTM": (line, lambda: L.LSTM(3)),
        "LSTM of sequences": ((None, 3), lambda: L.LSTM(3, return_sequences=True, dropout=0.1)),
        "GRU": (line, lambda: L.GRU(3)),
        "GRU reset before": (line, lambda: L.GRU(3, reset_after=False, recurrent_dropout=0.1)),
        "SimpleRNN": (line, lambda: L.SimpleRNN(3, use_bias=False)),
        "Bidirectional": (line, lambda: L.Bidirectional(L.LSTM(3))),
        "Bidirectional summed": (
            line,
            lambda: L.Bidirectional(L.GRU(3, return_sequences=True), merge_mode="sum"),
        ),
        "TimeDistributed": (line, lambda: L.TimeDistributed(L.Dense(2))),
        "TimeDistributed images": ((4, 6, 6, 2), lambda: L.TimeDistributed(L.Conv2D(2, 3))),
        "TimeDistributed model": (
            line,
            lambda: L.TimeDistributed(keras.Sequential([keras.Input((3,)), L.Dense(2)])),
        ),
        "ConvLSTM1D": ((4, 6, 2), lambda: L.ConvLSTM1D(2, 3)),
        "ConvLSTM2D": (film, lambda: L.ConvLSTM2D(2, 3, return_sequences=True)),
        "ConvLSTM3D": ((3, 4, 4, 4, 1), lambda: L.ConvLSTM3D(1, 2)),
        "BatchNormalization": ((4,), L.BatchNormalization),
        "BatchNormalization bare": (image, lambda: L.BatchNormalization(scale=False, center=False)),
        "BatchNormalization first axis": (image, lambda: L.BatchNormalization(axis=1)),
        "LayerNormalization": (line, L.LayerNormalization),
        "LayerNormalization two axes": (line, lambda: L.LayerNormalization(axis=[1, 2])),
        "GroupNormalization": ((4, 6), lambda: L.GroupNormalization(3)),
        "RMSNormalization": (line, L.RMSNormalization),
        "UnitNormalization": (line, L.UnitNormalization),
        "SpectralNormalization": ((4,), lambda: L.SpectralNormalization(L.Dense(3))),
        "Normalization": ((4,), lambda: L.Normalization(mean=0.5, variance=2.0)),
        "Normalization of columns": (
            (3,),
            lambda: L.Normalization(mean=[0.0, 1, 2], variance=[1.0, 2, 3]),
        ),
        "Rescaling": (image, lambda: L.Rescaling(1 / 255, offset=-1)),
        "Activation": ((4,), lambda: L.Activation("gelu")),
        "ReLU": ((4,), lambda: L.ReLU(max_value=6, negative_slope=0.1, threshold=0.5)),
        "LeakyReLU": ((4,), lambda: L.LeakyReLU(negative_slope=0.2)),
        "ELU": ((4,), lambda: L.ELU(0.7)),
        "PReLU": (image, lambda: L.PReLU(shared_axes=[1, 2])),
        "Softmax": (line, lambda: L.Softmax(axis=1)),
        "Identity": ((4,), L.Identity),
        "ActivityRegularization": ((4,), lambda: L.ActivityRegularization(0.1, 0.1)),
        "Dropout": ((4,), lambda: L.Dropout(0.5, seed=3)),
        "AlphaDropout": ((4,), lambda: L.AlphaDropout(0.5)),
        "GaussianDropout": ((4,), lambda: L.GaussianDropout(0.5)),
        "GaussianNoise": ((4,), lambda: L.GaussianNoise(0.5)),
        "CategoryEncoding": ((3,), lambda: L.CategoryEncoding(5, output_mode="multi_hot")),
        "Discretization": ((3,), lambda: L.Discretization([0.0, 1.0, 2.0])),
        "Discretization one-hot": ((1,), lambda: L.Discretization([0.0, 1.0], output_mode="one_hot")),
        "AugMix": (image, L.AugMix),
        "MaxNumBoundingBoxes": None,
        "CenterCrop": (image, lambda: L.CenterCrop(4, 4)),
        "Resizing": (image, lambda: L.Resizing(12, 16)),
        "RandomCrop": (image, lambda: L.RandomCrop(4, 4)),
        "RandomElasticTransform": (image, L.RandomElasticTransform),
        "RandomRotation": (image, lambda: L.RandomRotation(0.1)),
        "RandomZoom": (image, lambda: L.RandomZoom(0.1)),
        "RandomTranslation": (image, lambda: L.RandomTranslation(0.1, 0.1)),
        "RandomFlip": (image, lambda: L.RandomFlip("horizontal")),
        "RandomShear": (image, lambda: L.RandomShear(0.1, 0.1)),
        "RandomPerspective": (image, L.RandomPerspective),
        "RandomErasing": (image, L.RandomErasing),
        "RandomContrast": (image, lambda: L.RandomContrast(0.2)),
        "RandomBrightness": (image, lambda: L.RandomBrightness(0.2)),
        "RandomHue": (image, lambda: L.RandomHue(0.2)),
        "RandomSaturation": (image, lambda: L.RandomSaturation(0.2)),
        "RandomSharpness": (image, lambda: L.RandomSharpness(0.2)),
        "RandomPosterization": (image, lambda: L.RandomPosterization(4)),
        "RandomColorDegeneration": (image, lambda: L.RandomColorDegeneration(0.2)),
        "RandomColorJitter": (image, lambda: L.RandomColorJitter(brightness_factor=0.2)),
        "RandomGaussianBlur": (image, L.RandomGaussianBlur),
        "RandomGrayscale": (image, lambda: L.RandomGrayscale(0.5)),
        "RandomInvert": (image, lambda: L.RandomInvert(0.5)),
        "RandAugment": (image, L.RandAugment),
        "AutoContrast": (image, L.AutoContrast),
        "Equalization": (None, L.Equalization),
        "Solarization": (image, L.Solarization),
        "ContrastLimitedAdaptiveHistogramEqualization": (
            image,
            lambda: L.ContrastLimitedAdaptiveHistogramEqualization(tile_grid_size=(2, 2)),
        ),
        "CutMix": None,
        "MixUp": None,
        "MelSpectrogram": ((4000,), lambda: L.MelSpectrogram(fft_length=256, sequence_stride=128)),
        "STFTSpectrogram": ((400, 1), lambda: L.STFTSpectrogram(frame_length=64, frame_step=32, fft_length=64)),
    }  # fmt: skip
    del made["MaxNumBoundingBoxes"], made["CutMix"], made["MixUp"]
    for rank, shape in ((1, (8, 3)), (2, (8, 8, 3)), (3, (6, 6, 6, 2))):
        for kind in (
            "MaxPooling", "AveragePooling", "GlobalMaxPooling", "GlobalAveragePooling",
            "AdaptiveMaxPooling", "AdaptiveAveragePooling", "UpSampling", "ZeroPadding",
            "Cropping", "SpatialDropout",
        ):  # fmt: skip
            given = {"Spa": (0.5,), "Ada": (2,), "Ave": (2,)}.get(kind[:3], ())
            layer = getattr(L, f"{kind}{rank}D")
            made[f"{kind}{rank}D"] = (shape, lambda layer=layer, given=given: layer(*given))
    return made


def written(keras):
    """Give models of words and categories, some with vocabularies beside the config."""
    L = keras.layers
    texts = L.TextVectorization(max_tokens=20, output_sequence_length=4)
    texts.adapt(["the cat sat", "der Hund", "猫 和 狗"])
    counted = L.TextVectorization(output_mode="tf_idf")
    counted.adapt(["a b c", "a a b", "ä ö"])
    learned = L.StringLookup()
    learned.adapt(["rot", "grün", "blau"])
    text, whole = keras.Input((1,), dtype="string"), keras.Input((3,), dtype="int64")
    crossed = L.HashedCrossing(10)
    yield "TextVectorization", keras.Sequential([text, texts, L.Embedding(20, 3)])
    yield "TextVectorization tf-idf", keras.Sequential([text, counted, L.Dense(1)])
    yield (
        "TextVectorization inline",
        keras.Sequential([text, L.TextVectorization(vocabulary=["a", "b"], ngrams=2)]),
    )
    yield "StringLookup", keras.Sequential([text, L.StringLookup(vocabulary=["a", "b", "ö"])])
    yield "StringLookup adapted", keras.Sequential([text, learned])
    yield (
        "StringLookup one-hot",
        keras.Sequential([text, L.StringLookup(vocabulary=["a", "b"], output_mode="one_hot")]),
    )
    yield "IntegerLookup", keras.Sequential([whole, L.IntegerLookup(vocabulary=[3, 5, 7])])
    yield (
        "IntegerLookup counts",
        keras.Sequential([whole, L.IntegerLookup(vocabulary=[3, 5, 7], output_mode="count")]),
    )
    yield "Hashing", keras.Sequential([text, L.Hashing(10)])
    yield "Hashing salted", keras.Sequential([text, L.Hashing(10, salt=[133, 137])])
    left, right = keras.Input((1,), dtype="string"), keras.Input((1,), dtype="int64")
    yield "HashedCrossing", keras.Model([left, right], crossed((left, right)))
    adapted = L.Normalization()
    adapted.adapt(np.arange(12.0).reshape(4, 3))
    yield "Normalization adapted", keras.Sequential([keras.Input((3,)), adapted, L.Dense(1)])
    bins = L.Discretization(num_bins=4)
    bins.adapt(np.arange(20.0).reshape(-1, 1))
    yield "Discretization adapted", keras.Sequential([keras.Input((1,)), bins])


def joined(keras):
    """Give functional models: merging, attention, sharing, nesting, bare operations."""
    L, ops = keras.layers, keras.ops
    for kind in ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"]:
        a, b = keras.Input((4,)), keras.Input((4,))
        yield kind, keras.Model([a, b], L.Dense(1)(getattr(L, kind)()([a, b])))
    a, b = keras.Input((4, 3)), keras.Input((5, 3))
    yield "Dot", keras.Model([a, b], L.Dot(axes=2)([a, b]))
    yield "Concatenate along time", keras.Model([a, b], L.Concatenate(axis=1)([a, b]))
    yield "Attention", keras.Model([a, b], L.Attention(use_scale=True)([a, b]))
    yield "AdditiveAttention", keras.Model([a, b], L.AdditiveAttention()([a, b]))
    yield "MultiHeadAttention", keras.Model([a, b], L.MultiHeadAttention(2, 3)(a, b))
    yield (
        "MultiHeadAttention causal",
        keras.Model(a, L.MultiHeadAttention(2, 3)(a, a, use_causal_mask=True)),
    )
    yield (
        "MultiHeadAttention with scores",
        keras.Model([a, b], list(L.MultiHeadAttention(2, 3)(a, b, return_attention_scores=True))),
    )
    yield "GroupQueryAttention", keras.Model(a, L.GroupQueryAttention(4, 4, 2)(a, a))
    long = keras.Input((8, 4))
    yield "LSTM with states", keras.Model(long, list(L.LSTM(3, return_state=True)(long)))
    start = keras.Input((3,))
    yield (
        "GRU from a state",
        keras.Model([long, start], L.GRU(3)(long, initial_state=start)),
    )
    yield "doubled", keras.Model(start, start * 2.0)
    x = keras.Input((4,), name="eingabe")
    shared = L.Dense(4, activation="relu", name="shared")
    yield "shared layer", keras.Model(x, L.Add()([shared(x), shared(shared(x))]))
    inner = keras.Model(x, [L.Dense(3)(x), L.Dense(2)(x)], name="zwei_köpfe")
    y = keras.Input((4,))
    heads = inner(y)
    yield "nested with two outputs", keras.Model(y, heads)
    yield "nested as the output", keras.Model(y, keras.Model(x, L.Dense(2)(x))(y))
    twin = keras.Sequential([keras.Input((4,)), L.Dense(3, activation="tanh")], name="twin")
    z = keras.Input((4,))
    yield "siamese", keras.Model([y, z], L.Dot(axes=1, normalize=True)([twin(y), twin(z)]))
    yield (
        "Sequential within",
        keras.Sequential([keras.Input((4,)), twin, keras.Sequential([L.Dense(2)])]),
    )
    yield (
        "three deep",
        keras.Sequential([keras.Input((4,)), keras.Sequential([keras.Input((4,)), twin])]),
    )
    yield "outputs by name", keras.Model(x, {"a": L.Dense(1)(x), "b": L.Dense(2)(x)})
    yield "inputs by name", keras.Model({"p": x, "q": y}, L.Dense(1)(L.Concatenate()([x, y])))
    wide = L.Dense(8, activation="relu")(x)
    yield "residual", keras.Model(x, L.Dense(1)(L.Add()([x, L.Dense(4)(wide)])))
    yield "wide and deep", keras.Model([x, y], L.Dense(1)(L.Concatenate()([x, L.Dense(3)(y)])))
    yield "frozen", frozen(keras)
    operations = {
        "add": lambda t: t + 1.0, "multiply": lambda t: 2.0 * t, "power": lambda t: t**2,
        "divide": lambda t: t / 3.0, "negative": lambda t: -t, "exp": ops.exp, "log1p": ops.log1p,
        "tanh": ops.tanh, "relu": ops.relu, "softmax": ops.softmax, "sigmoid": ops.sigmoid,
        "gelu": ops.gelu, "abs": ops.absolute, "square": ops.square, "sqrt": ops.sqrt,
        "mean": lambda t: ops.mean(t, axis=-1, keepdims=True), "sum": lambda t: ops.sum(t, axis=1),
        "max": lambda t: ops.max(t, axis=-1), "argmax": lambda t: ops.argmax(t, axis=-1),
        "clip": lambda t: ops.clip(t, -1e9, 1e9), "cast": lambda t: ops.cast(t, "float16"),
        "reshape": lambda t: ops.reshape(t, (-1, 2, 2)), "expand": lambda t: ops.expand_dims(t, -1),
        "slice": lambda t: t[:, 1:3], "last": lambda t: t[:, -1], "flip": lambda t: ops.flip(t, -1),
        "stack": lambda t: ops.stack([t, t], axis=1), "tile": lambda t: ops.tile(t, (1, 3)),
        "repeat": lambda t: ops.repeat(t, 3, axis=1), "pad": lambda t: ops.pad(t, [[0, 0], [2, 2]]),
        "concatenate": lambda t: ops.concatenate([t, t], axis=-1),
        "matmul": lambda t: ops.matmul(t[:, :, None], t[:, None, :]),
        "einsum": lambda t: ops.einsum("bi,bj->bij", t, t), "where": lambda t: ops.where(t > 0, t, 0.1 * t),
        "one_hot": lambda t: ops.one_hot(ops.cast(t, "int32"), 6), "split": lambda t: ops.split(t, 2, axis=1),
        "normalize": lambda t: ops.normalize(t, axis=-1), "cumsum": lambda t: ops.cumsum(t, axis=-1),
        "transpose": lambda t: ops.transpose(ops.expand_dims(t, 1), (0, 2, 1)), "sort": ops.sort,
        "maximum": lambda t: ops.maximum(t, 0.0), "top_k": lambda t: ops.top_k(t, 2)[0],
        "logsumexp": lambda t: ops.logsumexp(t, axis=-1), "isnan": ops.isnan,
        "broadcast": lambda t: ops.broadcast_to(ops.expand_dims(t, 1), (1, 3, 4)),
        "zeros_like": lambda t: t + ops.zeros_like(t), "outer": lambda t: ops.outer(t[0], t[0]),
        "take": lambda t: ops.take(t, [0, 2], axis=1), "stop": ops.stop_gradient,
    }  # fmt: skip
    for name, run in operations.items():
        given = keras.Input((4,))
        yield f"ops: {name}", keras.Model(given, run(given))
    picture = keras.Input((8, 8, 3))
    yield "ops: resize", keras.Model(picture, ops.image.resize(picture, (16, 16)))
    yield "ops: patches", keras.Model(picture, ops.image.extract_patches(picture, (4, 4)))


def frozen(keras):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3), keras.layers.Dense(1)])
    model.layers[0].trainable = False
    return model


def plain(keras, **options):
    L = keras.layers
    return keras.Sequential([keras.Input((4,)), L.Dense(3, **options), L.Dense(2)])


def compiled(keras):
    """Give compiled models: every optimizer, schedule, loss and metric."""
    schedules = keras.optimizers.schedules
    rates = {
        "CosineDecay": schedules.CosineDecay(0.1, 10**7),
        "CosineDecayRestarts": schedules.CosineDecayRestarts(0.1, 100),
        "ExponentialDecay": schedules.ExponentialDecay(0.1, 100, 0.9),
        "InverseTimeDecay": schedules.InverseTimeDecay(0.1, 100, 0.9),
        "PiecewiseConstantDecay": schedules.PiecewiseConstantDecay([10, 20], [0.1, 0.01, 0.001]),
        "PolynomialDecay": schedules.PolynomialDecay(0.1, 100),
    }
    optimizers = (
        "Adadelta Adafactor Adagrad Adam AdamW Adamax Ftrl Lamb Lion Muon Nadam RMSprop SGD"
    )
    for name in [*optimizers.split(), "ScheduleFreeAdamW"]:
        model = plain(keras)
        model.compile(getattr(keras.optimizers, name)(), "mse")
        yield f"optimizer {name}", model
    extra = {
        "SGD with momentum": keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True, clipnorm=1.0),
        "Adam averaged": keras.optimizers.Adam(use_ema=True, gradient_accumulation_steps=4),
        "LossScaleOptimizer": keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam()),
        **{f"schedule {name}": keras.optimizers.Adam(rate) for name, rate in rates.items()},
    }
    for name, optimizer in extra.items():
        model = plain(keras)
        model.compile(optimizer, "mse")
        yield name, model
    words = "adam sgd rmsprop nadam adamw"
    for word in words.split():
        model = plain(keras)
        model.compile(word, keras.losses.MeanSquaredError())
        yield f"optimizer {word}", model
    losses = (
        "BinaryCrossentropy BinaryFocalCrossentropy CategoricalCrossentropy Huber Hinge LogCosh "
        "CategoricalFocalCrossentropy CategoricalHinge CosineSimilarity Dice KLDivergence Poisson "
        "MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError SquaredHinge Tversky "
        "MeanSquaredLogarithmicError SparseCategoricalCrossentropy CTC Circle "
        "CategoricalGeneralizedCrossEntropy"
    )
    for name in losses.split():
        model = plain(keras)
        model.compile("adam", getattr(keras.losses, name)())
        yield f"loss {name}", model
    by_word = (
        "binary_crossentropy sparse_categorical_crossentropy mse mae mape msle kl_divergence "
        "hinge huber log_cosh poisson cosine_similarity mean_squared_error"
    )
    for word in by_word.split():
        model = plain(keras)
        model.compile("adam", word, metrics=["accuracy", "mae", word])
        yield f"loss {word}", model
    for function in (keras.losses.mean_squared_error, keras.losses.binary_crossentropy):
        model = plain(keras)
        model.compile("adam", function, metrics=[keras.metrics.mean_absolute_error])
        yield f"loss as a function {function.__name__}", model
    yield from measured(keras)


def measured(keras):
    M = keras.metrics
    options = {
        "FBetaScore": {"beta": 2.0}, "F1Score": {}, "IoU": {"num_classes": 2, "target_class_ids": [0]},
        "BinaryIoU": {}, "MeanIoU": {"num_classes": 3}, "OneHotIoU": {"num_classes": 2, "target_class_ids": [0]},
        "OneHotMeanIoU": {"num_classes": 2}, "PrecisionAtRecall": {"recall": 0.5},
        "RecallAtPrecision": {"precision": 0.5}, "SensitivityAtSpecificity": {"specificity": 0.5},
        "SpecificityAtSensitivity": {"sensitivity": 0.5}, "TopKCategoricalAccuracy": {"k": 2},
        "SparseTopKCategoricalAccuracy": {"k": 2}, "AUC": {"num_thresholds": 300, "curve": "PR"},
        "Precision": {"thresholds": [0.3, 0.7]}, "Recall": {"class_id": 1},
    }  # fmt: skip
    bare = (
        "Accuracy BinaryAccuracy BinaryCrossentropy CategoricalAccuracy CategoricalCrossentropy "
        "CategoricalHinge ConcordanceCorrelation CosineSimilarity FalseNegatives FalsePositives "
        "Hinge KLDivergence LogCoshError MeanAbsoluteError MeanAbsolutePercentageError "
        "MeanSquaredError MeanSquaredLogarithmicError PearsonCorrelation Poisson R2Score "
        "RootMeanSquaredError SparseCategoricalAccuracy SparseCategoricalCrossentropy "
        "SquaredHinge TrueNegatives TruePositives"
    )
    for name in [*options, *bare.split()]:
        model = plain(keras)
        model.compile("adam", "mse", metrics=[getattr(M, name)(**options.get(name, {}))])
        yield f"metric {name}", model
    x = keras.Input((4,))
    both = keras.Model(x, [keras.layers.Dense(1, name="a")(x), keras.layers.Dense(1, name="b")(x)])
    both.compile(
        "adam", {"a": "mse", "b": keras.losses.Huber()}, metrics={"a": "mae", "b": ["mse"]},
        loss_weights={"a": 1.0, "b": 0.5},
    )  # fmt: skip
    yield "losses by output", both
    weighted = plain(keras)
    weighted.compile(
        "adam", "mse", metrics=["mse"], weighted_metrics=["accuracy"], jit_compile=False
    )
    yield "weighted metrics", weighted
    trained = plain(keras, activation="relu")
    trained.compile("adam", "mse", metrics=["mae"])
    trained.fit(np.ones((8, 4)), np.ones((8, 2)), verbose=0)
    yield "trained", trained


def settled(keras):
    """Give models of plain layers with every initializer, regularizer, constraint, policy, name."""
    L, I = keras.layers, keras.initializers  # noqa: E741
    initializers = (
        "GlorotNormal GlorotUniform HeNormal HeUniform LecunNormal LecunUniform Ones Zeros "
        "RandomNormal RandomUniform TruncatedNormal VarianceScaling Orthogonal"
    )
    for name in initializers.split():
        yield f"initializer {name}", plain(keras, kernel_initializer=getattr(I, name)())
    square = keras.Sequential([keras.Input((4,)), L.Dense(4, kernel_initializer=I.Identity())])
    yield "initializer Identity", square
    yield "initializer Constant", plain(keras, bias_initializer=I.Constant(0.5))
    for word in ["he_normal", "glorot_uniform", "zeros", "ones", "random_normal", "lecun_normal"]:
        yield f"initializer {word}", plain(keras, kernel_initializer=word)
    R, C = keras.regularizers, keras.constraints
    for one in ("l1", "l2", R.L1(0.1), R.L2(0.1), R.L1L2(0.1, 0.1), R.OrthogonalRegularizer()):
        yield f"regularizer {one}", plain(keras, kernel_regularizer=one)
    for one in ("non_neg", C.MaxNorm(2), C.MinMaxNorm(), C.NonNeg(), C.UnitNorm()):
        yield f"constraint {one}", plain(keras, kernel_constraint=one)
    activations = (
        "celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh "
        "leaky_relu linear log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink "
        "softmax softplus softsign sparse_plus sparsemax squareplus swish tanh tanh_shrink"
    )
    for word in activations.split():
        options = {"activation": word}
        if word == "glu":
            yield "activation glu", keras.Sequential([keras.Input((4,)), L.Activation("glu")])
            continue
        yield f"activation {word}", plain(keras, **options)
    for function in (keras.activations.gelu, keras.activations.relu, L.LeakyReLU(0.1), L.ReLU(6)):
        yield (
            f"activation as {getattr(function, '__name__', type(function).__name__)}",
            plain(keras, activation=function),
        )
    for policy in ["float16", "bfloat16", "float64", "mixed_float16", "mixed_bfloat16"]:
        model = keras.Sequential([
            keras.Input((4,)), L.Dense(3, dtype=policy), L.BatchNormalization(dtype=policy),
            L.Dense(1, dtype="float32"),
        ])  # fmt: skip
        yield f"policy {policy}", model
    for name in ("mein modell", "模型", "größe", "model-1", "a" * 60, "Ünïcode ✓", "😀"):
        given = keras.Input((4,), name="x")
        yield f"name {name}", keras.Model(given, L.Dense(2)(given), name=name)
        yield (
            f"layer name {name}",
            keras.Sequential([keras.Input((4,)), L.Dense(2, name=name)], name="model"),
        )
    yield "not built", keras.Sequential([L.Dense(3), L.Dense(1)])
    built = keras.Sequential([L.Dense(3), L.Dense(1)])
    built.build((None, 4))
    yield "built later", built
    called = keras.Sequential([L.Dense(3), L.Dropout(0.1), L.Dense(1)])
    called(np.ones((2, 4), "float32"))
    yield "called once", called
    yield "a batch of fixed size", keras.Sequential([
        keras.Input(batch_shape=(2, 4, 3)), L.LSTM(2, stateful=True), L.Dense(1),
    ])  # fmt: skip
    deep = [layer for _ in range(60) for layer in (L.Dense(8, activation="relu"), L.Dropout(0.1))]
    yield "deep", keras.Sequential([keras.Input((4,)), *deep, L.Dense(1)])
    yield "wide", keras.Sequential([keras.Input((200,)), L.Dense(2000), L.Dense(2000), L.Dense(10)])
    yield "picture classifier", keras.Sequential([
        keras.Input((64, 64, 3)), L.Rescaling(1 / 255), L.Conv2D(32, 3, activation="relu"),
        L.MaxPooling2D(), L.Conv2D(64, 3, activation="relu"), L.GlobalAveragePooling2D(),
        L.Dropout(0.5), L.Dense(10, activation="softmax"),
    ])  # fmt: skip
    yield "text classifier", keras.Sequential([
        keras.Input((None,)), L.Embedding(1000, 16, mask_zero=True), L.Bidirectional(L.LSTM(8)),
        L.Dense(1, activation="sigmoid"),
    ])  # fmt: skip


def every(keras):
    """Give all models by name."""
    L = keras.layers
    for name, (shape, layer) in layered(keras).items():
        whole = "Embedding" in name or name == "CategoryEncoding"
        given = [keras.Input(shape, dtype="int32" if whole else None)] if shape else []
        yield f"layer {name}", keras.Sequential([*given, layer()])
    yield from written(keras)
    yield from joined(keras)
    yield from compiled(keras)
    yield from settled(keras)
    yield "channels first", keras.Sequential([
        keras.Input((3, 8, 8)), L.Conv2D(2, 3, data_format="channels_first", padding="same"),
        L.MaxPooling2D(data_format="channels_first"), L.Flatten(data_format="channels_first"), L.Dense(1),
    ])  # fmt: skip
