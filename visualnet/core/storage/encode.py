"""From a project's parts to the text of its file, the same text for the same part; ``decode`` reads it back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from visualnet.core.graph import Graph, Init, Node
from visualnet.core.project import (
    Block,
    DataChoice,
    DataFacts,
    FieldFacts,
    LearnerSpec,
    ParameterDescription,
    PreparationStep,
    Recipe,
    RunRef,
    SearchEntry,
    SearchSpec,
)
from visualnet.core.storage.decoding import decode_annotations

to_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def graph_text(graph: Graph, level: int) -> str:
    """A sheet: one node, one wire, one place a line, each in the order of the nodes."""
    order = {node_id: at for at, node_id in enumerate(graph.nodes)}
    wires = sorted(graph.wires.items(), key=lambda w: (order[w[0].node], len(w[0].port), w[0].port))
    parts = {
        "nodes": lines("[]", (to_json(_node(n)) for n in graph), level + 1),
        "wires": lines("[]", (f'["{s.node}.{s.port}", "{t.node}.{t.port}"]' for t, s in wires), level + 1),
    }
    if graph.places:
        spots = ((i, graph.places[i]) for i in order if i in graph.places)
        parts["layout"] = lines("{}", (f'"{i}": [{_px(x)}, {_px(y)}]' for i, (x, y) in spots), level + 1)
    if graph.spent:
        parts["spent"] = str(graph.spent)
    if graph.direction != "right":
        parts["direction"] = to_json(graph.direction)
    if graph.bends:
        bent = ((t, graph.bends[t]) for t, _ in wires if t in graph.bends)
        parts["bends"] = lines(
            "{}", (f'"{t.node}.{t.port}": {to_json([list(p) for p in b])}' for t, b in bent), level + 1
        )
    if graph.annotations:
        parts["remarks"] = lines(
            "[]", (to_json(decode_annotations.encode_annotation(r)) for r in graph.annotations.values()), level + 1
        )
    if graph.bookmarks:
        parts["bookmarks"] = to_json({name: list(view) for name, view in graph.bookmarks.items()})
    parts |= {k: to_json(v) for k, v in graph.extra.items()}
    return _object(parts, level)


def block_text(block: Block, level: int) -> str:
    """A block's definition."""
    parts = {}
    if block.note:
        parts["note"] = to_json(block.note)
    if block.params:
        parts["params"] = to_json(dict(block.params))
    if block.about:
        parts["about"] = to_json({name: _about(about) for name, about in block.about.items()})
    parts["graph"] = graph_text(block.graph, level + 1)
    return _object(parts | {k: to_json(v) for k, v in block.extra.items()}, level)


def _about(about: ParameterDescription) -> dict[str, Any]:
    fields = {"note": about.note or None, "low": about.low, "high": about.high}
    return {k: v for k, v in fields.items() if v is not None} | dict(about.extra)


def _object(parts: Mapping[str, str], level: int) -> str:
    pad = "  " * (level + 1)
    return "{\n" + ",\n".join(f"{pad}{to_json(k)}: {v}" for k, v in parts.items()) + "\n" + "  " * level + "}"


def lines(brackets: str, items: Iterable[str], level: int) -> str:
    pad = "  " * (level + 1)
    inner = ",\n".join(pad + item for item in items)
    return f"{brackets[0]}\n{inner}\n{'  ' * level}{brackets[1]}" if inner else brackets


def _px(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def _node(node: Node) -> dict[str, Any]:
    fields: dict[str, Any] = {"id": node.id, "kind": node.kind, "name": node.name}
    if node.params:
        fields["params"] = dict(node.params)
    if not node.trainable:
        fields["trainable"] = False
    if node.statistics != "fixed":
        fields["statistics"] = node.statistics
    if node.init != Init():
        fields["init"] = {"kind": node.init.kind, **node.init.params}
    if node.training:
        fields["training"] = dict(node.training)
    if node.shares is not None:
        fields["shares"] = node.shares
    if node.repeat != 1:
        fields["repeat"] = node.repeat
    if node.mode:
        fields["mode"] = node.mode
    if node.collapsed:
        fields["folded"] = True
    return {**fields, **node.extra}


def _own(value: Any, plain: Any) -> dict[str, Any]:
    """What differs from the defaults, then what this version does not know."""
    fields = {
        k: getattr(value, k) for k in value.__struct_fields__ if k != "extra" and getattr(value, k) != getattr(plain, k)
    }
    return {**fields, **getattr(value, "extra", {})}


def data_fields(data: DataChoice) -> dict[str, Any]:
    fields = {"name": data.name, **_own(data, DataChoice(name=data.name))}
    if data.facts is not None:
        fields["facts"] = {
            **_own(data.facts, DataFacts()),
            "fields": {name: _own(field, FieldFacts()) for name, field in data.facts.fields.items()},
        }
    if data.preparation:
        fields["preparation"] = [{"kind": s.kind, **_own(s, PreparationStep(kind=s.kind))} for s in data.preparation]
    return fields


def recipe_fields(recipe: Recipe) -> dict[str, Any]:
    # Written out in full: how a network was trained must not depend on what a later version takes for granted.
    # What came after the first format is left out where it is as it always was, so that old files stay as they are.
    plain = Recipe()
    names = ("best_by", "start_from", "schedule", "options", "learners", "procedure")
    later = {k for k in names if getattr(recipe, k) == getattr(plain, k)}
    fields = {k: getattr(recipe, k) for k in recipe.__struct_fields__ if k not in {"extra", *later}}
    if recipe.learners:
        fields["learners"] = [learner_fields(learner) for learner in recipe.learners]
    return {**fields, **recipe.extra}


def learner_fields(learner: LearnerSpec) -> dict[str, Any]:
    fields = {k: getattr(learner, k) for k in learner.__struct_fields__ if k != "extra"}
    return {**fields, "options": dict(learner.options), **learner.extra}


def run_fields(run: RunRef) -> dict[str, Any]:
    fields = _own(replace(run, folder=Path(run.folder).name), RunRef(id=""))
    return {**fields, "summary": dict(run.summary)} if run.summary else fields


def search_fields(search: SearchSpec) -> dict[str, Any]:
    # In full, as the recipe: what was searched does not depend on what a later version takes for granted.
    fields = {k: getattr(search, k) for k in search.__struct_fields__ if k not in ("entries", "extra")}
    entries = [{"address": e.address, **_own(e, SearchEntry(address=e.address))} for e in search.entries]
    return {"entries": entries, **fields, **search.extra}
