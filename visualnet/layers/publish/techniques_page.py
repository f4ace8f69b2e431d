"""The reference of optimizers, schedules and guards, from their declarations: ``python -m visualnet.layers.publish.techniques_page``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from visualnet.core.storage import project_file
from visualnet.layers.declaration.notation import plain
from visualnet.layers.publish.docs_page import params_table
from visualnet.layers.recipe.guards import GUARDS
from visualnet.layers.recipe.node_training import NODE_TRAINING, PAPER
from visualnet.layers.recipe.optimizers import OPTIMIZERS
from visualnet.layers.recipe.schedules import SCHEDULES, WARM_UP
from visualnet.layers.recipe.technique import Technique

_HEAD = """# Optimizers, schedules, guards

What a recipe can say beside the network and its data. This page is written from the declarations in `visualnet/layers/recipe/`;
`python -m visualnet.layers.publish.techniques_page` writes it anew.

In a rule `g` is the gradient, `w` a weight, `η` the learning rate; `′` is what the step gives. In a file `lr`, `momentum`, `nesterov`,
`weight_decay` and `schedule` stand in the recipe itself, all other settings in its `options`, where they were set.
"""
_PARTS: Mapping[str, tuple[str, Mapping[str, Technique]]] = {
    "Optimizers": ("How a weight is moved by its gradient.", OPTIMIZERS),
    "Schedules": (
        "How the learning rate changes over the run. Lengths are in epochs, counted from the end of the warm-up. A rate that is set while "
        "the run goes on scales all that is still to come of its schedule.",
        {**SCHEDULES, WARM_UP.name: WARM_UP},
    ),
    "Guards": ("Each is off until its first field is set; they act in this order.", GUARDS),
}
_NODE = """## At a node

What a layer, or a block for all in it, says of its weights in its `training`: torch calls weights with options of their own a parameter
group. What a node in a block says counts before what the block says.
"""


def text() -> str:
    """The whole page."""
    chapters = [
        f"## {title}\n\n{words}\n\n" + "\n".join(_entry(kind) for kind in kinds.values())
        for title, (words, kinds) in _PARTS.items()
    ]
    node = f"{_NODE}\n{params_table(NODE_TRAINING)}\n\nPaper: {PAPER}.\n"
    return "\n".join([_HEAD, *chapters, node])


def _entry(kind: Technique) -> str:
    values = {name: param.default for name, param in kind.params.items()}
    rules = [f"{derived.lead} = {plain(derived.tree)}" for derived in kind.derivations(values)]
    called = f"`torch.{kind.torch}`" if kind.torch else ""
    parts = [
        f"### {kind.name}",
        " ".join(filter(None, (kind.words, f"{called}." if called else ""))),
        "```text\n" + "\n".join(rules) + "\n```" if rules else "",
        params_table(kind.params),
        f"Paper: {kind.paper}." if kind.paper else "",
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def path() -> Path:
    """Where the page stands in a checkout."""
    return Path(__file__).parents[3] / "docs" / "techniques.md"


if __name__ == "__main__":
    project_file.write(path(), text().encode())
