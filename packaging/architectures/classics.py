"""The first networks of a course: one neuron, dense layers, and the first convolutions."""

from __future__ import annotations

from architectures.sheet import CIFAR, Sheet, image_input
from visualnet.core.graph import Port
from visualnet.core.project import DataChoice, Project, Recipe


def perceptron() -> Project:
    s = Sheet(scope={"inputs": 2})
    x = s.add("input", "x", field="point", size=("inputs",))
    answer = s.add("sigmoid", "g", s.add("linear", "z", x, out_features=1))
    s.add("output", "y_hat", answer)
    y = s.add("target", "y", field="y", size=(1,), dtype="float")
    s.add("bce", "loss", answer, y)
    s.add("binary_accuracy", "accuracy", answer, y, threshold=0.5)
    return s.project(
        "Perceptron, as in the lecture",
        "One neuron, step by step: z = w₀ + xᵀw, then ŷ = g(z) (Rosenblatt 1958). With w = (3, −2) and w₀ = 1 the point (−1, 2) gives "
        "g(−6) ≈ 0.002.",
        DataChoice(name="points", options={"shape": "blobs", "classes": 2}),
        Recipe(optimizer="SGD", lr=0.1, batch_size=32, epochs=30),
    )


def xor() -> Project:
    s = Sheet(scope={"units": 3})
    point = s.add("input", "point", field="point", size=(2,))
    hidden = s.add("tanh", "g", s.add("linear", "hidden", point, out_features="units"))
    score = s.add("linear", "score", hidden, out_features=1)
    s.add("output", "answer", score)
    y = s.add("target", "y", field="y", size=(1,), dtype="float")
    s.add("bce_with_logits", "loss", score, y)
    s.add("binary_accuracy", "accuracy", score, y)
    return s.project(
        "XOR by hand",
        "Three hidden units divide what one line cannot (Rumelhart, Hinton and Williams 1986). 13 weights: few enough to compute every "
        "gradient by hand, in View › Inside the network › Back-propagation.",
        DataChoice(name="points", options={"shape": "xor", "classes": 2}),
        Recipe(optimizer="SGD", lr=0.5, batch_size=16, epochs=60),
    )


def cifar_model_1() -> Project:
    s = Sheet(scope={"classes": 10, "size": 32})
    x = s.add("flatten", "pixels", image_input(s))
    for number, width in enumerate((1024, 256, 64), 1):
        x = s.dense(f"fc{number}", x, width)
    s.classify(s.add("linear", "logits", x, out_features="classes"))
    return s.project(
        "CIFAR-10 model 1: dense layers only",
        "3072-1024-256-64-10: every pixel meets every unit. 3,426,250 parameters, and still it does not know which pixels are neighbours.",
        CIFAR,
        Recipe(optimizer="SGD", lr=0.01, momentum=0.9, batch_size=64, epochs=10),
    )


def cifar_model_2() -> Project:
    s = Sheet(scope={"classes": 10, "size": 32})
    x = image_input(s)
    for number, channels in enumerate((6, 16), 1):
        x = s.add("relu", f"relu{number}", s.conv(f"conv{number}", x, channels, 5))
        x = s.add("max_pool2d", f"pool{number}", x)
    x = s.add("flatten", "flatten", x)
    for number, width in enumerate((120, 84), 1):
        x = s.dense(f"fc{number}", x, width)
    s.classify(s.add("linear", "logits", x, out_features="classes"))
    return s.project(
        "CIFAR-10 model 2: two convolutions",
        "Convolutions 3→6→16, then 400-120-84-10. With 62,006 parameters it is 55 times smaller than model 1, and better.",
        CIFAR,
        Recipe(optimizer="SGD", lr=0.01, momentum=0.9, batch_size=64, epochs=10),
    )


def cifar_model_3() -> Project:
    s = Sheet(scope={"classes": 10, "size": 32})
    x = image_input(s)
    for number, channels in enumerate((32, 64, 128, 128, 256, 256), 1):
        x = s.conv(f"conv{number}", x, channels, 3, padding=1)
        if number % 2:
            x = s.add("relu", f"relu{number}", s.add("batch_norm2d", f"bn{number}", x))
        else:
            x = s.add("max_pool2d", f"pool{number // 2}", s.add("relu", f"relu{number}", x))
        if number == 4:
            x = s.add("dropout2d", "dropout", x, p=0.05)
    x = s.add("flatten", "flatten", x)
    for number, width in enumerate((1024, 512), 1):
        x = s.dense(f"fc{number}", x, width)
    s.classify(s.add("linear", "logits", x, out_features="classes"))
    return s.project(
        "CIFAR-10 model 3: six convolutions",
        "Six 3×3 convolutions with batch normalization and a little dropout, then 4096-1024-512-10. 5,852,170 parameters.",
        CIFAR,
        Recipe(optimizer="Adam", lr=0.001, batch_size=64, epochs=20),
    )


def _lenet5(side: int) -> Project:
    s = Sheet(scope={"classes": 10})
    x = s.add("input", "image", **({} if side == 28 else {"size": (1, side, side)}))

    def feature(number: int, x: Port, channels: int, padding: int = 0) -> Port:
        x = s.conv(f"c{2 * number - 1}", x, channels, 5, **({"padding": padding} if padding else {}))
        return s.add("avg_pool2d", f"s{2 * number}", s.add("tanh", f"tanh{number}", x))

    x = feature(2, feature(1, x, 6, 2 if side == 28 else 0), 16)
    x = s.add("flatten", "flatten", x)
    x = s.dense("c5", x, 120, "tanh")
    x = s.dense("f6", x, 84, "tanh")
    s.classify(s.add("linear", "output", x, out_features="classes"), "digit")
    first = "a padding of 2 stands for the missing border" if side == 28 else "the digit lies in the middle of 32×32"
    return s.project(
        f"LeNet-5 on {side}×{side}",
        f"6@28×28, 6@14×14, 16@10×10, 16@5×5, 120, 84, 10 with tanh and average pooling, as published (LeCun et al. 1998): {first}. "
        "61,706 parameters.",
        DataChoice() if side == 28 else DataChoice(name="mnist32"),
        Recipe(optimizer="SGD", lr=0.05, momentum=0.9, batch_size=64, epochs=20),
        wrap=1160,
    )


TEMPLATES = {
    "perceptron": perceptron,
    "xor": xor,
    "cifar-model-1": cifar_model_1,
    "cifar-model-2": cifar_model_2,
    "cifar-model-3": cifar_model_3,
    "lenet5-32": lambda: _lenet5(32),
    "lenet5-28": lambda: _lenet5(28),
}
