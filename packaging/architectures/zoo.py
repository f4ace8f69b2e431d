"""The cells of van Veen's Neural Network Zoo that no other family draws: prototypes, energies, frozen parts, and codes held small."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from architectures.generative import DIGITS
from architectures.sheet import Sheet
from visualnet.core.graph import Graph, Init, Port
from visualnet.core.project import LAST_EPOCH, DataChoice, Project, Recipe

MOONS = DataChoice(name="points", options={"shape": "moons", "classes": 2})
PATTERNS = DataChoice(name="patterns", normalise=False)
ROW = 100_000
Change = Mapping[str, Any]


def changed(project: Project, changes: Mapping[str, Change]) -> Project:
    """The project with fields of some nodes changed, by their names."""
    nodes = {
        i: msgspec.structs.replace(node, **changes[node.name]) if node.name in changes else node
        for i, node in project.graph.nodes.items()
    }
    graph = Graph(nodes=nodes, wires=project.graph.wires, places=project.graph.places)
    return msgspec.structs.replace(project, graph=graph)


def _truth(s: Sheet) -> Port:
    return s.add("target", "truth", field="image", size=(1, 28, 28), dtype="float")


def _pixels(s: Sheet) -> Port:
    return s.add("flatten", "pixels", s.add("input", "image"))


def _drawn(s: Sheet, code: Port) -> None:
    """From a code to 28×28 shades, held against the picture itself."""
    x = s.add("sigmoid", "shades", s.add("linear", "decode2", s.dense("decode1", code, 128), out_features=784))
    image = s.add("reshape", "picture", x, size=(1, 28, 28))
    s.add("output", "reconstruction", image)
    s.add("bce", "redrawn", image, _truth(s))


# --- codes that are held small -------------------------------------------------------------------------------------------------------


def sparse_autoencoder() -> Project:
    s = Sheet(scope={"code": 256, "sparsity": 0.1})
    code = s.add(
        "sigmoid", "codes", s.add("linear", "encode2", s.dense("encode1", _pixels(s), 128), out_features="code")
    )
    s.add("value_loss", "activity", s.add("abs", "size_of_code", code), weight="sparsity")
    _drawn(s, code)
    return s.project(
        "Sparse autoencoder",
        "The code is wider than it needs to be, but a penalty on its numbers lets only a few of them be large at a time (Ng 2011; Ranzato "
        "et al. 2007).",
        DIGITS,
        Recipe(optimizer="Adam", lr=0.001, batch_size=64, epochs=10),
        wrap=1160,
    )


def contractive_autoencoder() -> Project:
    s = Sheet(scope={"code": 64, "contraction": 0.0001})
    image = s.add("input", "image")
    # Both ends are the picture, and so is every point between them: what counts is that gradients begin here.
    seen = s.add("random_interpolate", "seen", image, image)
    hidden = s.add(
        "sigmoid", "encode1_sigmoid", s.add("linear", "encode1", s.add("flatten", "pixels", seen), out_features=128)
    )
    code = s.add("sigmoid", "codes", s.add("linear", "encode2", hidden, out_features="code"))
    ways = s.add("noise", "direction", image, size=("code",))
    score = s.add("sum", "along", s.add("multiply", "projected", code, ways), dim=1)
    s.add("gradient_penalty", "slope", score, seen, target=0.0, weight="contraction")
    _drawn(s, code)
    return s.project(
        "Contractive autoencoder",
        "A small change of the picture should hardly change the code: the squared slopes of the code, ‖∂code/∂image‖², are a penalty "
        "(Rifai et al. 2011), measured along a random direction of the code for each picture (Hutchinson 1990).",
        DIGITS,
        Recipe(optimizer="Adam", lr=0.003, batch_size=64, epochs=10),
        wrap=ROW,
    )


# --- pictures from codes, and codes from pictures ------------------------------------------------------------------------------------


def _image_of(s: Sheet, code: Port) -> Port:
    """From a code through two transposed convolutions to a picture of 28×28."""
    x = s.add("reshape", "maps", s.dense("spread", code, 1568), size=(32, 7, 7))
    x = s.add("conv_transpose2d", "up1", x, out_channels=16, kernel_size=4, stride=2, padding=1)
    x = s.add(
        "conv_transpose2d", "up2", s.add("relu", "relu_up", x), out_channels=1, kernel_size=4, stride=2, padding=1
    )
    image = s.add("sigmoid", "picture", x)
    s.add("output", "drawn", image)
    return image


def deconvolutional() -> Project:
    s = Sheet()
    digit = s.add("input", "digit", field="label", size=(), dtype="int")
    vector = s.add("embedding", "as_vector", digit, num_embeddings=10, embedding_dim=16)
    s.add("bce", "loss", _image_of(s, vector), _truth(s))
    return s.project(
        "Deconvolutional network",
        "A convolutional network turned round: the class goes in, a picture comes out (Zeiler et al. 2010; Dosovitskiy et al. 2015). What "
        "it draws for each digit is the mean of all that it has seen of it.",
        DIGITS,
        Recipe(optimizer="Adam", lr=0.003, batch_size=64, epochs=6),
        wrap=1160,
    )


def inverse_graphics() -> Project:
    s = Sheet(scope={"code": 16, "beta": 1.0})
    x = s.add("input", "image")
    for number, channels in enumerate((16, 32), 1):
        x = s.conv(f"conv{number}", x, channels, 4, stride=2, padding=1)
        x = s.add("relu", f"relu{number}", x)
    x = s.add("flatten", "flat", x)
    mean = s.add("linear", "mean", x, out_features="code")
    log_var = s.add("linear", "log_var", x, out_features="code")
    image = _image_of(s, s.add("gaussian_sample", "codes", mean, log_var))
    s.add("bce", "redrawn", image, _truth(s), reduction="batchmean")
    s.add("kl_normal", "divergence", mean, log_var, weight="beta")
    return s.project(
        "Inverse graphics network",
        "A variational autoencoder of convolutions: one half reads a picture into a short description, the other renders the picture from "
        "it (Kulkarni et al. 2015).",
        DIGITS,
        Recipe(optimizer="Adam", lr=0.001, batch_size=64, epochs=10),
        wrap=ROW,
    )


# --- points of the plane: kernels ----------------------------------------------------------------------------------------------------


def rbf_network() -> Project:
    s = Sheet()
    point = s.add("input", "point", field="point", size=(2,))
    logits = s.add("linear", "logits", s.add("rbf", "bumps", point, out_features=16), out_features=2)
    s.classify(logits, "colour")
    return s.project(
        "Radial basis network",
        "Each hidden unit answers near its own centre and is silent elsewhere (Broomhead and Lowe 1988): the border is made of bumps "
        "instead of straight lines. Centres, widths and the sum of the bumps are learned.",
        MOONS,
        Recipe(optimizer="Adam", lr=0.03, batch_size=32, epochs=30),
    )


def support_vectors() -> Project:
    s = Sheet()
    point = s.add("input", "point", field="point", size=(2,))
    near = s.add("rbf", "kernel", point, out_features=100, width=0.5, spread=1.2)
    scores = s.add("linear", "scores", near, out_features=2)
    label = s.add("target", "label")
    s.add("hinge", "margin", scores, label)
    s.add("accuracy", "accuracy", scores, label)
    s.add("output", "colour", scores)
    made = s.project(
        "Support vector machine",
        "A straight border in the space of a Gaussian kernel, as far from both classes as it can be: hinge loss and weight decay, nothing "
        "else (Cortes and Vapnik 1995). 100 fixed centres drawn by chance stand for the kernel, so that gradient descent can train it.",
        MOONS,
        Recipe(optimizer="SGD", lr=0.3, momentum=0.9, weight_decay=0.005, batch_size=32, epochs=30),
    )
    return changed(made, {"kernel": {"trainable": False}})


# --- a part that is never trained ----------------------------------------------------------------------------------------------------


def read_untrained(
    s: Sheet, features: Port, title: str, note: str, untrained: str, init: Init | None = None
) -> Project:
    """A linear layer that reads the digit, and is all that learns: the node of the name `untrained` stays as it is drawn by chance."""
    s.classify(s.add("linear", "logits", features, out_features=10), "digit")
    recipe = Recipe(optimizer="Adam", lr=0.003, batch_size=64, epochs=8)
    made = s.project(title, note, DataChoice(), recipe, wrap=1160)
    return changed(made, {untrained: {"trainable": False, **({} if init is None else {"init": init})}})


def image_rows(s: Sheet) -> Port:
    """A picture as a sequence of its 28 rows."""
    return s.add("reshape", "rows", s.add("input", "image"), size=(28, 28))


def extreme_learning() -> Project:
    s = Sheet()
    return read_untrained(
        s,
        s.add("sigmoid", "sigmoid", s.add("linear", "random", _pixels(s), out_features=500)),
        "Extreme learning machine",
        "500 hidden units with random weights that stay as they are; only the last layer learns (Huang, Zhu and Siew 2006). With so many "
        "random features a linear layer is enough.",
        "random",
        Init(kind="normal", params={"std": 0.05}),
    )


def echo_state() -> Project:
    s = Sheet()
    return read_untrained(
        s,
        s.add("flatten", "echoes", s.add("rnn", "reservoir", image_rows(s), hidden_size=300)),
        "Echo state network",
        "A reservoir of 300 units wired at random keeps an echo of what it heard; only the layer that reads it learns (Jaeger 2001). Its "
        "recurrent weights are 0.9 times a random rotation, so their spectral radius is 0.9 and every echo fades.",
        "reservoir",
        Init(kind="orthogonal", params={"gain": 0.9}),
    )


# --- energies and maps ---------------------------------------------------------------------------------------------------------------


def _imagined(s: Sheet, machine: Port, seen: Port, name: str) -> Port:
    """What a Boltzmann machine learns by, and how far what it imagines is from what it saw. Gives its hidden units."""
    s.add("value_loss", f"{name}_contrast", Port(machine.node, "contrast"))
    s.add("mae", f"{name}_error", Port(machine.node, "again"), seen)
    return machine


def restricted_boltzmann() -> Project:
    s = Sheet()
    pixels = _pixels(s)
    hidden = _imagined(s, s.add("rbm", "machine", pixels, hidden_features=128, chains=100), pixels, "machine")
    s.add("output", "imagined", s.add("reshape", "picture", Port(hidden.node, "again"), size=(1, 28, 28)))
    s.add("output", "codes", hidden)
    return s.project(
        "Restricted Boltzmann machine",
        "128 hidden units learn which pixels occur together, without labels: what is seen shall have less energy than what the machine "
        "imagines in 100 chains that wander on all the time (persistent contrastive divergence, Hinton 2002, Tieleman 2008).",
        DIGITS,
        Recipe(
            optimizer="SGD",
            lr=0.05,
            momentum=0.5,
            schedule="polynomial",
            batch_size=32,
            epochs=10,
            best_by=LAST_EPOCH,
        ),
        wrap=1160,
    )


def deep_belief() -> Project:
    s = Sheet()
    pixels = _pixels(s)
    first = _imagined(s, s.add("rbm", "machine1", pixels, hidden_features=128), pixels, "first")
    below = s.add("detach", "below", first)
    second = _imagined(s, s.add("rbm", "machine2", below, hidden_features=64), below, "second")
    s.classify(s.add("linear", "logits", s.add("detach", "features", second), out_features=10), "digit")
    made = s.project(
        "Deep belief network",
        "Two restricted Boltzmann machines, one on the other: the second begins when the first has learned for 4 epochs, and learns "
        "what its hidden units do together (Hinton, Osindero and Teh 2006). A last layer reads the digit; no gradient goes back from it.",
        DIGITS,
        Recipe(optimizer="SGD", lr=0.05, momentum=0.5, batch_size=32, epochs=12, best_by="accuracy"),
        wrap=ROW,
    )
    later = {"machine2": 4, "logits": 8}
    return changed(made, {name: {"training": {"unfreeze_at": at}} for name, at in later.items()})


def boltzmann() -> Project:
    s = Sheet()
    seen = s.add("input", "pattern", field="pattern", size=(64,))
    bits = s.add("scale", "as_bits", seen, scale=0.5, shift=0.5)
    machine = _imagined(s, s.add("boltzmann", "machine", bits, hidden_features=16), bits, "machine")
    s.add("output", "imagined", Port(machine.node, "again"))
    return s.project(
        "Boltzmann machine",
        "64 visible and 16 hidden units, each joined to each, that are 0 or 1 by chance: it learns to imagine the patterns that it is "
        "shown (Ackley, Hinton and Sejnowski 1985). Every step asks each unit in turn, which is why the restricted machine was wanted.",
        PATTERNS,
        Recipe(optimizer="SGD", lr=0.02, batch_size=32, epochs=30, best_by="machine_error"),
    )


def hopfield() -> Project:
    s = Sheet()
    damaged = s.add("input", "damaged", field="damaged", size=(64,))
    recalled = s.add("hopfield", "memory", damaged)
    pattern = s.add("target", "pattern", field="pattern", size=(64,), dtype="float")
    stored = s.add("hopfield", "store", pattern, shares=recalled)
    s.add("value_loss", "hebb", Port(stored.node, "energy"))
    s.add("mae", "wrong", recalled, pattern)
    s.add("output", "recalled", recalled)
    return s.project(
        "Hopfield network",
        "An associative memory: patterns are stored by Hebb's rule, and a damaged one is pulled back to the nearest stored one (Hopfield "
        "1982). The energy of a pattern is the loss; its gradient is the rule.",
        PATTERNS,
        Recipe(optimizer="SGD", lr=0.01, batch_size=32, epochs=3, best_by="wrong"),
    )


def kohonen() -> Project:
    s = Sheet()
    units = s.add("kohonen", "map", _pixels(s), rows=10, columns=10, radius=4.0, shrinking=2500)
    s.add("value_loss", "stress", Port(units.node, "stress"), reduction="sum")
    s.add("value_loss", "error", Port(units.node, "distance"), weight=0.0)
    s.add("output", "place", units)
    return s.project(
        "Kohonen map",
        "100 units on a 10×10 map, each with a picture of its own. The most similar one and its neighbours move towards each digit, so "
        "that like comes to lie beside like (Kohonen 1982). Nobody tells it which digit is which.",
        DIGITS,
        Recipe(optimizer="SGD", lr=0.03, batch_size=16, epochs=10, best_by="error"),
        wrap=1160,
    )


# --- one step of memory --------------------------------------------------------------------------------------------------------------


def markov_chain() -> Project:
    s = Sheet(scope={"letters": 28, "context": 32})
    text = s.add("input", "text", field="text", size=("context",), dtype="int")
    table = s.add("embedding", "transitions", text, num_embeddings="letters", embedding_dim="letters")
    logits = s.add("permute", "by_letter", table, dims=(2, 1))
    following = s.add("target", "following", field="following", size=("context",))
    s.add("cross_entropy", "loss", logits, following)
    s.add("accuracy", "accuracy", logits, following)
    s.add("output", "answer", logits)
    return s.project(
        "Markov chain",
        "What follows depends on the last letter alone: a table of 28×28 logits, whose softmax are the transition probabilities (Markov "
        "1913). Counting finds the same table; gradient descent comes to it too.",
        DataChoice(name="letters", normalise=False),
        Recipe(optimizer="Adam", lr=0.1, batch_size=64, epochs=5),
    )


TEMPLATES = {
    "rbf": rbf_network,
    "svm": support_vectors,
    "sparse-autoencoder": sparse_autoencoder,
    "contractive-autoencoder": contractive_autoencoder,
    "extreme-learning": extreme_learning,
    "echo-state": echo_state,
    "markov-chain": markov_chain,
    "hopfield": hopfield,
    "boltzmann": boltzmann,
    "rbm": restricted_boltzmann,
    "deep-belief": deep_belief,
    "deconvolutional": deconvolutional,
    "inverse-graphics": inverse_graphics,
    "kohonen": kohonen,
}
