"""What the analysis says, what the compiler builds, what is printed and what torch computes are one thing: also for what nobody would draw.

No problem of severity error ⇔ it compiles and prints; and then the counts, the tensors and the shapes are those that were told.
"""

from __future__ import annotations

import random
import warnings

import pytest

from tests.conftest import Amount
from tests.contract import structured
from tests.graphs import graph
from visualnet.analysis import infer
from visualnet.core.graph import Node
from visualnet.core.project import Block, Project


@pytest.mark.more
@pytest.mark.timeout(3_600)
def test_structured_mutants_are_told_built_and_printed_alike(amount: Amount) -> None:
    """Half of them the same each time, half new ones; a seed that fails is named, and makes the same mutant again."""
    fresh = random.SystemRandom().randrange(10**6, 10**9)
    half = amount(10, wide=100, thorough=5_000)
    runs = [range(half), range(fresh, fresh + half)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = [fault for run in runs for fault in structured.disagreements(run)]
    assert not found, "\n".join(f"structured.mutant(structured.seeds(), {seed}): {words}" for seed, words in found[:20])


def nest(depth: int, repeat: int) -> Project:
    """A relu in blocks in blocks, each repeated so often."""
    blocks = {}
    for level in range(depth):
        kind = f"block:b{level + 1}" if level + 1 < depth else "relu"
        inner = graph([("x", "input", {}), ("m", kind, {}), ("y", "output", {})], ["x.x -> m.x", "m.y -> y.x"])
        node: Node = inner.nodes["n2"]
        if level + 1 < depth:
            inner = graph(
                [("x", "input", {}), ("m", kind, {}), ("y", "output", {})],
                ["x.x -> m.x", "m.y -> y.x"],
                m={"repeat": repeat},
            )
        assert node.kind == kind
        blocks[f"b{level}"] = Block(graph=inner)
    nodes = [("x", "input", {"size": (4,)}), ("m", "block:b0", {}), ("y", "output", {})]
    return Project(graph=graph(nodes, ["x.x -> m.x", "m.y -> y.x"], m={"repeat": repeat}), blocks=blocks)


@pytest.mark.parametrize(("depth", "repeat"), [(2, 300), (5, 10), (20, 1_000), (60, 10)])
def test_too_many_layers_are_an_error_of_the_analysis(depth: int, repeat: int) -> None:
    project = nest(depth, repeat)
    assert [p.code for p in infer(project).errors()] == ["too-many"]
    assert structured.disagreement(project) == ""


def test_as_many_layers_as_are_allowed_compile() -> None:
    assert infer(nest(2, 40)).errors() == []
    assert structured.disagreement(nest(2, 40)) == ""


X = ("x", "input", {"size": (4,)})
T = ("t", "target", {"size": (4,), "dtype": "float"})
ODD: dict[str, tuple[Project, str]] = {
    "nothing": (Project(), "empty"),
    "targets held against targets": (
        Project(graph=graph([X, T, ("l", "mse", {})], ["t.y -> l.prediction", "t.y -> l.target"])),
        "no-sense",
    ),
    "weights beyond any machine": (
        Project(graph=graph([X, ("d", "linear", {"out_features": 10**9}), ("e", "linear", {"out_features": 10**9}), ("o", "output", {})],
                            ["x.x -> d.x", "d.y -> e.x", "e.y -> o.x"])),
        "too-large",
    ),
    "more axes than torch has": (
        Project(
            graph=graph([X, ("b", "block:B", {}), ("o", "output", {})], ["x.x -> b.x", "b.y -> o.x"], b={"repeat": 64}),
            blocks={"B": Block(graph=graph([("x", "input", {}), ("u", "unsqueeze", {}), ("y", "output", {})],
                                           ["x.x -> u.x", "u.y -> y.x"]))},
        ),
        "too-large",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ODD)
def test_what_computes_nothing_or_nothing_that_fits_is_told_first(case: str) -> None:
    project, code = ODD[case]
    assert code in {p.code for p in infer(project).problems if p.severity == "error"}
    assert structured.disagreement(project) == ""


def test_what_leads_nowhere_is_not_counted() -> None:
    """It is drawn, but neither made nor run; what lends its weights to others is made."""
    nodes = [X, ("a", "linear", {"out_features": 4}), ("b", "linear", {"out_features": 4}), ("o", "output", {})]
    idle = Project(graph=graph(nodes, ["x.x -> a.x", "x.x -> b.x", "a.y -> o.x"]))
    lent = Project(graph=graph(nodes, ["x.x -> a.x", "x.x -> b.x", "a.y -> o.x"], a={"shares": "n3"}))
    for project in (idle, lent):
        assert (infer(project).main.parameters, infer(project).main.macs) == (20, 16)
        assert structured.disagreement(project) == ""
