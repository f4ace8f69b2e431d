"""How the weights of one node are trained where that differs from the recipe: a rate, a decay and a beginning of their own.

torch calls weights with options of their own a parameter group. A node holds what was chosen for it, a block's node for all inside;
what a node within a block says itself counts before what the block's node says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from visualnet.core.expressions import Scope
from visualnet.core.graph import LEARNER, Value
from visualnet.core.names import fault_in_name
from visualnet.layers.declaration.params import Float, Int
from visualnet.layers.recipe.technique import declare_live

PAPER = "Howard and Ruder 2018, Universal Language Model Fine-tuning for Text Classification, arXiv:1801.06146"
"""Where rates of their own for each layer, and unfreezing one layer after the other, are described."""
NODE_TRAINING = declare_live(
    lr_factor=Float(
        1.0,
        "The learning rate of these weights is the recipe's times this.",
        low=0,
        high=1e6,
        title="Rate ×",
        more=True,
    ),
    weight_decay=Float(
        None,
        "How much these weights shrink at each step; empty: as the recipe says.",
        low=0,
        high=1e6,
        none="recipe's",
        title="Own decay",
        more=True,
    ),
    unfreeze_at=Int(
        0,
        "The epochs at the beginning in which these weights stay as they are; 0: they are trained from the first step.",
        low=0,
        high=1_000_000,
        title="Frozen epochs",
        more=True,
    ),
)
"""What a node can say of how its weights are trained, by name. Beside it stands by whom: ``core.graph.LEARNER``."""


class UnreadableTraining(ValueError):
    """What a node says of its training cannot be used: for each fault the name and the words."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("; ".join(faults.values()))
        self.faults = dict(faults)


def describe_training(training: Mapping[str, Any], loss: bool = False) -> str:
    """What is said of a node's training, in words: ``trained at 0.1 of the rate, frozen for 3 epochs``."""
    words = [f"{'lowered' if loss else 'trained'} by “{training[LEARNER]}”"] if LEARNER in training else []
    if (factor := training.get("lr_factor", 1.0)) != 1:
        words.append(f"trained at {factor:g} × the learning rate")
    if (decay := training.get("weight_decay")) is not None:
        words.append(f"weight decay {decay:g}")
    if epochs := training.get("unfreeze_at", 0):
        words.append(f"frozen for the first {epochs:,} epochs" if epochs > 1 else "frozen for the first epoch")
    return ", ".join(words) or "trained as the recipe says"


def read_training(raw: Mapping[str, Value], scope: Scope | None = None) -> dict[str, Any]:
    """What is said, as figures; what is not said is left out, and so is what this version does not know.

    Raises:
        UnreadableTraining: a value cannot be used.
    """
    found: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for name, value in raw.items():
        if (param := NODE_TRAINING.get(name)) is not None:
            try:
                found[name] = param.read(value, scope or {})
            except ValueError as error:
                faults[name] = str(error)
    if (learner := raw.get(LEARNER, "")) and isinstance(learner, str) and not fault_in_name(learner):
        found[LEARNER] = learner
    elif learner != "":
        faults[LEARNER] = (
            fault_in_name(learner) if isinstance(learner, str) else f"{LEARNER} wants the name of a learner"
        )
    if faults:
        raise UnreadableTraining(faults)
    return found
