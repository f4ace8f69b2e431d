"""A shorter way to spell a project: nodes added one after the other, wired as they come, laid out at the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from visualnet.analysis.geometry.auto_layout import tidy
from visualnet.analysis.inference.infer_block import block_ports
from visualnet.core.graph import BLOCK_PREFIX, Graph, Node, Port, Value
from visualnet.core.project import Block, DataChoice, Project, Recipe
from visualnet.layers import LAYERS

CARD = (200.0, 88.0)
WRAP = 1640
"""How wide a long network may grow before it goes on in a further row."""

CIFAR = DataChoice(name="cifar10")
IMAGENET = DataChoice(name="imagenet")
TEXT = DataChoice(name="text", normalise=False)
SGD = Recipe(optimizer="SGD", lr=0.01, momentum=0.9, weight_decay=0.0005, batch_size=128, epochs=90)
"""As the networks for ImageNet were trained, from AlexNet on."""


class Sheet:
    """A graph under construction. ``add`` wires the new node's inputs in order and gives its first output.

    ``scope`` holds the constants or the block's parameters that expressions on the sheet name.
    """

    def __init__(
        self, blocks: Mapping[str, Block] | None = None, scope: Mapping[str, int | float] | None = None
    ) -> None:
        self.nodes: dict[str, Node] = {}
        self.wires: dict[Port, Port] = {}
        self.blocks = blocks or {}
        self.scope = scope or {}

    def add(
        self,
        kind: str,
        name: str,
        *sources: Port | None,
        repeat: int | str = 1,
        shares: Port | None = None,
        **params: Value,
    ) -> Port:
        """A node, its inputs wired to ``sources``. Gives its first output (of a node without outputs: a port nobody asks for)."""
        node_id = f"n{len(self.nodes) + 1}"
        owner = shares.node if shares else None
        self.nodes[node_id] = Node(id=node_id, kind=kind, name=name, params=params, repeat=repeat, shares=owner)
        if kind.startswith(BLOCK_PREFIX):
            inputs, outputs = block_ports(self.blocks[kind[len(BLOCK_PREFIX) :]].graph)
        else:
            layer = LAYERS[kind](params, self.scope)
            inputs, outputs = dict(layer.inputs()), dict(layer.outputs())
        for port, source in zip(inputs, sources, strict=False):
            if source is not None:
                self.wires[Port(node_id, port)] = source
        return Port(node_id, next(iter(outputs), ""))

    def conv(self, name: str, x: Port, channels: int | str, kernel: int | str, **params: Value) -> Port:
        """A 2-D convolution; a padding of 0, a stride of 1 and so on are left out as the defaults they are."""
        return self.add("conv2d", name, x, out_channels=channels, kernel_size=kernel, **params)

    def conv_bn(
        self, name: str, x: Port, channels: int | str, kernel: int | str, act: str = "relu", **p: Value
    ) -> Port:
        """Convolution without bias, batch normalization, activation (none if empty)."""
        x = self.conv(name, x, channels, kernel, bias=False, **p)
        x = self.add("batch_norm2d", f"{name}_bn", x)
        return self.add(act, f"{name}_{act}", x) if act else x

    def dense(self, name: str, x: Port, features: int | str, act: str = "relu", drop: float = 0.0) -> Port:
        """A dense layer, its activation, and dropout."""
        x = self.add("linear", name, x, out_features=features)
        x = self.add(act, f"{name}_{act}", x) if act else x
        return self.add("dropout", f"{name}_dropout", x, **({} if drop == 0.5 else {"p": drop})) if drop else x

    def classify(self, logits: Port, answer: str = "answer") -> None:
        """The end of every classifier: label, cross-entropy, accuracy, output."""
        label = self.add("target", "label")
        self.add("cross_entropy", "loss", logits, label)
        self.add("accuracy", "accuracy", logits, label)
        self.add("output", answer, logits)

    def graph(self, wrap: float | None = None) -> Graph:
        """The finished graph, laid out."""
        graph = Graph(nodes=self.nodes, wires=self.wires)
        places = tidy(graph, dict.fromkeys(self.nodes, CARD), wrap_width=wrap)
        return msgspec.structs.replace(graph, places=places)

    def block(self, note: str, wrap: float | None = None) -> Block:
        """The sheet as a block; its scope becomes the block's parameters."""
        return Block(graph=self.graph(wrap), params=dict(self.scope), note=note)

    def project(self, name: str, note: str, data: DataChoice, recipe: Recipe = SGD, wrap: float = WRAP) -> Project:
        """The sheet as a project; its scope becomes the constants."""
        return Project(
            name=name,
            note=note,
            graph=self.graph(wrap),
            blocks=self.blocks,
            constants=dict(self.scope),
            data=data,
            recipe=recipe,
        )


def image_input(sheet: Sheet, channels: int = 3) -> Port:
    """A square image whose side is the constant ``size``."""
    return sheet.add("input", "image", size=(channels, "size", "size"))


def joined(sheet: Sheet, name: str, parts: Iterable[Port]) -> Port:
    """The channels of several branches behind one another."""
    ports = list(parts)
    return sheet.add("concatenate", name, *ports, **({"inputs": len(ports)} if len(ports) > 2 else {}))
