"""Trained weights that come with the program, one file for a small network of the start page (made by ``packaging/trained``)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from visualnet.core.project import Project
from visualnet.core.storage.regular_files import read_regular
from visualnet.core.text.format import format_number, format_percent
from visualnet.resources import resource
from visualnet.templates.index import template_list
from visualnet.templates.small_versions import template_of

PLACE = "trained"


class PretrainedWeights(NamedTuple):
    """Trained weights of a template: its name and title, after which epoch they were kept, what was measured on the validation set."""

    name: str
    title: str
    epoch: int
    validation: Mapping[str, float]

    @property
    def reference(self) -> str:
        """How a recipe names them."""
        return f"{PLACE}/{self.name}"

    @property
    def figure(self) -> str:
        """The first measure that is no loss, in words; the loss where there is none."""
        measures = [item for item in self.validation.items() if item[0] != "loss"]
        name, value = next(iter(measures), ("loss", self.validation["loss"]))
        return f"{name} {format_percent(value) if measures and 0 <= value <= 1 else format_number(value)}"


@lru_cache(maxsize=1)
def shipped_weights() -> tuple[PretrainedWeights, ...]:
    """All that come with the program, in the order of the start page."""
    index = resource(PLACE, "index.json")
    if not index.is_file():
        return ()
    titles = {template.name: template.title for template in template_list()}
    return tuple(
        PretrainedWeights(entry["name"], titles[entry["name"]], entry["epoch"], entry["validation"])
        for entry in json.loads(read_regular(index))
        if entry["name"] in titles
    )


def shipped_for(project: Project) -> PretrainedWeights | None:
    """The trained weights of the template that a project was made from."""
    template = template_of(project)
    return next((found for found in shipped_weights() if template is not None and found.name == template.name), None)


def shipped_file(name: str) -> Path | None:
    """The file of a template's trained weights; None where there are none."""
    return next((resource(PLACE, f"{name}.safetensors") for found in shipped_weights() if found.name == name), None)


def describe_start(reference: str) -> str:
    """What a recipe's ``start_from`` names, in words."""
    place, _, rest = reference.partition("/")
    found = next((each for each in shipped_weights() if place == PLACE and each.name == rest), None)
    return f"the trained weights of {found.title}" if found is not None else rest
