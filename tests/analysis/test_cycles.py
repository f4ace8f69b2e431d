"""Circles of wires and of blocks: which nodes stand on them, and which only between or behind them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.analysis.drawing import look
from visualnet.analysis.block_nesting import Nesting
from visualnet.analysis.repair.search import repairs
from visualnet.core.graph import Graph, Node, Port, Topology
from visualnet.core.project import Block


def test_what_lies_between_two_cycles_is_named_by_neither() -> None:
    text = "a:add b:relu p:relu q:relu c:add d:relu o:output a>b b>a.x1 b>p p>q q>c.x1 c>d d>c.x2 d>o"
    analysis = look(text)
    words = [p.words for p in analysis.problems if p.code == "cycle"]
    assert [w.partition(" feed")[0] for w in words] == ["“a”, “b”", "“c”, “d”"]
    cuts = [
        r.words for r in repairs(analysis.project, next(p for p in analysis.problems if p.code == "cycle"), analysis)
    ]
    assert not any("“q”" in w.partition(" to ")[2] and w.startswith("Take out") for w in cuts)


@pytest.mark.parametrize("length", [2, 3, 20_000])
def test_a_cycle_may_be_as_long_as_a_file(length: int) -> None:
    nodes = {f"n{n}": Node(id=f"n{n}", kind="relu", name=f"r{n}") for n in range(1, length + 1)}
    wires = {Port(f"n{n % length + 1}", "x"): Port(f"n{n}", "y") for n in range(1, length + 1)}
    (ring,) = Topology(Graph(nodes=nodes, wires=wires)).rings
    assert ring == tuple(nodes)


def test_blocks_in_two_circles_and_the_blocks_between_them() -> None:
    def holding(*names: str) -> Block:
        nodes = [Node(id=f"n{at}", kind=f"block:{name}", name=f"u{at}") for at, name in enumerate(names, 1)]
        return Block(graph=Graph(nodes={n.id: n for n in nodes}))

    uses = {
        "a": ("b",),
        "b": ("a", "p"),
        "p": ("q",),
        "q": ("c",),
        "c": ("d", "leaf"),
        "d": ("c",),
        "leaf": (),
        "own": ("own",),
    }
    nesting = Nesting({name: holding(*names) for name, names in uses.items()})
    recursive = {(sheet, block) for sheet, names in uses.items() for block in names if nesting.recursive(sheet, block)}
    assert recursive == {("a", "b"), ("b", "a"), ("c", "d"), ("d", "c"), ("own", "own")}
    assert (
        nesting.height["leaf"],
        nesting.height["c"],
        nesting.height["q"],
        nesting.height["p"],
        nesting.height["b"],
    ) == (1, 2, 3, 4, 5)


def test_networkx_is_loaded_only_for_a_cycle() -> None:
    """It takes longer to load than a network to be analysed."""
    code = (
        "import sys\nfrom tests.analysis.drawing import look\n"
        "look('i:input r:relu o:output i>r r>o')\nprint('networkx' in sys.modules)\n"
        "look('a:relu b:relu a>b b>a')\nprint('networkx' in sys.modules)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True, cwd=root
    )
    assert done.stdout.split() == ["False", "True"]
