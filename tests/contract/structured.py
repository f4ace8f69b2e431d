"""Projects changed at random in what they mean: kinds, parameters, wires, repetitions, roles, shared weights, modes, names.

Each is a file that the reader takes. What the analysis says of it, what the compiler builds and what the printer prints are then held
against each other: ``disagreement``.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from msgspec.structs import replace

from tests.graphs import random_project
from visualnet.analysis import infer
from visualnet.compiling.module import Model, compile_project
from visualnet.compiling.source_code.source import model_source
from visualnet.core.graph import MODES, Graph, Init, Node, Port
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.layers import LAYERS
from visualnet.layers.declaration.initialization import INITIALIZATIONS
from visualnet.layers.declaration.params import Bool, Choice, Float, Int, Ints, Param

ROOT = Path(__file__).parents[2]
FIGURES = (0, 1, 2, 3, 4, 5, 7, 8, 16, 64, 100, 999, 1_000, 1_001, 65_536, 10**6, 10**9, 2**31, 2**40, 2**53)
EXPRESSIONS = ("c", "2*c", "k + 1", "classes", "c//2", "width", "1/0", "9**9**9", "")
NAMES = (
    "forward",
    "weight",
    "graph_",
    "torch_",
    "größe",
    "x",
    "h",
    "y",
    "loss",
    "input",
    "T_",
    "bias",
    "l0",
    "Ω",
    "sum",
    "print",
    "Net",
)
KEPT_WORDS: tuple[str, ...] = ()
"""What Python keeps for itself and a field may yet be called: to be filled (``class``, ``lambda``) once the analysis refuses it."""
MOST_WEIGHTS, MOST_MACS, MOST_NUMBERS = 10**6, 10**8, 10**6
"""What is larger is not run, only built and printed."""


def seeds() -> list[Project]:
    """The projects that are changed: templates of few nodes, and random ones."""
    shipped = [project_file.load(path) for path in sorted((ROOT / "resources" / "templates").glob("*.vnet"))]
    small = [p for p in shipped if sum(len(g.nodes) for _, g in p.sheets()) <= 60]
    return [*small, *(random_project(seed, 8) for seed in range(40))]


def mutant(sources: list[Project], seed: int) -> Project | None:
    """One changed project, the same for the same seed; None where the reader would refuse its file."""
    dice = random.Random(seed)
    project = replace(dice.choice(sources), readonly="")
    for _ in range(dice.choice((1, 1, 1, 2, 3, 6))):
        sheets = [name for name, graph in project.sheets() if graph.nodes]
        if not sheets:
            break
        sheet = dice.choice(sheets if dice.random() < 0.5 else sheets[:1])
        change = dice.choice(CHANGES)
        changed = change(project.sheet(sheet), dice) if change is not _numbers else None
        project = _numbers(project, dice) if changed is None else project.with_sheet(sheet, changed)
    try:
        return project_file.loads(project_file.dumps(project), f"mutant {seed}")
    except (project_file.FileError, ValueError):
        return None


# --- changes ---------------------------------------------------------------------------------------------------------------------------


def _numbers(project: Project, dice: random.Random) -> Project:
    """Another constant, or another parameter of a block."""
    if project.constants and dice.random() < 0.5:
        name = dice.choice(list(project.constants))
        return replace(project, constants={**project.constants, name: dice.choice(FIGURES[:14])})
    named = [name for name, block in project.blocks.items() if block.params]
    if not named:
        return project
    name = dice.choice(named)
    block = project.blocks[name]
    param = dice.choice(list(block.params))
    block = replace(block, params={**block.params, param: dice.choice(FIGURES[:14])})
    return replace(project, blocks={**project.blocks, name: block})


def _put(graph: Graph, node: Node) -> Graph:
    return replace(graph, nodes={**graph.nodes, node.id: node})


def _any(graph: Graph, dice: random.Random) -> Node:
    return graph.nodes[dice.choice(list(graph.nodes))]


def _kind(graph: Graph, dice: random.Random) -> Graph:
    """Another kind, with the parameters of the old one that it knows, or with all."""
    node, kind = _any(graph, dice), dice.choice([t for t, k in LAYERS.items() if not k.hidden])
    params = node.params if dice.random() < 0.5 else {k: v for k, v in node.params.items() if k in LAYERS[kind].params}
    return _put(graph, replace(node, kind=kind, params=params, repeat=1))


def _param(graph: Graph, dice: random.Random) -> Graph:
    node = _any(graph, dice)
    kind = LAYERS.get(node.kind)
    names = list(kind.params) if kind is not None else list(node.params)
    if not names:
        return graph
    name = dice.choice(names)
    value = _value(kind.params[name] if kind is not None else None, dice)
    return _put(graph, replace(node, params={**node.params, name: value}))


def _value(param: Param | None, dice: random.Random) -> Any:
    if dice.random() < 0.1:
        return dice.choice(EXPRESSIONS)
    if param is None or isinstance(param, Int):
        return dice.choice((*FIGURES, -1, -2, None))
    if isinstance(param, Float):
        return dice.choice((0, 0.0, 0.5, 1, 1.0, -1.0, 1e-9, 1e6, 2.0))
    if isinstance(param, Bool):
        return dice.random() < 0.5
    if isinstance(param, Choice):
        return dice.choice(list(param.options))
    if isinstance(param, Ints):
        if param.words and dice.random() < 0.3:
            return dice.choice(list(param.words))
        count = param.rank or dice.randint(0, 5)
        return (
            dice.choice(FIGURES[:9]) if dice.random() < 0.3 else tuple(dice.choice(FIGURES[:9]) for _ in range(count))
        )
    return dice.choice((param.default, "label", "image", "x", *KEPT_WORDS))


def _remove(graph: Graph, dice: random.Random) -> Graph:
    gone = _any(graph, dice).id
    nodes = {i: replace(n, shares=None) if n.shares == gone else n for i, n in graph.nodes.items() if i != gone}
    wires = {t: s for t, s in graph.wires.items() if gone not in (t.node, s.node)}
    return replace(
        graph, nodes=nodes, wires=wires, places={i: p for i, p in graph.places.items() if i != gone}, bends={}
    )


def _cut(graph: Graph, dice: random.Random) -> Graph:
    if not graph.wires:
        return graph
    gone = dice.choice(list(graph.wires))
    return replace(graph, wires={t: s for t, s in graph.wires.items() if t != gone}, bends={})


def _wire(graph: Graph, dice: random.Random) -> Graph:
    """A wire from elsewhere to a port that has one, or to one that may not exist."""
    sources = [*graph.wires.values(), *(Port(_any(graph, dice).id, p) for p in ("y", "x", "output", "h_n", "out"))]
    targets = [
        *graph.wires,
        *(Port(_any(graph, dice).id, p) for p in ("x", "x1", "x2", "image", "h_0", "c_0", "target")),
    ]
    source, target = dice.choice(sources), dice.choice(targets)
    if source.node == target.node:
        return graph
    return replace(graph, wires={**graph.wires, target: source}, bends={})


def _double(graph: Graph, dice: random.Random) -> Graph:
    """A second node like one that is there, which reads the same."""
    node = _any(graph, dice)
    number = 1 + max(int(i[1:]) for i in graph.nodes)
    taken = {n.name for n in graph}
    name = next(f"{node.name[:50]}_{i}" for i in range(2, 999) if f"{node.name[:50]}_{i}" not in taken)
    twin = replace(node, id=f"n{number}", name=name)
    wires = {Port(twin.id, t.port): s for t, s in graph.wires.items() if t.node == node.id}
    if dice.random() < 0.5:  # and half of what read the first now reads it
        wires |= {t: Port(twin.id, s.port) for t, s in graph.wires.items() if s.node == node.id and dice.random() < 0.5}
    return replace(graph, nodes={**graph.nodes, twin.id: twin}, wires={**graph.wires, **wires}, spent=0)


def _share(graph: Graph, dice: random.Random) -> Graph:
    """Weights shared, with a node of the same kind more often."""
    node = _any(graph, dice)
    alike = [n.id for n in graph if n.kind == node.kind and n.id != node.id]
    others = alike if alike and dice.random() < 0.8 else [i for i in graph.nodes if i != node.id]
    return _put(graph, replace(node, shares=dice.choice(others))) if others else graph


def _repeat(graph: Graph, dice: random.Random) -> Graph:
    blocks = [n for n in graph if n.block is not None]
    if not blocks:
        return _mode(graph, dice)
    return _put(
        graph, replace(dice.choice(blocks), repeat=dice.choice((0, 1, 2, 3, 30, 999, 1_000, 1_001, "c", "k", "2*c")))
    )


def _mode(graph: Graph, dice: random.Random) -> Graph:
    return _put(graph, replace(_any(graph, dice), mode=dice.choice(MODES)))


def _start(graph: Graph, dice: random.Random) -> Graph:
    node = _any(graph, dice)
    return _put(
        graph,
        replace(
            node,
            init=Init(dice.choice([*INITIALIZATIONS, "hopeful"]), {"std": dice.choice((0.0, 0.01, -5.0))}),
            trainable=dice.random() < 0.5,
        ),
    )


def _name(graph: Graph, dice: random.Random) -> Graph:
    name = dice.choice(NAMES)
    return graph if any(n.name == name for n in graph) else _put(graph, replace(_any(graph, dice), name=name))


CHANGES: list[Callable[..., Any]] = [
    *[_kind] * 4, *[_param] * 5, *[_wire] * 3, *[_double] * 2, *[_share] * 3,
    _numbers, _remove, _cut, _repeat, _mode, _start, _name,
]  # fmt: skip


# --- what must agree ---------------------------------------------------------------------------------------------------------------------


def disagreement(project: Project) -> str:
    """Where analysis, compiler, printer and torch say different things of a project; empty where they agree."""
    analysis = infer(project)
    errors = analysis.errors()
    try:
        model = compile_project(project, analysis, device="meta")
        built = ""
    except Exception as error:
        model, built = None, f"{type(error).__name__}: {error}"
    try:
        source = model_source(project, analysis)
        printed = ""
    except Exception as error:
        source, printed = "", f"{type(error).__name__}: {error}"
    if errors:
        return (
            ""
            if built and printed
            else f"an error is told ({errors[0].words}), and yet it {'prints' if built else 'compiles'}"
        )
    if built or printed:
        return f"no error is told, but it does not {'compile' if built else 'print'}: {(built or printed)[:300]}"
    assert model is not None
    return _counts(model) or _source(model, source) or _shapes(model)


def _counts(model: Model) -> str:
    main = model.analysis.main
    parameters = list(model.net.parameters())
    saved = model.net.state_dict(keep_vars=True)
    buffers = {id(t): t for t in saved.values() if not isinstance(t, torch.nn.Parameter)}
    found = {
        "parameters": (main.parameters, sum(p.numel() for p in parameters)),
        "trainable": (main.trainable, sum(p.numel() for p in parameters if p.requires_grad)),
        "buffered": (main.buffered, sum(b.numel() for b in buffers.values())),
    }
    wrong = [f"{told:,} {what} told, {held:,} held" for what, (told, held) in found.items() if told != held]
    return "; ".join(wrong)


def _source(model: Model, source: str) -> str:
    """The printed file can be read by Python, and its network has the same tensors."""
    made: dict[str, Any] = {"__name__": "printed"}
    try:
        exec(compile(source, "model.py", "exec"), made)
        classes = [c for c in made.values() if isinstance(c, type) and c.__module__ == "printed"]
        with torch.device("meta"):
            printed = classes[-1]()
    except Exception as error:
        return f"the printed file fails: {type(error).__name__}: {error}"
    theirs = {k: tuple(t.shape) for k, t in printed.state_dict().items()}
    ours = {k: tuple(t.shape) for k, t in model.net.state_dict().items()}
    return (
        ""
        if list(theirs.items()) == list(ours.items())
        else f"the printed network holds other tensors: {sorted(theirs.items() ^ ours.items())[:4]}"
    )


def _shapes(model: Model) -> str:
    """What leaves each port that is computed has the told shape and type; on real tensors where that costs little."""
    main = model.analysis.main
    numbers = sum(s.size for _, f in model.analysis.walk() for s in f.leaving.values())
    steps = sum(f.layers + 1 for f in main.nodes.values())
    if main.parameters > MOST_WEIGHTS or main.macs > MOST_MACS or numbers > MOST_NUMBERS or steps > 500:
        return ""
    batch = {}
    for step in model.plan.main.inputs:
        spec = next(iter(step.facts.leaving.values()))
        kind = torch.long if spec.dtype == "int" else torch.bool if spec.dtype == "bool" else torch.float32
        field = model.plan.fields[step.id]
        if field in batch and (tuple(batch[field].shape[1:]) != tuple(spec.shape) or batch[field].dtype != kind):
            return ""  # two nodes want one field in two sizes: the data set will say which is wrong
        batch[field] = torch.zeros((2, *map(int, spec.shape)), dtype=kind)
    real = compile_project(model.project, model.analysis, seed=0)
    dead = {(p.sheet, p.node) for p in model.analysis.problems if p.code == "unused"}
    ports = [
        ((path, port), facts.leaving[port])
        for path, facts in model.analysis.walk()
        for port in facts.outputs
        if port in facts.leaving
        and (model.analysis.at(path[:-1]).node.block if path[1:] else "", path[-1]) not in dead
        and not facts.node.mode
    ]
    try:
        with torch.no_grad():
            tensors = real.view([port for port, _ in ports])(**batch)
    except Exception as error:
        doubted = any(p.severity == "warning" for p in model.analysis.problems)
        return "" if doubted else f"it cannot be run: {type(error).__name__}: {str(error)[:300]}"
    for (where, spec), tensor in zip(ports, tensors, strict=True):
        wanted = (2, *spec.shape) if spec.batched else ()
        if tuple(tensor.shape) != tuple(wanted):
            return f"{where}: {tuple(wanted)} is told, {tuple(tensor.shape)} comes"
    return ""


def disagreements(numbers: range) -> Iterator[tuple[int, str]]:
    """The seeds whose mutants are told, built and printed differently, with how."""
    sources = seeds()
    for seed in numbers:
        project = mutant(sources, seed)
        if project is not None and (found := disagreement(project)):
            yield seed, found


def to_bytes(project: Project) -> bytes:
    """The mutant as a file, to be looked at."""
    return project_file.dumps(project)
