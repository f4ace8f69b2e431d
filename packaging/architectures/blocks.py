"""The library of blocks that comes with the program, in resources/blocks: the parts of which the course's networks are built.

``python packaging/architectures`` writes them with the templates; a test holds the files against this.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec.structs import replace

from architectures.inception import _module as inception_module
from architectures.residual import _body as residual_body
from architectures.sheet import CARD, Sheet
from architectures.transformers import _decoder as decoder_layer
from visualnet.analysis.geometry.auto_layout import tidy
from visualnet.analysis.inference.infer_block import block_ports
from visualnet.core.graph import Port, Value
from visualnet.core.project import Block, ParameterDescription, Project
from visualnet.core.storage import project_file

CHANNELS = ParameterDescription(note="Filters: the channels that come out.", low=1)
INSIDE = ParameterDescription(note="The channels that come in; as many come out.", low=1)
KERNEL = ParameterDescription(note="Height and width of the filter; odd, so that the size stays.", low=1, high=31)
STRIDE = ParameterDescription(note="Steps of the filter: 2 halves the size.", low=1, high=8)
WIDTH = ParameterDescription(note="Features at each place; a multiple of heads.", low=1)
HEADS = ParameterDescription(note="How many attend side by side.", low=1, high=128)
MAPS, WORDS = (64, 28, 28), (16, 64)
"""What the blocks are shown with: feature maps, and a sequence."""


def conv_bn_relu() -> Block:
    s = Sheet(scope={"channels": 64, "kernel": 3, "stride": 1})
    x = s.conv_bn("conv", s.add("input", "x", size=MAPS), "channels", "kernel", padding="kernel // 2", stride="stride")
    s.add("output", "y", x)
    return _told(
        s.block("A convolution, batch normalization, ReLU: the usual step of a convolutional network."),
        channels=CHANNELS,
        kernel=KERNEL,
        stride=STRIDE,
    )


def depthwise_separable() -> Block:
    s = Sheet(scope={"inputs": 64, "channels": 128, "kernel": 3, "stride": 1})
    x = s.add("input", "x", size=MAPS)
    x = s.conv_bn("depthwise", x, "inputs", "kernel", padding="kernel // 2", stride="stride", groups="inputs")
    s.add("output", "y", s.conv_bn("pointwise", x, "channels", 1))
    return _told(
        s.block(
            "A filter for each channel alone, then 1×1 across channels: 1/N + 1/K² of what a full convolution to N channels costs "
            "(MobileNet, Howard et al. 2017)."
        ),
        inputs=ParameterDescription(note="The channels that come in.", low=1),
        channels=CHANNELS,
        kernel=KERNEL,
        stride=STRIDE,
    )


def squeeze_excitation() -> Block:
    s = Sheet(scope={"channels": 64, "reduction": 16})
    image = s.add("input", "x", size=MAPS)
    x = s.add("adaptive_avg_pool2d", "squeeze", image, output_size=1)
    x = s.add("relu", "relu", s.conv("narrow", x, "max(1, channels // reduction)", 1))
    gate = s.add("sigmoid", "gate", s.conv("widen", x, "channels", 1))
    s.add("output", "y", s.add("multiply", "weigh", image, gate))
    return _told(
        s.block("Looks at the mean of each channel and weighs the channels by it (Hu et al. 2017)."),
        channels=INSIDE,
        reduction=ParameterDescription(note="How much narrower it is inside.", low=1, high=256),
    )


def inverted_residual() -> Block:
    s = Sheet(scope={"channels": 64, "expand": 6, "kernel": 3})
    image = s.add("input", "x", size=MAPS)
    x = s.conv_bn("expand", image, "expand*channels", 1, "relu6")
    x = s.conv_bn("depthwise", x, "expand*channels", "kernel", "relu6", padding="kernel // 2", groups="expand*channels")
    x = s.conv_bn("narrow", x, "channels", 1, "")
    s.add("output", "y", s.add("add", "sum", x, image))
    return _told(
        s.block("Wide inside, narrow outside: expand, look at each channel alone, narrow, add (Sandler et al. 2018)."),
        channels=INSIDE,
        expand=ParameterDescription(note="How much wider it is inside.", low=1, high=16),
        kernel=KERNEL,
    )


def transformer_encoder() -> Block:
    s = Sheet(scope={"width": 64, "heads": 4, "expand": 4})
    x = s.add("input", "x", size=WORDS)
    x = s.add("add", "sum1", x, s.add("multihead_attention", "attention", _norm(s, "norm1", x), num_heads="heads"))
    thought = s.add("linear", "fc1", _norm(s, "norm2", x), out_features="expand*width")
    thought = s.add("linear", "fc2", s.add("gelu", "gelu", thought), out_features="width")
    s.add("output", "y", s.add("add", "sum2", x, thought))
    return _told(
        s.block(
            "Every place looks at every other; then each is thought about on its own. Normalized before each step."
        ),
        width=WIDTH,
        heads=HEADS,
        expand=ParameterDescription(note="How much wider the dense layers are inside.", low=1, high=16),
    )


def transformer_decoder() -> Block:
    return _told(_scaled(decoder_layer(), width=64, heads=4), width=WIDTH, heads=HEADS)


def inception() -> Block:
    note = {"c1": "1×1", "c3": "3×3", "c5": "5×5", "projection": "1×1 behind the pooling"}
    told = {k: ParameterDescription(note=f"Filters of the {v} branch.", low=1) for k, v in note.items()}
    narrow = {
        f"reduce{k}": ParameterDescription(note=f"Channels to which 1×1 narrows before {k}×{k}.", low=1) for k in (3, 5)
    }
    return _told(inception_module(True), **told, **narrow)


def _residual(deep: bool, down: bool) -> Block:
    channels = ParameterDescription(note="Channels inside; four times as many come out.", low=1) if deep else CHANNELS
    return _told(residual_body(deep, down), channels=channels, **({"stride": STRIDE} if down else {}))


def _norm(s: Sheet, name: str, x: Port) -> Port:
    return s.add("layer_norm", name, x)


def _told(block: Block, **about: ParameterDescription) -> Block:
    assert about.keys() == block.params.keys(), (about.keys(), block.params.keys())
    return replace(block, about=about)


def _scaled(block: Block, **params: int) -> Block:
    """The block with other defaults, and ports that are shown with a short sequence."""
    nodes = {
        i: replace(n, params={**n.params, "size": WORDS}) if n.kind == "input" else n
        for i, n in block.graph.nodes.items()
    }
    return replace(block, graph=replace(block.graph, nodes=nodes), params=params)


BLOCKS: Mapping[str, Callable[[], Block]] = {
    "conv_bn_relu": conv_bn_relu,
    "depthwise_separable": depthwise_separable,
    "squeeze_excitation": squeeze_excitation,
    "residual_basic": lambda: _residual(False, False),
    "residual_basic_down": lambda: _residual(False, True),
    "residual_bottleneck": lambda: _residual(True, False),
    "residual_bottleneck_down": lambda: _residual(True, True),
    "inverted_residual": inverted_residual,
    "inception": inception,
    "transformer_encoder": transformer_encoder,
    "transformer_decoder": transformer_decoder,
}
SIZES: Mapping[str, tuple[int, ...]] = {
    "residual_bottleneck": (256, 28, 28),
    "inception": (192, 28, 28),
    "transformer_encoder": WORDS,
    "transformer_decoder": WORDS,
}


def project(name: str) -> Project:
    """A project that shows one use of the block."""
    block = BLOCKS[name]()
    s = Sheet({name: block})
    ports, _ = block_ports(block.graph)
    size: Value = SIZES.get(name, MAPS)
    sources = [s.add("input", port, size=size, **({"field": port} if len(ports) > 1 else {})) for port in ports]
    s.add("output", "answer", s.add(f"block:{name}", name, *sources))
    graph = s.graph()
    places = tidy(graph, dict.fromkeys(graph.nodes, CARD))
    return Project(name=name, note=block.note, graph=replace(graph, places=places), blocks={name: block})


def write(folder: Path) -> None:
    """Write every block's file."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in BLOCKS:
        project_file.save(folder / f"{name}{project_file.SUFFIX}", project(name))
