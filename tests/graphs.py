"""Random projects that fit, over every registered layer, grown node by node and keeping what inference accepts.

The same seed gives the same project while the registry stays the same. No layer is named here: only roles and parameter types are known.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import msgspec

from visualnet.analysis import Analysis, infer
from visualnet.core.graph import BLOCK_PREFIX, Graph, Init, Node, Port
from visualnet.core.project import Block, Project
from visualnet.layers import LAYERS, Layer, Spec
from visualnet.layers.declaration.params import Bool, Choice, Float, Int, Ints, Param

MAX_NUMBERS, MAX_WEIGHTS, MAX_MACS = 3_000, 40_000, 2_000_000
TRICKY = (
    "forward",
    "x",
    "h",
    "weight",
    "graph",
    "training",
    "torch",
    "F",
    "loss",
    "größe",
    "self",
    "super",
    "_a",
    "T",
    "lambda_",
    "input",
)
INITS = ("zeros", "normal", "xavier_uniform", "xavier_normal", "kaiming_uniform", "kaiming_normal")


def graph(nodes: list[tuple[str, str, Mapping[str, Any]]], wires: list[str], **fields: Mapping[str, Any]) -> Graph:
    """A graph by hand: nodes as (name, kind, params), wires as ``"conv.features -> relu.x"``; ``fields`` sets more of a node by name."""
    made = [Node(id=f"n{i + 1}", kind=k, name=n, params=p, **fields.get(n, {})) for i, (n, k, p) in enumerate(nodes)]
    ids = {node.name: node.id for node in made}

    def port(text: str) -> Port:
        name, _, end = text.strip().partition(".")
        return Port(ids[name], end)

    ends = [wire.split("->") for wire in wires]
    return Graph(nodes={node.id: node for node in made}, wires={port(t): port(s) for s, t in ends})


def random_project(seed: int, size: int = 16) -> Project:
    """A valid project of about so many nodes: several inputs, outputs and losses, blocks in blocks, repetitions, shared weights."""
    rng = random.Random(seed)
    blocks: dict[str, Block] = {}
    for name in rng.sample(("Stage", "residual block", "unit", "Block2"), rng.choice((0, 1, 1, 2, 3))):
        block = _Growth(rng, blocks, {"c": rng.randint(1, 6), "k": rng.randint(1, 3)}).block(rng.randint(1, 5))
        if block is not None:
            blocks[name] = block
    return _Growth(rng, blocks, {"classes": rng.randint(2, 5)}).whole(
        f"random {seed}", rng.randint(max(2, size // 2), size * 3 // 2)
    )


class _Growth:
    """One graph while it grows."""

    def __init__(self, rng: random.Random, blocks: Mapping[str, Block], constants: Mapping[str, int | float]) -> None:
        self.rng = rng
        self.project = Project(blocks=blocks, constants=constants)
        self.analysis: Analysis | None = None
        self.kinds = [kind for kind in LAYERS.values() if not kind.role and not kind.hidden]

    def whole(self, name: str, size: int) -> Project:
        for at in range(self.rng.choice((1, 1, 2, 3))):
            self.source("input", self.size(), self.rng.choice(("float", "float", "float", "int")), f"data{at}")
        self.grow(size)
        for _ in range(self.rng.choice((0, 1, 1, 2))):
            self.loss()
        for port in self.unread():
            self.sink(port)
        unused = {name: b for name, b in self.project.blocks.items() if self.rng.random() < 0.9 or self.uses(name)}
        return msgspec.structs.replace(self.project, name=name, blocks=unused)

    def block(self, size: int) -> Block | None:
        for _ in range(self.rng.choice((1, 1, 1, 2))):
            self.source("input", self.size(), "float", "image")
        self.grow(size)
        ports = [p for p in self.unread() if self.role(p.node) != "input"]
        if not ports:
            return None
        first = next(p for p in self.every() if self.role(p.node) == "input")
        alike = [p for p in ports if self.spec(p).shape == self.spec(first).shape]
        if alike and self.rng.random() < 0.7:
            self.sink(alike[-1])  # such a block can stand behind itself
        else:
            for port in ports[-2 if self.rng.random() < 0.2 else -1 :]:
                self.sink(port)
        self.prune()
        return Block(graph=self.project.graph, params=self.project.constants)

    def grow(self, size: int) -> None:
        tries = 0
        while size > 0 and tries < 300:
            tries += 1
            size -= self.layer()

    # --- one more node -------------------------------------------------------------------------------------------------------------

    def source(self, role: str, size: tuple[int, ...], dtype: str, field: str) -> Port:
        kind = next(k for k in LAYERS.values() if k.role == role)
        params = {"size": size, "dtype": dtype, "field": field}
        node = Node(id=self.id(), kind=kind.tag, name=self.name(role), params=params)
        assert self.add(node, {}), params
        return Port(node.id, next(iter(self.facts(node.id).outputs)))

    def layer(self) -> bool:
        rng = self.rng
        blocks = [name for name in self.project.blocks if rng.random() < 0.5]
        if blocks and rng.random() < 0.2:
            return self.instance(rng.choice(blocks))
        alike = [n for n in self.project.graph if (k := LAYERS.get(n.kind)) and not k.role and not n.shares]
        if alike and rng.random() < 0.1:
            owner = rng.choice(alike)
            node = msgspec.structs.replace(owner, id=self.id(), name=self.name(owner.kind), shares=owner.id)
            return self.add(node, self.wiring(list(self.facts(owner.id).inputs.items())))
        kind = rng.choice(self.kinds)
        # Some layers fit rarely; without more than one try they would hardly be met.
        return any(self.fitted(kind) for _ in range(8))

    def fitted(self, kind: type[Layer]) -> bool:
        rng = self.rng
        first = self.pick()
        params = {
            name: self.value(param, self.spec(first)) for name, param in kind.params.items() if rng.random() < 0.6
        }
        try:
            inputs = kind(params, self.project.constants).inputs()
        except ValueError:
            return False
        before = self.project, self.analysis
        wires = self.wiring(list(inputs.items()), first, fresh=True)
        node = Node(
            id=self.id(),
            kind=kind.tag,
            name=self.name(kind.tag),
            params=params,
            trainable=rng.random() < 0.85,
            init=self.init(),
        )
        if self.add(node, wires):
            return True
        self.project, self.analysis = before
        return False

    def instance(self, name: str) -> bool:
        rng, block = self.rng, self.project.blocks[name]
        params = {key: rng.choice((rng.randint(1, 5), self.number(1, 5))) for key in block.params if rng.random() < 0.7}
        repeat = rng.choice((1, 1, 1, 2, 3))
        node = Node(id=self.id(), kind=BLOCK_PREFIX + name, name=self.name(name), params=params, repeat=repeat)
        node = msgspec.structs.replace(node, trainable=rng.random() < 0.9)
        inputs = [n.name for n in block.graph if LAYERS.get(n.kind) and LAYERS[n.kind].role == "input"]
        return self.add(node, self.wiring([(port, None) for port in inputs]))

    def loss(self) -> None:
        rng = self.rng
        for _ in range(20):
            kind = rng.choice([k for k in LAYERS.values() if k.role in ("loss", "metric")])
            params = {name: self.value(param, Spec(())) for name, param in kind.params.items() if rng.random() < 0.4}
            before = self.project, self.analysis
            try:
                ports = list(kind(params).inputs().items())
            except ValueError:
                continue
            refused = kind.refuses.get(ports[0][0], {})
            fitting = [p for p in self.ports() if self.spec(p).holds not in refused]
            first = rng.choice(fitting) if refused and fitting else self.pick()
            spec = self.spec(first)
            shapes = [s for s in (spec.shape, spec.shape[1:], spec.shape[:-1]) if len(s) <= 8]  # what a target can name
            wires = {ports[0][0]: first}
            for port, pattern in ports[1:]:
                shape = rng.choice([s for s in shapes if pattern.fits_rank(len(s))] or shapes or [()])
                dtype = pattern.dtype if pattern.dtype in ("int", "float") else rng.choice(("int", "float"))
                wires[port] = self.source(
                    "target", tuple(map(int, shape)), dtype, f"truth{len(self.project.graph.nodes)}"
                )
            node = Node(id=self.id(), kind=kind.tag, name=self.name(kind.tag), params=params)
            # What a loss warns of (numbers that are no probabilities) may be an error when it runs.
            if self.add(node, wires) and not any(p.code == "refused" for p in self.facts(node.id).problems):
                return
            self.project, self.analysis = before

    def sink(self, port: Port) -> None:
        kind = next(k for k in LAYERS.values() if k.role == "output")
        node = Node(id=self.id(), kind=kind.tag, name=self.name("out"))
        assert self.add(node, {next(iter(kind().inputs())): port})

    def add(self, node: Node, wires: Mapping[str, Port | None]) -> bool:
        """Put the node in if it brings no error, and nothing large."""
        old = self.project.graph
        ends = {Port(node.id, port): source for port, source in wires.items() if source is not None}
        grown = Graph(nodes={**old.nodes, node.id: node}, wires={**old.wires, **ends})
        project = msgspec.structs.replace(self.project, graph=grown)
        analysis = infer(project, self.analysis)
        facts = analysis.main[node.id]
        bad = any(p.severity == "error" and p.node for p in analysis.problems) or not facts.known
        large = any(s.size > MAX_NUMBERS for s in facts.leaving.values())
        if bad or large or analysis.main.parameters > MAX_WEIGHTS or analysis.main.macs > MAX_MACS:
            return False
        self.project, self.analysis = project, analysis
        return True

    # --- chances -------------------------------------------------------------------------------------------------------------------

    def size(self) -> tuple[int, ...]:
        return tuple(self.rng.randint(1, 9) for _ in range(self.rng.choice((1, 2, 2, 3, 3, 3))))

    def init(self) -> Init:
        if self.rng.random() < 0.8:
            return Init()
        return Init(self.rng.choice(INITS), {"std": self.rng.choice((0.01, 0.5))})

    def number(self, low: int, high: int) -> int | str:
        """A number, or an expression in what may be named here."""
        number = self.rng.randint(low, high)
        if self.rng.random() < 0.7 or not self.project.constants:
            return number
        name = self.rng.choice(sorted(self.project.constants))
        return self.rng.choice((name, f"2*{name}", f"{name} + {number}", f"max({name}, {number})"))

    def value(self, param: Param, spec: Spec) -> Any:
        rng = self.rng
        if isinstance(param, Int):
            return self.number(max(param.low, -3), min(param.high, max(param.low, -3) + rng.choice((1, 3, 7))))
        if isinstance(param, Float):
            return round(rng.uniform(max(param.low, 0.001), min(param.high, 0.9)), 3)
        if isinstance(param, Bool):
            return rng.random() < 0.5
        if isinstance(param, Choice):
            return rng.choice(list(param.options))
        if isinstance(param, Ints):
            if param.words and rng.random() < 0.3:
                return rng.choice(list(param.words))
            low = max(param.low, 0)
            if param.rank:
                several = tuple(self.number(low, low + rng.choice((1, 2))) for _ in range(param.rank))
                return rng.choice((several, several[0]))
            return (
                self.factors(spec.size)
                if rng.random() < 0.7
                else tuple(rng.randint(low, 4) for _ in range(len(spec.shape)))
            )
        return param.default

    def factors(self, product: int) -> tuple[int, ...]:
        """A size of so many numbers."""
        found = []
        for _ in range(self.rng.randint(0, 2)):
            divisor = self.rng.choice([d for d in range(1, product + 1) if product % d == 0])
            found.append(divisor)
            product //= divisor
        return (*found, product)

    def wiring(
        self, inputs: list[tuple[str, Any]], first: Port | None = None, fresh: bool = False
    ) -> dict[str, Port | None]:
        """A source for each input port, alike ones more often; ``fresh`` may bring a new input where whole numbers are wanted besides."""
        chosen = first or self.pick()
        wires: dict[str, Port | None] = {}
        for at, (port, pattern) in enumerate(inputs):
            alike = [p for p in self.ports() if self.spec(p).shape == self.spec(chosen).shape]
            other = self.rng.choice(alike) if self.rng.random() < 0.7 else self.pick()
            if at and fresh and pattern.dtype == "int":
                size = tuple(map(int, self.spec(chosen).shape))
                if inputs[0][1].axes == (*pattern.axes, inputs[0][1].axes[-1]):
                    size = size[:-1]  # a number for each row
                other = self.source("input", size, "int", f"data{len(self.project.graph.nodes)}")
            free = pattern is not None and pattern.optional and self.rng.random() < 0.5
            wires[port] = None if free else (chosen if at == 0 else other)
        return wires

    def pick(self) -> Port:
        """A port to read from; new ones more often, so that graphs grow long."""
        ports = self.ports()
        return self.rng.choice(ports[-4:] if self.rng.random() < 0.6 else ports)

    def name(self, wish: str) -> str:
        taken = {node.name for node in self.project.graph}
        wish = self.rng.choice(TRICKY) if self.rng.random() < 0.05 else wish.replace(" ", "_")
        number = 1
        while (name := f"{wish}{number}" if number > 1 else wish) in taken:
            number += 1
        return name

    # --- what is there -------------------------------------------------------------------------------------------------------------

    def id(self) -> str:
        return f"n{len(self.project.graph.nodes) + 1}"

    def facts(self, node_id: str) -> Any:
        assert self.analysis is not None
        return self.analysis.main[node_id]

    def role(self, node_id: str) -> str:
        layer: Layer | None = self.facts(node_id).layer
        return layer.role if layer is not None else ""

    def ports(self) -> list[Port]:
        """Every output port that a layer may read. Whole numbers that a layer computes (places, classes) would be too large for many."""
        return [p for p in self.every() if self.role(p.node) or self.spec(p).dtype != "int"]

    def every(self) -> list[Port]:
        """Every output port of what stands between inputs and outputs."""
        return [
            Port(i, port)
            for i in self.project.graph.nodes
            if self.role(i) not in ("target", "loss", "metric")
            for port in self.facts(i).outputs
        ]

    def spec(self, port: Port) -> Spec:
        spec: Spec = self.facts(port.node).leaving[port.port]
        return spec

    def unread(self) -> list[Port]:
        """The first port of each node that nothing reads."""
        read = {source.node for source in self.project.graph.wires.values()}
        first: dict[str, Port] = {}
        for port in self.every():
            first.setdefault(port.node, port)
        return [port for node_id, port in first.items() if node_id not in read]

    def uses(self, block: str) -> bool:
        return any(node.block == block for _, sheet in self.project.sheets() for node in sheet)

    def prune(self) -> None:
        """Take out what leads to no output; inputs stay."""
        old = self.project.graph
        keep = {n.id for n in old if self.role(n.id) in ("input", "output")}
        todo = list(keep)
        while todo:
            node_id = todo.pop()
            sources = [s.node for t, s in old.wires.items() if t.node == node_id]
            lender = old.nodes[node_id].shares
            new = {*sources, *([lender] if lender else [])} - keep
            keep |= new
            todo += new
        nodes = {i: n for i, n in old.nodes.items() if i in keep}
        wires = {t: s for t, s in old.wires.items() if t.node in keep}
        self.project = msgspec.structs.replace(self.project, graph=Graph(nodes=nodes, wires=wires))
