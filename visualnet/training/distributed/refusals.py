"""What several processes cannot train together, said before anything starts."""

from __future__ import annotations

from visualnet.core.project import Project
from visualnet.core.text.format import format_quantity
from visualnet.layers.recipe.procedure_declaration import SUPERVISED


def check(project: Project, size: int) -> None:
    """Refuse what ``size`` processes cannot train as one would.

    Raises:
        ValueError: the words name the setting, and a way out.
    """
    recipe = project.recipe
    way_out = "train it with one process"
    if recipe.procedure != SUPERVISED:
        raise ValueError(f"several processes cannot train by the procedure “{recipe.procedure}”: {way_out}")
    if recipe.learners:
        names = " and ".join(f"“{learner.name}”" for learner in recipe.learners)
        raise ValueError(f"several processes cannot train several learners ({names}) in turn: {way_out}")
    if recipe.batch_size < size:
        samples = format_quantity(recipe.batch_size, "sample")
        raise ValueError(
            f"a batch of {samples} cannot be shared by {size} processes: set --batch-size {size} or more, or start fewer"
        )
