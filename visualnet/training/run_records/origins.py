"""Where a run came from: found in its project where nobody said it, and in words."""

from __future__ import annotations

from visualnet.core.project import Project
from visualnet.training.run_records.record import EPOCH_WEIGHTS, NETWORK, Origin

CHECKPOINTS = {"best": "best epoch", "last": "end", "before-last": "checkpoint before the last"}


def describe_checkpoint(name: str) -> str:
    """What a run's checkpoint is, as *its …*: ``best epoch``, ``best epoch before its network was changed``."""
    if found := EPOCH_WEIGHTS.fullmatch(name):
        return f"epoch {int(found[1]):,}"
    if not (found := NETWORK.fullmatch(name)):
        return CHECKPOINTS.get(name, name or "run")
    number = int(found[1])
    if not number:
        return "best epoch before its network was changed"
    return f"best epoch after change {number:,} of its network"


def origin_of(project: Project) -> Origin | None:
    """What the recipe's ``start_from`` says of where the first weights come from; None where the run begins with its own.

    ``runs/FOLDER/best`` is a branch of that run, weights only; others (``weights/NAME``, ``trained/TEMPLATE``) are of kind
    ``weights``, with their name in the place of the run.
    """
    place, _, rest = project.recipe.start_from.partition("/")
    if not rest:
        return None
    if place == "runs":
        folder, _, checkpoint = rest.rpartition("/")
        return Origin(kind="branch", run=folder, checkpoint=checkpoint)
    return Origin(kind="weights", run=rest)


def describe_origin(origin: Origin, run: str = "") -> str:
    """In words, on a line; ``run`` is what the run that it comes from is called, if not by its folder."""
    run = run or origin.run
    if origin.kind == "branch":
        what = "weights and optimizer" if origin.optimizer else "weights"
        return f"branch of {run}: {what} of its {describe_checkpoint(origin.checkpoint)}"
    if origin.kind == "again":
        return f"{run} once more"
    words = {"weights": "begins with the weights", "search": "search", "experiment": "experiment"}
    return f"{words.get(origin.kind, origin.kind)} {run}".strip()
