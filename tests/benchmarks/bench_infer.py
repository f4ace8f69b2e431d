"""How long inference takes: a thousand nodes edited at both ends, wired anew, and looked at for the first time."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise
from statistics import median

from visualnet.analysis import infer
from visualnet.core import edits
from visualnet.core.graph import Graph, Node, Port
from visualnet.core.project import MAIN, Project

Row = tuple[str, float, str, str]


def chain(nodes: int) -> Project:
    """Input, then convolutions and ReLUs in turn, then an output."""
    made = [Node(id="n1", kind="input", name="input1", params={"size": (3, 32, 32)})]
    for i in range(2, nodes):
        conv = i % 2 == 0
        params = {"out_channels": 8, "padding": 1} if conv else {}
        made.append(Node(id=f"n{i}", kind="conv2d" if conv else "relu", name=f"layer{i}", params=params))
    made.append(Node(id=f"n{nodes}", kind="output", name="output1"))
    ends = {"input": ("", "x"), "conv2d": ("image", "features"), "relu": ("x", "y"), "output": ("x", "")}
    wires = {Port(b.id, ends[b.kind][0]): Port(a.id, ends[a.kind][1]) for a, b in pairwise(made)}
    return Project(graph=Graph(nodes={n.id: n for n in made}, wires=wires))


def _timed(edit: Callable[[Project, int], Project], count: int, size: int) -> float:
    """The median time of so many edits in succession, in ms."""
    project = chain(size)
    analysis = infer(project)
    times = []
    for number in range(count):
        project = edit(project, number)
        start = time.perf_counter()
        analysis = infer(project, analysis)
        times.append((time.perf_counter() - start) * 1000)
    return median(times)


def run() -> list[Row]:
    """The rows of the table: name, value, unit, note."""

    def at_input(project: Project, number: int) -> Project:
        return edits.set_params(project, MAIN, ["n1"], {"size": (3, 33 + number, 32)})

    def at_end(project: Project, number: int) -> Project:
        return edits.set_params(project, MAIN, ["n998"], {"out_channels": 9 + number % 7})

    def wire(project: Project, number: int) -> Project:
        target = Port("n999", "x")
        source = Port("n998", "features")
        return edits.connect(project, MAIN, source, target) if number % 2 else edits.disconnect(project, MAIN, target)

    start = time.perf_counter()
    infer(chain(20_000))
    whole = (time.perf_counter() - start) * 1000
    return [
        (
            "infer: edit at the input, 1,000 nodes",
            _timed(at_input, 15, 1000),
            "ms",
            "every shape changes; promise ≤ 16 with the canvas",
        ),
        ("infer: edit at the end, 1,000 nodes", _timed(at_end, 51, 1000), "ms", "the wave is two nodes long"),
        ("infer: a wire drawn or taken out, 1,000 nodes", _timed(wire, 21, 1000), "ms", "a new order of the nodes"),
        ("infer: 20,000 nodes for the first time", whole, "ms", ""),
    ]


if __name__ == "__main__":
    for name, value, unit, note in run():
        print(f"{name:50} {value:8.2f} {unit}  {note}")
