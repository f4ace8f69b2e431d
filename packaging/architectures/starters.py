"""The six that a first start shows: small, and trained in a minute on data that the program brings along."""

from __future__ import annotations

from architectures.sheet import Sheet
from visualnet.core.graph import Port, Value
from visualnet.core.project import Block, DataChoice, Project, Recipe


def classify(sheet: Sheet, logits: Port) -> None:
    """The end of every classifier: label, cross-entropy, accuracy, output."""
    label = sheet.add("target", "label")
    sheet.add("cross_entropy", "loss", logits, label)
    sheet.add("accuracy", "accuracy", logits, label)
    sheet.add("output", "digit", logits)


def perceptron_points() -> Project:
    s = Sheet()
    point = s.add("input", "point", field="point", size=(2,))
    score = s.add("linear", "score", point, out_features=1)
    s.add("output", "probability", s.add("sigmoid", "g", score))
    y = s.add("target", "y", field="y", size=(1,), dtype="float")
    s.add("bce_with_logits", "loss", score, y)
    s.add("binary_accuracy", "accuracy", score, y)
    return Project(
        name="Perceptron",
        note="One neuron: ŷ = g(w₀ + xᵀw). It draws one straight line between two clouds of points. Change the data to "
        "“moons” or “xor” and see what one line cannot do.",
        graph=s.graph(),
        data=DataChoice(name="points", options={"shape": "blobs", "classes": 2}),
        recipe=Recipe(optimizer="SGD", lr=0.1, batch_size=32, epochs=30),
    )


def mlp_mnist() -> Project:
    s = Sheet()
    x = s.add("flatten", "pixels", s.add("input", "image"))
    for number, width in enumerate((64, 32), 1):
        x = s.add("relu", f"relu{number}", s.add("linear", f"fc{number}", x, out_features=width))
    classify(s, s.add("linear", "logits", x, out_features=10))
    return Project(
        name="MLP",
        note="784-64-32-10: every pixel is connected to every unit. 52,650 parameters, most of them in the first layer: 784·64 + 64.",
        graph=s.graph(wrap=1160),
        recipe=Recipe(optimizer="Adam", lr=0.01, batch_size=64, epochs=12),
    )


def lenet5() -> Project:
    s = Sheet()
    x = s.add("input", "image")
    for number, (channels, padding) in enumerate(((6, 2), (16, 0)), 1):
        params: dict[str, Value] = {
            "out_channels": channels,
            "kernel_size": 5,
            **({"padding": padding} if padding else {}),
        }
        x = s.add("relu", f"relu{number}", s.add("conv2d", f"conv{number}", x, **params))
        x = s.add("max_pool2d", f"pool{number}", x)
    x = s.add("flatten", "flatten", x)
    for number, width in enumerate((120, 84), 1):
        x = s.add("relu", f"relu{number + 2}", s.add("linear", f"fc{number}", x, out_features=width))
    classify(s, s.add("linear", "logits", x, out_features=10))
    return Project(
        name="LeNet-5",
        note="Two convolutions find strokes and their combinations, three dense layers decide (LeCun et al. 1998). 61,706 parameters. "
        "Set the stride of conv1 to 3 and see what no longer fits.",
        graph=s.graph(wrap=1160),
        recipe=Recipe(optimizer="SGD", lr=0.02, momentum=0.9, batch_size=64, epochs=20),
    )


def resnet_small() -> Project:
    def body(stride: int) -> Block:
        s = Sheet(scope={"channels": 16})
        image = s.add("input", "x", size=(16, 28, 28))
        first: dict[str, Value] = {"out_channels": "channels", "kernel_size": 3, "padding": 1, "bias": False}
        stride_param: dict[str, Value] = {"stride": stride} if stride > 1 else {}
        x = s.add("batch_norm2d", "bn1", s.add("conv2d", "conv1", image, **first, **stride_param))
        x = s.add("conv2d", "conv2", s.add("relu", "relu1", x), **first)
        x = s.add("batch_norm2d", "bn2", x)
        if stride > 1:
            short = s.add(
                "conv2d", "shortcut", image, out_channels="channels", kernel_size=1, stride=stride, bias=False
            )
            image = s.add("batch_norm2d", "bn3", short)
        s.add("output", "y", s.add("relu", "relu2", s.add("add", "sum", x, image)))
        return Block(
            graph=s.graph(),
            params={"channels": 16},
            note="Two convolutions learn what to add to their input (He et al. 2015).",
        )

    blocks = {"residual": body(1), "residual_down": body(2)}
    s = Sheet(blocks)
    x = s.add("conv2d", "stem", s.add("input", "image"), out_channels=16, padding=1, bias=False)
    x = s.add("relu", "relu", s.add("batch_norm2d", "bn", x))
    x = s.add("block:residual", "stage1", x, repeat=2, channels=16)
    x = s.add("block:residual_down", "down2", x, channels=32)
    x = s.add("block:residual", "stage2", x, channels=32)
    x = s.add("block:residual_down", "down3", x, channels=64)
    x = s.add("block:residual", "stage3", x, channels=64)
    x = s.add("flatten", "flatten", s.add("adaptive_avg_pool2d", "pool", x, output_size=1))
    classify(s, s.add("linear", "logits", x, out_features=10))
    return Project(
        name="Small ResNet",
        note="Residual blocks (He et al. 2015): each adds a correction to what it was given. Open a block with Enter; change it once and "
        "every use of it changes.",
        graph=s.graph(wrap=1160),
        blocks=blocks,
        recipe=Recipe(optimizer="AdamW", lr=0.002, weight_decay=0.01, batch_size=64, epochs=6),
    )


def vit_small() -> Project:
    s = Sheet(scope={"width": 64, "heads": 4})
    tokens = s.add("input", "x", size=(49, 64))
    normed = s.add("layer_norm", "norm1", tokens)
    x = s.add("add", "sum1", tokens, s.add("multihead_attention", "attention", normed, num_heads="heads"))
    hidden = s.add("linear", "fc1", s.add("layer_norm", "norm2", x), out_features="2*width")
    hidden = s.add("linear", "fc2", s.add("gelu", "gelu", hidden), out_features="width")
    s.add("output", "y", s.add("add", "sum2", x, hidden))
    blocks = {
        "encoder": Block(
            graph=s.graph(),
            params={"width": 64, "heads": 4},
            note="Attention mixes the patches, the two dense layers think about each one (Vaswani et al. 2017; Dosovitskiy et al. 2020).",
        )
    }
    s = Sheet(blocks)
    x = s.add("conv2d", "patches", s.add("input", "image"), out_channels=64, kernel_size=4, stride=4)
    x = s.add("permute", "tokens", s.add("flatten", "flatten", x, start_dim=2), dims=(2, 1))
    x = s.add("learned_positions", "positions", x, max_length=49)
    x = s.add("block:encoder", "encoder", x, repeat=3)
    x = s.add("mean", "pool", s.add("layer_norm", "norm", x), dim=1)
    classify(s, s.add("linear", "logits", x, out_features=10))
    return Project(
        name="Small vision transformer",
        note="The image is cut into 7×7 patches of 4×4 px, which look at one another (Dosovitskiy et al. 2020). While it trains, select "
        "“attention” inside the encoder and click a patch: what does it look at?",
        graph=s.graph(wrap=1160),
        blocks=blocks,
        recipe=Recipe(optimizer="AdamW", lr=0.002, weight_decay=0.01, batch_size=64, epochs=12),
    )


def gru_rows() -> Project:
    s = Sheet()
    rows = s.add("reshape", "rows", s.add("input", "image"), size=(28, 28))
    output = s.add("gru", "gru", rows, hidden_size=64)
    x = s.add("flatten", "last", Port(output.node, "h_n"))
    classify(s, s.add("linear", "logits", x, out_features=10))
    return Project(
        name="GRU reads rows",
        note="The digit is read row by row, top to bottom, as a sentence of 28 words (Cho et al. 2014). Only what the GRU remembers after "
        "the last row decides.",
        graph=s.graph(wrap=1160),
        recipe=Recipe(optimizer="Adam", lr=0.003, batch_size=64, epochs=8),
    )


TEMPLATES = {
    "perceptron-points": perceptron_points,
    "mlp-mnist": mlp_mnist,
    "lenet5": lenet5,
    "resnet-small": resnet_small,
    "vit-small": vit_small,
    "gru-rows": gru_rows,
}
