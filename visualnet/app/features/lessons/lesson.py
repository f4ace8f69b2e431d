"""Lessons as data: steps with words, and the small closed set of conditions that a step can wait for.

A lesson is a JSON file in ``resources/lessons``, checked when it is read. Conditions look only at the Studio: the project, what is true
of it, the selection, the run.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import msgspec

from visualnet.core.graph import Node
from visualnet.core.project import MAIN
from visualnet.core.storage.regular_files import read_regular
from visualnet.resources import resource

if TYPE_CHECKING:
    from visualnet.app.state.studio import Studio


# --- conditions: what a step can wait for ----------------------------------------------------------------------------------------


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="check"):
    """Something about the Studio that holds or not."""

    node: str = ""
    """The name of the node of the main graph that it is about, if it is about one."""

    def holds(self, studio: Studio) -> bool:
        """Whether it is so now."""
        raise NotImplementedError

    def found(self, studio: Studio) -> Node | None:
        """The node it is about, if it is there."""
        return next((n for n in studio.project.graph if n.name == self.node), None)


class Selected(Condition, frozen=True, tag="selected"):
    """The node is selected on the main sheet."""

    def holds(self, studio: Studio) -> bool:
        node = self.found(studio)
        return node is not None and studio.sheet == MAIN and node.id in studio.selection


class LessonParam(Condition, frozen=True, tag="param", kw_only=True):
    """A parameter of the node has a value; of one with a number for each axis, all have it."""

    name: str
    equals: int | float | bool | str

    def holds(self, studio: Studio) -> bool:
        node = self.found(studio)
        layer = studio.analysis.main[node.id].layer if node is not None else None
        value = getattr(layer, self.name, None) if layer is not None and self.name in layer.params else None
        values = value if isinstance(value, tuple) else (value,)
        return value is not None and all(v == self.equals for v in values)


class Shape(Condition, frozen=True, tag="shape", kw_only=True):
    """The node's first output has this shape, written as on its card."""

    equals: str

    def holds(self, studio: Studio) -> bool:
        node = self.found(studio)
        leaving = studio.analysis.main[node.id].leaving if node is not None else {}
        return next((spec.text for spec in leaving.values()), "") == self.equals


class Problems(Condition, frozen=True, tag="problems", kw_only=True):
    """There are problems, or none; ``errors`` leaves hints and warnings out of account."""

    there: Literal["some", "none", "errors", "no errors"]

    def holds(self, studio: Studio) -> bool:
        of_weight = studio.analysis.errors() if "errors" in self.there else studio.analysis.problems
        return bool(of_weight) == (self.there in ("some", "errors"))


class Running(Condition, frozen=True, tag="running"):
    """A training goes on, or has already come to the end of an epoch."""

    def holds(self, studio: Studio) -> bool:
        return (studio.has_runner and studio.runner.state == "running") or epochs_done(studio) > 0


class Epochs(Condition, frozen=True, tag="epochs", kw_only=True):
    """The run has finished so many epochs."""

    at_least: int

    def holds(self, studio: Studio) -> bool:
        return epochs_done(studio) >= self.at_least


Check = Selected | LessonParam | Shape | Problems | Running | Epochs


def epochs_done(studio: Studio) -> int:
    """How many epochs the run that the window shows has finished; 0 where there is none."""
    model = studio.runner.model if studio.has_runner else None
    return len(model.epochs) if model is not None else 0


# --- lessons: data ---------------------------------------------------------------------------------------------------------------


class Look(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What “Show me” selects, and the parameter that it points at."""

    node: str
    at: str = ""


class LessonStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to do or to read. Without ``until`` it is read; else it is done when all of it holds."""

    title: str
    words: str
    until: tuple[Check, ...] = ()
    look: Look | None = None


class Lesson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Steps on a template. ``order`` says where it stands among the others."""

    order: int
    title: str
    summary: str
    icon: str
    minutes: int
    template: str
    steps: tuple[LessonStep, ...]

    def __post_init__(self) -> None:
        if not self.steps:
            raise ValueError("a lesson needs at least one step")


def read_lesson(data: bytes) -> Lesson:
    """A lesson from its file.

    Raises:
        ValueError: it is no lesson; the words name the place.
    """
    try:
        return msgspec.json.decode(data, type=Lesson)
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from error


@lru_cache(maxsize=1)
def lessons() -> dict[str, Lesson]:
    """The shipped lessons by name, in order."""
    found = {path.stem: read_lesson(read_regular(path)) for path in sorted(resource("lessons").glob("*.json"))}
    return dict(sorted(found.items(), key=lambda item: item[1].order))
