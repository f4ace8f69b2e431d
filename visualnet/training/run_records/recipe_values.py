"""How a project is trained, on what and with which constants, as plain values by address.

The addresses are those by which experiments vary a project (`experiments/places.py`): ``lr``, ``momentum``, ``data.n``,
``constant.width``. Where there are several learners, each says its own: ``generator.lr``.
"""

from __future__ import annotations

from typing import Any

from visualnet.core.project import Project
from visualnet.core.storage.encode import learner_fields, recipe_fields
from visualnet.training.run_records.bounded_file import Plain, plain_values


def recipe_values(project: Project) -> dict[str, Plain]:
    """Every number, text and truth value of a project's recipe, choice of data and constants, by address."""
    recipe = project.recipe
    fields = recipe_fields(recipe)
    learners = fields.pop("learners", ())
    options: Any = fields.pop("options", {})
    fields |= {name: value for name, value in options.items() if name not in fields}
    if learners:
        for name in ("optimizer", "lr", "momentum", "nesterov", "weight_decay"):
            fields.pop(name, None)
    for learner in recipe.learners:
        own = learner_fields(learner)
        own |= own.pop("options", {})
        fields |= {f"{learner.name}.{key}": value for key, value in own.items() if key != "name"}
    fields["data"] = project.data.name
    fields |= {f"data.{name}": value for name, value in project.data.options.items()}
    fields |= {f"constant.{name}": value for name, value in project.constants.items()}
    return plain_values(fields)
