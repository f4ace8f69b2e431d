"""Opening, saving and editing a graph of 1,000 nodes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from visualnet.analysis import infer
from visualnet.core import edits
from visualnet.core.diff import diff
from visualnet.core.document import Document
from visualnet.core.graph import Graph, Node, Port
from visualnet.core.project import Project
from visualnet.core.storage import project_file

ROUNDS = 15


def chain(count: int) -> Project:
    """Convolutions and activations in a row."""
    nodes, wires, places = {"n1": Node(id="n1", kind="input", name="image")}, {}, {"n1": (0.0, 0.0)}
    last = Port("n1", "x")
    for i in range(2, count + 1):
        conv = i % 2 == 0
        node_id = f"n{i}"
        params = {"padding": 1} if conv else {}
        nodes[node_id] = Node(id=node_id, kind="conv2d" if conv else "relu", name=f"layer{i}", params=params)
        wires[Port(node_id, "image" if conv else "x")] = last
        places[node_id] = (240.0 * (i % 40), 128.0 * (i // 40))
        last = Port(node_id, "features" if conv else "y")
    return Project(graph=Graph(nodes=nodes, wires=wires, places=places))


def median_ms(work: Callable[[], object]) -> float:
    """Milliseconds, the median of some rounds."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return 1000 * statistics.median(times)


def run() -> list[tuple[str, float, str, str]]:
    """Open and save; edit at both ends, with undo."""
    project = chain(1000)
    data = project_file.dumps(project)
    analysis = infer(project)
    document = Document(project)

    def edit_and_undo() -> None:
        document.do("Set padding", lambda p: edits.set_params(p, "", ["n500"], {"padding": 2}))
        diff(project.graph, document.project.graph)
        document.undo()

    def edited(node: str) -> Callable[[], object]:
        after = edits.set_params(project, "", [node], {"padding": 2})
        return lambda: infer(after, analysis)

    return [
        (
            "read and check 1,000 nodes",
            median_ms(lambda: project_file.loads(data, "x.vnet")),
            "ms",
            f"{len(data) // 1024} KiB",
        ),
        ("infer all of them", median_ms(lambda: infer(project)), "ms", "open ≤ 500 ms in all"),
        ("write 1,000 nodes", median_ms(lambda: project_file.dumps(project)), "ms", ""),
        ("edit, diff and undo in the middle", median_ms(edit_and_undo), "ms", ""),
        (
            "re-infer after an edit at the first layer",
            median_ms(edited("n2")),
            "ms",
            "all 1,000 shapes change; edit ≤ 16 ms in all",
        ),
        ("re-infer after an edit at the last layer", median_ms(edited("n1000")), "ms", ""),
    ]
