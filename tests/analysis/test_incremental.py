"""What an edit leaves standing must be what a fresh look would find: random edits, every fact and problem compared."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.conftest import Amount
from tests.graphs import random_project
from visualnet.analysis import Analysis, GraphFacts, infer
from visualnet.core import edits
from visualnet.core.expressions import Derived
from visualnet.core.graph import BLOCK_PREFIX, Port
from visualnet.core.project import Block, Project
from visualnet.layers import LAYERS
from visualnet.layers.declaration.params import Bool, Choice, Float, Int, Ints

PARTS = 10
STEPS = 12


def told(graph: GraphFacts, known: dict[int, Any]) -> Any:
    """A graph's facts as plain values, formulas included."""
    if id(graph) not in known:
        known[id(graph)] = (
            [
                (i, tuple(f._replace(inside=(), layer=None)), made(f), reasons(f), [told(g, known) for g in f.inside])
                for i, f in graph.nodes.items()
            ],
            graph.outline,
            graph.totals,
            graph.faulty,
        )
    return known[id(graph)]


def made(facts: Any) -> Any:
    return facts.layer and (facts.layer.tag, facts.layer.values(), facts.layer.__dict__["unknown"])


def reasons(facts: Any) -> Any:
    specs = [*facts.leaving.values(), *(s for s in facts.arriving if s)]
    return [(n.formula, dict(n.figures)) for s in specs for n in s.shape if isinstance(n, Derived)]


def hold(incremental: Analysis, fresh: Analysis) -> None:
    assert incremental.problems == fresh.problems
    assert list(incremental.main.nodes) == list(fresh.main.nodes)
    mine, theirs = told(incremental.main, {}), told(fresh.main, {})
    for a, b in zip(mine[0], theirs[0], strict=True):
        assert a == b
    assert mine[1:] == theirs[1:]


def any_edit(rng: random.Random, project: Project) -> Project:
    sheet = rng.choice([name for name, _ in project.sheets()])
    graph = project.sheet(sheet)
    ids = list(graph.nodes)
    roll = rng.random()
    if not ids or roll < 0.1:
        kind = rng.choice([*LAYERS, *(BLOCK_PREFIX + b for b in project.blocks), "unheard_of", BLOCK_PREFIX + "gone"])
        return edits.add_node(project, sheet, kind)
    node = graph.nodes[rng.choice(ids)]
    if roll < 0.35:
        return edits.set_params(project, sheet, [node.id], any_params(rng, project, node.kind))
    if roll < 0.6:
        ports = [Port(i, p) for i in ids for p in port_names(project, graph.nodes[i].kind, 1)]
        targets = [Port(node.id, p) for p in port_names(project, node.kind, 0)]
        if ports and targets:
            return edits.connect(project, sheet, rng.choice(ports), rng.choice(targets))
    if roll < 0.7 and graph.wires:
        return edits.disconnect(project, sheet, rng.choice(list(graph.wires)))
    if roll < 0.78:
        return edits.remove(project, sheet, [node.id])
    if roll < 0.84:
        return edits.set_node(project, sheet, [node.id], shares=rng.choice([None, *ids]))
    if roll < 0.88:
        return edits.set_node(project, sheet, [node.id], repeat=rng.choice([1, 2, 3, "c", "classes"]))
    if roll < 0.91:
        return edits.set_constants(project, {"classes": rng.randint(1, 5)})
    if roll < 0.94:
        return edits.rename(project, sheet, node.id, f"other{rng.randint(1, 99)}")
    if roll < 0.96 and sheet:
        return edits.set_block_params(project, sheet, {"c": rng.randint(1, 6), "k": rng.randint(1, 3)})
    if roll < 0.97:
        return edits.put_block(project, "gone", rng.choice([Block(), *project.blocks.values()]))
    return edits.set_node(project, sheet, [node.id], trainable=rng.random() < 0.5)


def any_params(rng: random.Random, project: Project, kind: str) -> dict[str, Any]:
    if kind not in LAYERS:
        name = kind.removeprefix(BLOCK_PREFIX)
        params = [*(project.blocks[name].params if name in project.blocks else ()), "nothing"]
        return {rng.choice(params): rng.choice([1, 2, 3, "classes", "k + 1", "?"])}
    if not LAYERS[kind].params:
        return {"nothing": 1}
    name, param = rng.choice(list(LAYERS[kind].params.items()))
    if rng.random() < 0.1:
        return {name: rng.choice([edits.RESET, "classes", "2*", -5, True, (1, 2, 3)])}
    if isinstance(param, Int):
        return {name: rng.randint(param.low, min(param.low + 6, param.high))}
    if isinstance(param, Ints):
        count = param.rank or rng.randint(0, 3)
        return {name: tuple(rng.randint(max(param.low, 0), max(param.low, 0) + 4) for _ in range(count))}
    if isinstance(param, Bool):
        return {name: rng.random() < 0.5}
    if isinstance(param, Choice):
        return {name: rng.choice(list(param.options))}
    return {name: 0.5 if isinstance(param, Float) else "image"}


def port_names(project: Project, kind: str, end: int) -> list[str]:
    if kind in LAYERS:
        layer = LAYERS[kind]({})
        return [*(layer.outputs() if end else layer.inputs()), *(["no_such"] if end == 0 else [])]
    block = project.blocks.get(kind.removeprefix(BLOCK_PREFIX))
    if block is None:
        return ["a", "b"]
    return [n.name for n in block.graph if n.kind == ("output" if end else "input")] or ["a"]


def walk(seed: int) -> None:
    """A valid project, then edit upon edit, some of them taken back."""
    rng = random.Random(seed)
    project = random_project(seed)
    analysis = infer(project)
    past = [project]
    for _ in range(STEPS):
        try:
            project = any_edit(rng, project) if rng.random() < 0.85 else rng.choice(past)
        except ValueError:
            continue
        past.append(project)
        analysis = infer(project, analysis)
        hold(analysis, infer(project))


@pytest.mark.few(2)
@pytest.mark.more
@pytest.mark.parametrize("part", range(PARTS))
def test_incremental_is_fresh(part: int, amount: Amount) -> None:
    count = amount(50, wide=150, thorough=3_000) // PARTS
    for seed in range(part * count, (part + 1) * count):
        try:
            walk(seed)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {type(error).__name__}: {error}") from error
