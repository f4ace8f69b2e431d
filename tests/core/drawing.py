"""Random projects for the tests of the document, and a description of what every project must hold to."""

from __future__ import annotations

import string
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from visualnet.core.graph import ANNOTATION_KINDS, COLOURS, MODES, Annotation, Graph, Init, Node, Port
from visualnet.core.names import ID, fault_in_name
from visualnet.core.project import (
    Block,
    DataChoice,
    ParameterDescription,
    Project,
    Recipe,
    RunRef,
    SearchEntry,
    SearchSpec,
)

LETTERS = string.ascii_letters + "äößéλ中ж"

names = st.text(LETTERS, min_size=1, max_size=12).filter(lambda n: not fault_in_name(n))
texts = st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Co", "Zl", "Zp"]), max_size=40)
whole = st.integers(-(2**53), 2**53)
floats = st.floats(allow_nan=False, allow_infinity=False)
scalars = st.one_of(whole, floats, st.booleans(), texts, st.none(), st.sampled_from(["2*channels", "channels // 4"]))
values = st.one_of(scalars, st.lists(scalars, max_size=3).map(tuple))
anything: st.SearchStrategy[Any] = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=6
)
extras = st.dictionaries(texts.map(lambda t: f"later {t}"), anything, max_size=2)
kinds = st.sampled_from(["input", "conv2d", "relu", "linear", "output", "hologram9", "block:residual", "block:gone"])
halves = st.integers(-20_000, 20_000).map(lambda n: n / 2)
inits = st.builds(
    Init, st.sampled_from(["default", "zeros", "normal"]), st.dictionaries(st.sampled_from(["std", "later"]), values)
)


annotation = st.builds(
    Annotation,
    id=st.integers(1, 99).map(lambda n: f"r{n}"),
    kind=st.sampled_from(ANNOTATION_KINDS),
    text=texts,
    colour=st.sampled_from(COLOURS),
    area=st.tuples(halves, halves, st.just(320.0), st.sampled_from([48.0, 200.5])),
    extra=extras,
)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    numbers = draw(st.lists(st.integers(1, 99), max_size=7, unique=True))
    called = draw(st.lists(names, min_size=len(numbers), max_size=len(numbers), unique=True))
    ids = [f"n{number}" for number in numbers]
    nodes = {}
    for node_id, name in zip(ids, called, strict=True):
        others = [i for i in ids if i != node_id]
        nodes[node_id] = Node(
            id=node_id,
            kind=draw(kinds),
            name=name,
            params=draw(st.dictionaries(names, values, max_size=3)),
            trainable=draw(st.booleans()),
            init=draw(inits),
            shares=draw(st.sampled_from([None, *others])),
            repeat=draw(st.sampled_from([1, 3, "depth"])),
            mode=draw(st.sampled_from(MODES)),
            extra=draw(extras),
        )
    wires = {}
    for _ in range(draw(st.integers(0, 8)) if len(ids) > 1 else 0):
        source, target = draw(st.permutations(ids))[:2]
        wires[Port(target, draw(names))] = Port(source, draw(names))
    places = {i: (draw(halves), draw(halves)) for i in ids if draw(st.booleans())}
    points = st.tuples(halves, halves)
    bends = {t: tuple(draw(st.lists(points, min_size=1, max_size=3))) for t in wires if draw(st.booleans())}
    annotations = {r.id: r for r in draw(st.lists(annotation, max_size=3))}
    bookmarks = draw(st.dictionaries(names, st.tuples(halves, halves, st.sampled_from([0.5, 1.0])), max_size=2))
    spent = draw(st.sampled_from([0, 100, 4711]))
    return Graph(nodes, wires, places, spent, draw(extras), bends, annotations, bookmarks)


numbers = st.dictionaries(names, whole | floats, max_size=3)
abouts = st.builds(
    ParameterDescription, note=texts.map(lambda t: f"about {t}"), low=st.sampled_from([None, -3, 0.5]), extra=extras
)


@st.composite
def blocks_with_words(draw: st.DrawFn) -> Block:
    params = draw(numbers)
    about = {name: draw(abouts) for name in params if draw(st.booleans())}
    return Block(graph=draw(graphs()), params=params, note=draw(texts), extra=draw(extras), about=about)


blocks = blocks_with_words()
data = st.builds(
    DataChoice,
    name=st.sampled_from(["mnist5k", "moons"]),
    options=st.dictionaries(names, values, max_size=2),
    split=st.sampled_from([(0.8, 0.2, 0.0), (0.6, 0.2, 0.2), (0.7, 0.3, 0.0)]),
    seed=st.integers(0, 2**53),
    normalise=st.booleans(),
    extra=extras,
)
recipes = st.builds(
    Recipe,
    optimizer=st.sampled_from(["SGD", "Adam", "Later"]),
    lr=st.floats(0, 10),
    batch_size=st.integers(1, 10**9),
    nesterov=st.booleans(),
    schedule=st.sampled_from(["constant", "StepLR", "Later"]),
    options=st.dictionaries(names, values, max_size=2),
    extra=extras,
)
runs = st.builds(
    RunRef,
    id=st.text(string.ascii_letters, min_size=1, max_size=9),
    folder=st.sampled_from(["", "2026-01-01 lenet"]),
    epochs=st.integers(0, 99),
    summary=st.dictionaries(names, floats, max_size=2),
    extra=extras,
)
searches = st.builds(
    SearchSpec,
    entries=st.lists(
        st.one_of(
            st.builds(
                SearchEntry, address=names, low=st.floats(1e-9, 1), high=st.integers(2, 2**53), log=st.booleans()
            ),
            st.builds(
                SearchEntry, address=names, low=st.integers(-9, 0), high=st.just(9), step=st.sampled_from([1, 0.5])
            ),
            st.builds(
                SearchEntry,
                address=names,
                choices=st.lists(
                    st.one_of(whole, texts, st.booleans()), min_size=2, max_size=4, unique_by=lambda v: (type(v), v)
                ).map(tuple),
                extra=extras,
            ),
        ),
        max_size=3,
        unique_by=lambda entry: entry.address,
    ).map(tuple),
    method=st.sampled_from(["grid", "later"]),
    part=st.sampled_from(["train", "validation"]),
    goal=st.sampled_from(["min", "max"]),
    trials=st.integers(1, 10_000),
    minutes=st.floats(0, 1e6),
    seeds=st.integers(1, 20),
    extra=extras,
)
projects = st.builds(
    Project,
    name=texts.map(lambda t: t.strip() or "untitled"),
    note=texts,
    graph=graphs(),
    blocks=st.dictionaries(names, blocks, max_size=2),
    constants=numbers,
    data=data,
    recipe=recipes,
    runs=st.lists(runs, max_size=2).map(tuple),
    search=st.none() | searches,
    extra=extras,
)


def check(project: Project) -> None:
    """What every project holds to, whatever was done to it."""
    for sheet, graph in project.sheets():
        called = [node.name for node in graph]
        assert len(set(called)) == len(called), sheet
        assert not [fault for name in called if (fault := fault_in_name(name))]
        for node_id, node in graph.nodes.items():
            assert node_id == node.id
            assert ID.match(node_id)
            assert node.shares is None or (node.shares in graph.nodes and node.shares != node_id)
        for target, source in graph.wires.items():
            assert target.node in graph.nodes
            assert source.node in graph.nodes
            assert target.node != source.node
        assert graph.places.keys() <= graph.nodes.keys()
        assert graph.bends.keys() <= graph.wires.keys()
        assert graph.spent == 0 or all(int(i[1:]) < graph.spent for i in graph.nodes)


def chain(length: int, kind: str = "relu") -> Project:
    """So many nodes in a row."""
    ids = [f"n{number}" for number in range(1, length + 1)]
    nodes = {i: Node(id=i, kind=kind, name=f"node{i[1:]}") for i in ids}
    wires = {Port(b, "x"): Port(a, "y") for a, b in pairwise(ids)}
    return Project(graph=Graph(nodes, wires, {i: (240.0 * k, 0.0) for k, i in enumerate(ids)}))
