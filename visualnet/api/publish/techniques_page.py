"""The reference of what a recipe can say, from its declarations: ``python -m visualnet.api.publish.techniques_page``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from visualnet.core.storage import project_file
from visualnet.layers.declaration.notation import plain
from visualnet.layers.publish.docs_page import params_table
from visualnet.layers.recipe.guards import GUARDS
from visualnet.layers.recipe.machine import MACHINE, Switch
from visualnet.layers.recipe.node_training import NODE_TRAINING, PAPER
from visualnet.layers.recipe.optimizers import OPTIMIZERS
from visualnet.layers.recipe.schedules import SCHEDULES, WARM_UP
from visualnet.layers.recipe.technique import Technique
from visualnet.training.recipe.procedures import PROCEDURES

_HEAD = """# Optimizers, schedules, guards, procedures, machine

What a recipe can say beside the network and its data. This page is written from the declarations in `visualnet/layers/recipe/`
and `visualnet/training/loop/procedures/kinds/`; `python -m visualnet.api.publish.techniques_page` writes it anew.

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
    "Procedures": (
        "What a round of training does. The recipe's `procedure` names one; its settings are about the whole run.",
        PROCEDURES,
    ),
    "Machine": (
        "How the machine computes: about the whole run, whatever its learners do. Each is off until its first field is set. What a "
        "machine cannot do is refused, or left out and said.",
        MACHINE,
    ),
}
_NODE = """## At a node

What a layer, or a block for all in it, says of its weights in its `training`: torch calls weights with options of their own a parameter
group. What a node in a block says counts before what the block says.
"""
_LEARNERS = """
## Several learners

Networks that learn against each other (a generator and a discriminator) or beside each other are trained by learners: each has an
optimizer, a schedule and guards of its own, and makes `steps` steps in a round. Epochs, batch size, seed, device, the value of the best
epoch and early stopping are the run's. A recipe without learners is the one learner itself.

- **Which losses** a learner lowers is said at the loss nodes, in their `training`: `"training": {"learner": "generator"}`. With more than
  one learner each loss must name its own.
- **Which weights** it trains is said at layers, or at a block for all in it. A layer of which nothing is said is trained by the first
  learner that no node names and whose losses reach it. Shared weights are trained as their owner says.
- **A round** is one batch: the learners in their order, each as many steps as it makes, all on the same batch. A learner's step runs only
  the nodes that its losses need (a block is run whole), and asks gradients for its own weights alone: the others are constants meanwhile,
  also without a Detach node. Whatever draws random numbers draws anew in each of these runs, and in each of them the normalizations
  that it passes take in the batch.
- **What is told**: a step is a round. Each loss and metric has the value of the last run in the round that computed it, `NAME loss` is
  what a learner lowers, `loss` the sum of all. A metric that no learner's losses rest on is known on the validation set only. On a GPU
  the loss of each step is read at once, before the step is made.
- **The best epoch** is the last one, once a second learner is added: no learner lowers the sum, and of networks against each other it says
  nothing. The recipe may name a value instead (`best_by`: `NAME loss`, `loss`, a metric); a file that says nothing goes on by the sum.
- **A rate set while it runs** multiplies those of all learners alike.
"""


def text() -> str:
    """The whole page."""
    chapters = [
        f"## {title}\n\n{words}\n\n" + "\n".join(_entry(kind) for kind in kinds.values())
        for title, (words, kinds) in _PARTS.items()
    ]
    node = f"{_NODE}\n{params_table(NODE_TRAINING)}\n\nPaper: {PAPER}.\n"
    return "\n".join([_HEAD, *chapters, node + _LEARNERS])


def _entry(kind: Technique) -> str:
    values = {name: param.default for name, param in kind.params.items()}
    rules = [f"{derived.lead} = {plain(derived.tree)}" for derived in kind.derivations(values)]
    called = f"`torch.{kind.torch}`" if kind.torch else ""
    parts = [
        f"### {kind.name}",
        " ".join(filter(None, (kind.words, f"{called}." if called else ""))),
        "```text\n" + "\n".join(rules) + "\n```" if rules else "",
        f"- Gives: {kind.gives}\n- Costs: {kind.costs}" if isinstance(kind, Switch) else "",
        params_table(kind.params),
        f"Paper: {kind.paper}." if kind.paper else "",
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def path() -> Path:
    """Where the page stands in a checkout."""
    return Path(__file__).parents[3] / "docs" / "techniques.md"


if __name__ == "__main__":
    project_file.write(path(), text().encode())
