"""Valid projects broken in one place, and how often the repairs bring them back."""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from tests.graphs import random_project
from visualnet.analysis import Analysis, infer
from visualnet.analysis.repair.search import Repair, repairs
from visualnet.core import edits
from visualnet.core.graph import Graph, Node
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.layers import LAYERS
from visualnet.layers.declaration.params import Bool, Choice, Int, Ints

TEMPLATES = Path(__file__).parents[2] / "resources" / "templates"


class Broken(NamedTuple):
    """A project with one fault, how it came about, and the one before."""

    how: str
    what: str
    project: Project
    whole: Project


def one_break(rng: random.Random, project: Project) -> Broken | None:
    """Change one parameter, take out a wire, swap its source, or delete a node; None if the project stays valid."""
    sheet = rng.choice([name for name, graph in project.sheets() if graph.nodes])
    graph = project.sheet(sheet)
    how = rng.choice(("parameter", "wire", "source", "node"))
    try:
        changed, what = _BREAKS[how](rng, project, sheet, graph)
    except (ValueError, IndexError):
        return None
    if not infer(changed).errors():
        return None
    return Broken(how, f"{sheet or 'main'}: {what}", changed, project)


def _parameter(rng: random.Random, project: Project, sheet: str, graph: Graph) -> tuple[Project, str]:
    node = rng.choice([n for n in graph if n.kind in LAYERS and LAYERS[n.kind].params])
    name, param = rng.choice(
        [(n, p) for n, p in LAYERS[node.kind].params.items() if isinstance(p, Int | Ints | Bool | Choice)]
    )
    now = node.params.get(name, param.default)
    new: Any
    if isinstance(param, Int) and isinstance(now, int):
        new = rng.choice([now + 1, now - 1, now * 2, now // 2, now + 3, rng.randint(param.low, param.low + 8)])
    elif isinstance(param, Ints) and isinstance(now, tuple) and now:
        at = rng.randrange(len(now))
        one = rng.choice(
            [n for n in (now[at] + 1, now[at] - 1, now[at] + 2, now[at] * 2) if n != now[at]]
            if isinstance(now[at], int)
            else [2]
        )
        new = rng.choice([(*now[:at], one, *now[at + 1 :]), (one,) * len(now) if param.rank else (*now, one)])
    elif isinstance(param, Bool):
        new = not now
    elif isinstance(param, Choice):
        new = rng.choice(list(param.options))
    else:
        new = rng.randint(1, 7)
    return edits.set_params(project, sheet, [node.id], {name: new}), f"{node.name}.{name} {now} → {new}"


def _wire(rng: random.Random, project: Project, sheet: str, graph: Graph) -> tuple[Project, str]:
    target = rng.choice(list(graph.wires))
    return edits.disconnect(project, sheet, target), f"wire {graph.wires[target]} → {target}"


def _source(rng: random.Random, project: Project, sheet: str, graph: Graph) -> tuple[Project, str]:
    target = rng.choice(list(graph.wires))
    source = rng.choice(
        [s for s in dict.fromkeys(graph.wires.values()) if s != graph.wires[target] and s.node != target.node]
    )
    return edits.connect(project, sheet, source, target), f"{target} from {graph.wires[target]} to {source}"


def _node(rng: random.Random, project: Project, sheet: str, graph: Graph) -> tuple[Project, str]:
    node = rng.choice(list(graph))
    return edits.remove(project, sheet, [node.id]), f"without {node.name} ({node.kind})"


_BREAKS = {"parameter": _parameter, "wire": _wire, "source": _source, "node": _node}


class Tried(NamedTuple):
    """What the repairs of a broken project came to."""

    valid: bool
    original: bool
    seconds: float
    found: list[Repair]


def tried(broken: Broken, seconds: float = 0.4) -> Tried:
    """Ask for the repairs of the first errors, as a person would, until one of them makes all well."""
    analysis: Analysis = infer(broken.project)
    worst, original, shown = 0.0, False, []
    for problem in analysis.errors()[:3]:
        start = time.thread_time()
        found = repairs(broken.project, problem, analysis, seconds=seconds)
        worst = max(worst, time.thread_time() - start)
        shown += found
        original = original or any(_same(r.edit(broken.project), broken.whole) for r in found[:3])
        if any(r.after == 0 for r in found):
            return Tried(True, original, worst, shown)
    return Tried(False, original, worst, shown)


def _same(a: Project, b: Project) -> bool:
    """Whether two projects are drawn alike: defaults may be written or left out, and numbers as expressions."""
    for (name, mine), (_, theirs) in zip(a.sheets(), b.sheets(), strict=True):
        if mine.wires != theirs.wires or mine.nodes.keys() != theirs.nodes.keys():
            return False
        scope = {**b.constants, **(b.blocks[name].params if name else {})}
        for i, node in mine.nodes.items():
            other = theirs.nodes[i]
            if node is not other and (node.kind != other.kind or _values(node, scope) != _values(other, scope)):
                return False
    return True


def _values(node: Node, scope: dict[str, Any]) -> Any:
    kind = LAYERS.get(node.kind)
    if kind is None:
        return node.params
    try:
        return kind(node.params, scope).values()
    except ValueError:
        return node.params


def templates() -> list[Project]:
    """Those of the first group: small enough to be broken and mended many times."""
    names = ("gru-rows", "lenet5", "mlp-mnist", "perceptron-points", "resnet-small", "vit-small")
    return [project_file.load(TEMPLATES / f"{name}.vnet") for name in names]


def measure(
    count: int, seed: int = 0, say: bool = False, seconds: float = 0.4
) -> dict[str, tuple[int, int, int, float]]:
    """For each kind of break, and ``all``: how many, made valid, the original among the first three, the longest time."""
    rng = random.Random(seed)
    ready = templates()
    rows: dict[str, Counter[str]] = {}
    longest: Counter[str] = Counter()
    done = 0
    while done < count:
        project = rng.choice(ready) if rng.random() < 0.5 else random_project(rng.randrange(10_000))
        broken = one_break(rng, project)
        if broken is None:
            continue
        done += 1
        result = tried(broken, seconds)
        for row in (broken.how, "all"):
            rows.setdefault(row, Counter()).update({"n": 1, "valid": result.valid, "original": result.original})
            longest[row] = max(longest[row], result.seconds)  # type: ignore[assignment]
        if say and not (result.valid and result.original):
            print(f"[{'valid' if result.valid else 'LOST'}] {broken.how}: {broken.what} in {project.name}")
            for problem in infer(broken.project).errors()[:2]:
                print("     ", problem.code, problem.node, problem.words)
            for repair in result.found[:4]:
                print("        -", repair.after, f"{repair.cost:.2f}", repair.words)
    return {row: (c["n"], c["valid"], c["original"], longest[row]) for row, c in rows.items()}


if __name__ == "__main__":
    import sys

    for row, (n, valid, original, longest) in measure(int(sys.argv[1]), int(sys.argv[2]), "-v" in sys.argv).items():
        print(f"{row:10} {n:5} valid {valid / n:.3f} original {original / n:.3f} longest {longest * 1000:.0f} ms")
