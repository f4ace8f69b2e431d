"""Which wires are offered between cards, and what a search finds, as a page to be read: `python -m tests.analysis.connect.wires`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from tests.analysis.drawing import graph, project
from tests.generators.pages import join_sections
from visualnet.analysis import infer
from visualnet.analysis.connect import best_ports
from visualnet.analysis.connect.check import Acceptance
from visualnet.analysis.connect.insert_node import fitting_kinds, insert_node
from visualnet.analysis.connect.layer_search import entries, search
from visualnet.analysis.connect.replace_kind import replace_kind, shared_params
from visualnet.core.graph import Port
from visualnet.core.project import Block
from visualnet.layers import LAYERS

PAGE = Path(__file__).with_name("wires.txt")
PART = Block(
    graph=graph("x:input c:conv2d y:output x>c c>y", x={"size": (3, 8, 8)}, c={"out_channels": "width"}),
    params={"width": 4},
)
MADE = project(
    "i:input w:input c:conv2d f:linear r:relu a:add m:multihead_attention e:embedding s:softmax t:target l:cross_entropy"
    " k:concatenate b:block:part z:hologram o:output i>c c>r r>a",
    {"part": PART},
    i={"size": (3, 8, 8)},
    w={"size": (9,), "dtype": "int"},
    c={"out_channels": 3, "padding": 1},
)
QUERIES = (
    "conv", "conv 64", "conv 64 k5 s2", "c2d", "conv2d 5x5 16 s2 p1", "lin 10", "linear 10 bias=no", "drop 0.3",
    "pool", "max pool 3", "relu",
    "part", "part x3", "part width=8", "norm", "atten 8", "lstm 32 2", "softmax dim=1", "cross", "emb 100 8", "zzz",
    "", "add 3", "k5 conv", "flat",
)  # fmt: skip
CHANGES = (
    ("n3", "conv_transpose2d"),
    ("n3", "max_pool2d"),
    ("n5", "gelu"),
    ("n6", "multiply"),
    ("n6", "linear"),
    ("n4", "conv1d"),
    ("n3", "block:part"),
)


def page() -> str:
    """All of it."""
    return join_sections(SECTIONS)


def _acceptance() -> Acceptance:
    return Acceptance(MADE, "", (), infer(MADE), None)


def _joins() -> Iterator[str]:
    accept, names = _acceptance(), {n.id: n.name for n in MADE.graph}
    for a in names:
        for b in names:
            best = best_ports.best_join(accept, a, b)
            told = ", ".join(
                f"{join.source.port}→{join.target.port}" for join in best_ports.all_joins(accept, a, b)[:6]
            )
            yield f"{names[a]} to {names[b]}: {f'{best.source.port}→{best.target.port}' if best else 'none'} of [{told}]"


def _verdicts() -> Iterator[str]:
    accept, facts = _acceptance(), infer(MADE).main.nodes
    sources = [Port(i, port) for i, f in facts.items() for port in f.outputs]
    targets = [Port(i, port) for i, f in facts.items() for port in f.inputs]
    for target in targets:
        answers: dict[str, list[str]] = {}
        for source in sources:
            verdict = accept.verdict(source, target)
            sign = ("fits" if verdict.fits else "no") + (
                "" if accept.likely(source, target) == verdict.fits else " (not foreseen)"
            )
            answers.setdefault(f"{sign}: {verdict.words}", []).append(f"{facts[source.node].node.name}.{source.port}")
        yield f"into {facts[target.node].node.name}.{target.port}"
        yield from (f"  {', '.join(names)} {answer}" for answer, names in answers.items())


def _kinds() -> Iterator[str]:
    analysis = infer(MADE)
    for source, target in (("n1", ""), ("n2", ""), ("n4", ""), ("", "n4"), ("", "n7"), ("", "n8"), ("", "n11")):
        start = Port(source, next(iter(analysis.main.nodes[source].outputs))) if source else None
        end = Port(target, next(iter(analysis.main.nodes[target].inputs))) if target else None
        found = fitting_kinds(MADE, "", (), analysis, start, end) or []
        yield f"{source or '–'} to {target or '–'}: {len(found)}: {' '.join(kind for kind in found if not kind.startswith('library'))}"


def _insertions() -> Iterator[str]:
    analysis = infer(MADE)
    wire = Port("n5", "x")
    for kind in (
        "relu",
        "linear",
        "conv2d",
        "add",
        "concatenate",
        "input",
        "output",
        "block:part",
        "multihead_attention",
    ):
        for title, ends in (
            ("into a wire", {"insert": wire}),
            ("behind", {"source": Port("n3", "features")}),
            ("before", {"target": Port("n4", "x")}),
        ):
            after, node_id = insert_node(MADE, "", (), analysis, kind, (8.0, 8.0), **ends)
            node = after.graph.nodes[node_id]
            wires = [
                f"{s.node}.{s.port}>{t.node}.{t.port}"
                for t, s in after.graph.wires.items()
                if MADE.graph.wires.get(t) != s
            ]
            yield f"{kind} {title}: {node.name} {dict(node.params)} {' '.join(wires)}"


def _replacements() -> Iterator[str]:
    for node_id, kind in CHANGES:
        after = replace_kind(MADE, "", [node_id], kind)
        node = after.graph.nodes[node_id]
        gone = [f"{t.node}.{t.port}" for t in MADE.graph.wires if t not in after.graph.wires]
        wires = [
            f"{s.node}.{s.port}>{t.node}.{t.port}" for t, s in after.graph.wires.items() if MADE.graph.wires.get(t) != s
        ]
        yield f"{node_id} as {kind}: {node.name} {dict(node.params)} new {' '.join(wires)} gone {' '.join(gone)}"
    for kind in ("conv2d", "conv1d", "linear", "block:part"):
        params = {"out_channels": 7, "kernel_size": (3, 5), "bias": False, "width": 2, "x": 1}
        yield f"shared with {kind}: {shared_params(params, kind, MADE, {})}"


def _searches() -> Iterator[str]:
    found = entries(MADE, "")
    for query in QUERIES:
        results = search(query, found, MADE, {"linear": 3, "relu": 30, "conv2d": 1})
        shown = [f"{r.entry.label}{f' [{r.given_text}]' if r.given_text else ''}" for r in results[:7]]
        yield f"“{query}” {len(results)}: {', '.join(shown)}"
    yield f"of {len(found)}, {sum(entry.kind in LAYERS for entry in found)} of them layers"


SECTIONS: dict[str, Callable[[], Iterator[str]]] = {
    "which ports join two cards": _joins,
    "whether a wire fits": _verdicts,
    "which kinds fit": _kinds,
    "a new node": _insertions,
    "another kind": _replacements,
    "searches": _searches,
}


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
