"""Where a network has attention weights: at a port of its own, or inside a layer that does not hand them out."""

from __future__ import annotations

from typing import Literal

from visualnet.analysis import Analysis
from visualnet.analysis.facts import NodeFacts
from visualnet.training.observations.observation import Subject
from visualnet.training.observations.subjects import MOST_REPETITIONS

PORT = "weights"
PROJECTION = ".in_proj_weight"
"""What the weights of an attention layer inside another layer are called, behind its own name."""


def hands_out(facts: NodeFacts) -> bool:
    """Whether a node tells who looks at whom: an output of weights over (heads, queries, sources)."""
    spec = facts.leaving.get(PORT)
    return facts.layer is not None and spec is not None and len(spec.shape) in (2, 3)


def inner_names(facts: NodeFacts) -> tuple[str, ...]:
    """The attention layers inside a layer that does not hand out their weights, as torch names them: ``layers.0.self_attn``."""
    if facts.layer is None or PORT in facts.outputs:
        return ()
    return tuple(name.removesuffix(PROJECTION) for name in facts.weights if name.endswith(PROJECTION))


def attention_subjects(analysis: Analysis, shape: Literal["any", "square"] = "any") -> list[Subject]:
    """All attention in the order of the drawing, each repetition of a block by itself; ``square``: where queries and sources are as
    many, as in self-attention. The second part of a subject is the port, or the name of a layer inside."""
    found: list[Subject] = []
    for path, facts in analysis.walk():
        names: tuple[str, ...] = inner_names(facts)
        if hands_out(facts):
            *_, queries, sources = facts.leaving[PORT].shape
            names = (PORT,) if shape == "any" or queries == sources else ()
        if names:
            found += [(each, name) for each in analysis.repetitions(path, MOST_REPETITIONS) for name in names]
    return found


def attention_name(analysis: Analysis, subject: Subject) -> str:
    """What one of them is called: by its node, and by the layer inside where there are several."""
    path, port = subject
    name = analysis.name_of(path)
    return name if port == PORT else f"{name} › {port}"
