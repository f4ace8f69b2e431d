"""Small versions: the same drawing with smaller numbers, so that every network also trains here, on data that comes along.

Nothing is drawn anew: nodes, wires and places are those of the published network. What changes is how wide, how deep and how large.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from architectures.inception import MODULES, NAMES
from visualnet.analysis import infer
from visualnet.analysis.inference.first_loss import last_layers
from visualnet.core import edits
from visualnet.core.graph import Init, Value
from visualnet.core.project import MAIN, DataChoice, Project, Recipe

Params = Mapping[str, Value]


class Small(NamedTuple):
    """What becomes smaller. ``nodes`` are parameters by a node's name on the main sheet, ``repeats`` how often a node follows itself."""

    what: str
    data: DataChoice
    constants: Mapping[str, int | float] = {}
    nodes: Mapping[str, Params] = {}
    repeats: Mapping[str, int] = {}
    recipe: Recipe = Recipe(lr=0.002, batch_size=64, epochs=5)
    begin: str = ""
    """``he``: convolutions and dense layers begin as He et al. 2015 have it, without which a deep network without normalization cannot
    learn; only what gives the logits begins small, as in AlexNet's paper, so that the first loss is that of guessing.
    ``tied``: the table of words begins at about 1/√width, since it also scores the words."""


BEGINNINGS: Mapping[str, tuple[tuple[str, ...], Init]] = {
    "he": (("conv2d", "linear"), Init(kind="kaiming_normal")),
    "tied": (("embedding",), Init(kind="normal", params={"std": 0.15})),
}

SMALL_LOGITS = Init(kind="normal")


def small(project: Project, how: Small) -> Project:
    """The project with smaller numbers, on data that comes with the program."""
    ids = {node.name: node.id for node in project.graph}
    made = edits.set_constants(project, {**project.constants, **how.constants})
    for name, values in how.nodes.items():
        made = edits.set_params(made, MAIN, [ids[name]], values)
    for name, times in how.repeats.items():
        made = edits.set_node(made, MAIN, [ids[name]], repeat=times)
    if how.begin:
        kinds, init = BEGINNINGS[how.begin]
        for sheet, graph in project.sheets():
            found = [node.id for node in graph if node.kind in kinds and node.shares is None]
            made = edits.set_node(made, sheet, found, init=init) if found else made
        if how.begin == "he":
            main = infer(made).main
            last = {i for loss in main.sinks("loss") for i in last_layers(main, loss.node.id)}
            made = edits.set_node(made, MAIN, sorted(last), init=SMALL_LOGITS)
    note = f"The same blocks and wires as “{project.name}”, but smaller: {how.what}. An epoch takes seconds without a graphics card."
    return msgspec.structs.replace(made, name=f"{project.name}, small", note=note, data=how.data, recipe=how.recipe)


# --- digits ------------------------------------------------------------------------------------------------------------------------


def _digits(side: int) -> DataChoice:
    if side == 28:
        return DataChoice()
    return DataChoice(name="mnist32", options={} if side == 32 else {"side": side})


def _on_digits(what: str, side: int, nodes: Mapping[str, Params], size: str = "size", **more: object) -> Small:
    """For a network that classifies: digits of one channel, ten classes."""
    constants = {"classes": 10, size: side, **more.pop("constants", {})}  # type: ignore[dict-item]
    image: Params = {"size": (1, size, size)}
    words = f"{what}, on digits of {side}×{side} px"
    return Small(words, _digits(side), constants, {"image": image, **nodes}, **more)  # type: ignore[arg-type]


def _widths(kind: str, **nodes: int) -> dict[str, Params]:
    return {name: {kind: width} for name, width in nodes.items()}


def _out(**nodes: int) -> dict[str, Params]:
    return _widths("out_channels", **nodes)


def _dense(**nodes: int) -> dict[str, Params]:
    return _widths("out_features", **nodes)


def _channels(**nodes: int) -> dict[str, Params]:
    return _widths("channels", **nodes)


FIRST = {
    "cifar-model-1": _on_digits("a quarter as wide", 32, _dense(fc1=256, fc2=64, fc3=32)),
    "cifar-model-2": _on_digits("with one colour", 32, {}),
    "cifar-model-3": _on_digits(
        "a quarter as wide",
        32,
        {**_out(conv1=8, conv2=16, conv3=32, conv4=32, conv5=64, conv6=64), **_dense(fc1=128, fc2=64)},
    ),
}

_QUARTER = _out(conv1=24, conv2=64, conv3=96, conv4=96, conv5=64)
_DECIDE = _dense(fc6=256, fc7=256)


def _stem(node: Params, *others: Mapping[str, Params]) -> dict[str, Params]:
    """The first convolution with more than its width changed."""
    joined: dict[str, Params] = {name: values for other in others for name, values in other.items()}
    return {**joined, "conv1": {**joined["conv1"], **node}}


ALEXNETS = {
    "alexnet": _on_digits(
        "a quarter as wide, with 11×11 filters at stride 2",
        35,
        _stem({"stride": 2}, _QUARTER, _DECIDE),
        begin="he",
    ),
    "alexnet-course": _on_digits(
        "a quarter as wide, with 11×11 filters at stride 2", 39, _stem({"stride": 2}, _QUARTER, _DECIDE)
    ),
    "zfnet": _on_digits("a quarter as wide", 53, {**_QUARTER, **_DECIDE}, begin="he"),
}


def _vgg(which: str) -> Small:
    widths = {f"stage{i}": min(4 * 2**i, 64) for i in range(1, 6)}
    if which == "c":
        widths |= {f"point{i}": min(4 * 2**i, 64) for i in range(3, 6)}
    nodes = {**_channels(**widths), **_dense(fc1=128, fc2=128)}
    recipe = Recipe(lr=0.001, batch_size=64, epochs=5)
    return _on_digits("an eighth as wide", 32, nodes, recipe=recipe, begin="he")


def _inception() -> Small:
    nodes: dict[str, Params] = {
        f"inception_{number}": {name: max(2, size // 8) for name, size in zip(NAMES, sizes, strict=True)}
        for number, sizes in MODULES.items()
    }
    nodes |= {"conv1": {"out_channels": 16, "stride": 1}, **_out(conv2=16, conv3=32)}
    return _on_digits("an eighth as wide, with stride 1 at the beginning", 32, nodes, begin="he")


def _resnet(depth: int) -> Small:
    width, share = (16, "a quarter") if depth < 50 else (8, "an eighth")
    recipe = Recipe(lr=0.003, batch_size=128, epochs=5) if depth < 100 else Recipe(lr=0.002, batch_size=64, epochs=5)
    return _on_digits(f"{share} as wide", 33, {}, constants={"width": width}, recipe=recipe)


def _efficientnet() -> Small:
    channels = {1: 8, 2: 8, 3: 16, 4: 24, 5: 32, 6: 48, 7: 80}
    times = {2: 2, 3: 2, 4: 3, 5: 3, 6: 4, 7: 1}
    nodes: dict[str, Params] = {"stem": {"out_channels": 8}, "top": {"out_channels": 320}}
    nodes["stage1"] = {"inside": 8, "channels": 8, "squeeze": 2}
    for stage, count in times.items():
        before, own = channels[stage - 1], channels[stage]
        nodes[f"stage{stage}_first"] = {"inside": 6 * before, "channels": own, "squeeze": max(2, before // 4)}
        for number in range(2, count + 1):
            nodes[f"stage{stage}_{number}"] = {"inside": 6 * own, "channels": own, "squeeze": max(2, own // 4)}
    return _on_digits("about a quarter as wide", 33, nodes, recipe=Recipe(lr=0.003, batch_size=64, epochs=5))


def _convnext() -> Small:
    widths = {f"stage{i}": 8 * 2**i for i in range(1, 5)} | {f"halve{i}": 8 * 2**i for i in range(2, 5)}
    nodes = {**_channels(**widths), "patches": {"out_channels": 16, "kernel_size": 2, "stride": 2}}
    recipe = Recipe(optimizer="AdamW", lr=0.002, weight_decay=0.05, batch_size=128, epochs=5)
    return _on_digits(
        "a sixth as wide and half as deep, with patches of 2×2 px", 32, nodes, repeats={"stage3": 3}, recipe=recipe
    )


CLASSIFIERS = {
    **ALEXNETS,
    **{f"vgg-{which}": _vgg(which) for which in ("a", "a-lrn", "b", "c", "d", "e")},
    "inception-v1": _inception(),
    "inception-modules": _on_digits(
        "an eighth as wide",
        28,
        {
            "naive": {"c1": 8, "c3": 16, "c5": 4},
            "inception": dict(zip(NAMES, (8, 12, 16, 2, 4, 4), strict=True)),
        },
        constants={"channels": 1},
        recipe=Recipe(lr=0.01, batch_size=64, epochs=5),
        begin="he",
    ),
    **{f"resnet-{depth}": _resnet(depth) for depth in (18, 34, 50, 101, 152)},
    "densenet-121": _on_digits(
        "growing by 8 channels a layer, half as deep",
        29,
        {},
        constants={"growth": 8},
        repeats={"dense1": 3, "dense2": 6, "dense3": 12, "dense4": 8},
        recipe=Recipe(lr=0.003, batch_size=128, epochs=5),
    ),
    "squeezenet-1.1": _on_digits(
        "a quarter as wide",
        33,
        {
            **_out(conv1=16),
            **{
                f"fire{number}": {"squeeze": squeeze, "expand": 4 * squeeze}
                for number, squeeze in zip(range(2, 10), (4, 4, 8, 8, 12, 12, 16, 16), strict=True)
            },
        },
        begin="he",
    ),
    "mobilenet-v1": _on_digits(
        "a quarter as wide (alpha)",
        33,
        {},
        "resolution",
        constants={"alpha": 0.25},
        recipe=Recipe(lr=0.003, batch_size=64, epochs=5),
    ),
    "efficientnet-b0": _efficientnet(),
    "convnext-t": _convnext(),
}

# --- masks, words, sound -----------------------------------------------------------------------------------------------------------


def _unet(padded: bool) -> Small:
    widths = {f"{kind}{level}": 2 * 2**level for level in range(1, 5) for kind in ("down", "join")} | {"bottom": 64}
    ups = _out(**{f"up{level}": 2 * 2**level for level in range(1, 5)})
    side = 64 if padded else 204
    # Of 30 steps an epoch; the first mask is found in the tenth epoch, until then the IoU is 0.
    epochs = 5 if padded else 20
    options: dict[str, Value] = {} if padded else {"n": 150, "side": 204, "margin": 92}
    return Small(
        f"a sixteenth as wide, on digits among boxes: {side}×{side} px",
        DataChoice(name="digit_masks", options=options),
        {"size": side},
        {**_channels(**widths), **ups},
        {},
        Recipe(lr=0.003, batch_size=8 if padded else 4, epochs=epochs, best_by="iou"),
        begin="he",
    )


OPINIONS = Small(
    "a quarter as wide, on short made-up opinions of 33 words",
    DataChoice(name="opinions", normalise=False),
    {"words": 33, "length": 20, "features": 32, "hidden": 32},
    recipe=Recipe(lr=0.005, batch_size=32, epochs=5),
)
REVERSAL = DataChoice(name="reversal", normalise=False)
WORDS = {
    "unet": _unet(False),
    "unet-padded": _unet(True),
    **{f"{kind}-classifier": OPINIONS for kind in ("rnn", "lstm", "gru")},
    "seq2seq": Small(
        "an eighth as wide, turning rows of ten symbols round",
        # All of a row must pass through one state: that is learned from more rows than attention needs.
        DataChoice(name="reversal", options={"n": 20_000}, normalise=False),
        {"words": 11, "length": 8, "features": 32, "hidden": 64},
        recipe=Recipe(lr=0.005, batch_size=64, epochs=20, schedule="cosine"),
    ),
    "textcnn": Small(
        "a tenth as wide, on short made-up opinions of 33 words",
        OPINIONS.data,
        {"words": 33, "length": 20, "features": 32, "filters": 16},
        recipe=OPINIONS.recipe,
    ),
    "wavenet": Small(
        "a quarter as wide, on pieces of two tones rounded to 32 levels",
        DataChoice(name="waves", normalise=False),
        {"levels": 32, "length": 256, "channels": 16, "skip": 32},
        recipe=Recipe(lr=0.005, batch_size=16, epochs=5),
    ),
    "transformer": Small(
        "a sixteenth as wide with two layers each, turning rows of ten symbols round",
        REVERSAL,
        {"layers": 2, "width": 32, "heads": 4, "words": 11, "context": 8},
        recipe=Recipe(lr=0.002, batch_size=64, epochs=10),
        begin="tied",
    ),
    "bert-base": Small(
        "with two layers of 32 numbers, on pairs of made-up sentences of 38 words",
        DataChoice(name="masked_words", normalise=False),
        {"layers": 2, "width": 32, "heads": 4, "words": 38, "context": 20},
        recipe=Recipe(lr=0.003, batch_size=64, epochs=10),
        begin="tied",
    ),
    "gpt": Small(
        "with three layers of 48 numbers, writing made-up stories word by word",
        DataChoice(name="stories", normalise=False),
        {"layers": 3, "width": 48, "heads": 4, "words": 61, "context": 48},
        recipe=Recipe(lr=0.003, batch_size=32, epochs=12, schedule="cosine"),
        begin="tied",
    ),
    "mlp-mixer": _on_digits(
        "with four layers of 64 numbers, on patches of 4×4 px", 28, {}, constants={"layers": 4, "width": 64, "patch": 4}
    ),
}

SMALL: Mapping[str, Small] = {**FIRST, **CLASSIFIERS, **WORDS}
"""How each network becomes small. Those that are not here train as they are, or have an older small sister."""

SISTERS = {"vit": "vit-small"}
"""Small versions that were there before, drawn with the same encoder."""
