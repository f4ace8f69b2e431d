"""The reference of observations, from their declarations: ``python -m tests.generators.observation_docs`` writes it."""

from __future__ import annotations

from pathlib import Path

from visualnet.layers.publish.docs_page import params_table
from visualnet.training.observations.observation import FAMILIES, Observation, find_observations

PAGE = Path(__file__).parent.parent.parent / "docs" / "observations.md"

HEAD = """# Observations

What can be looked at in a network, with how it is read. This page is written from the declarations in
`visualnet/training/observations/`; `python -m tests.generators.observation_docs` writes it anew.
[How to read your network](guide/see-inside.md) shows them at work.

In the window they are pictures of the panel *See inside*, those of a sheet are seen on its cards and wires. `visualnet watch X --observe
NAME --at NODE --option NAME=VALUE -o FILE` computes one from the command line, as a picture (PNG, SVG), a table (CSV) or arrays (NPZ);
`visualnet train X --record NAME@NODE` keeps one over a training. Nothing that is observed changes a weight, a gradient or a random number.
"""
ABOUT = {
    "output": "an output of a node",
    "weights": "the weights of a node",
    "network": "the whole network",
    "sheet": "all cards or wires of a sheet",
}


def text() -> str:
    """The whole page."""
    kinds = find_observations().values()
    chapters = [HEAD]
    for family in FAMILIES:
        entries = [_entry(kind) for kind in kinds if kind.family == family]
        if entries:
            chapters.append("\n\n".join((f"## {family}", *entries)) + "\n")
    return "\n".join(chapters)


def _entry(kind: type[Observation]) -> str:
    pace = "Live while a network trains." if kind.live else "Computed when it is asked for, beside the training."
    unit = f" Unit: {kind.unit}." if kind.unit else ""
    about = f"Looks at {ABOUT[kind.about]}. {pace}{unit}"
    parts = (f"### {kind.title}", f"`{kind.name}`: {kind.summary()}", kind.reading, about, params_table(kind.params))
    return "\n\n".join(filter(None, parts))


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
