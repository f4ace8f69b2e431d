"""Lessons as data: steps with words, and the small closed set of conditions that a step can wait for.

A lesson is a JSON file in ``resources/lessons``, checked when it is read. Conditions look only at a ``LessonState``.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, NamedTuple

import msgspec

from visualnet.analysis import Analysis
from visualnet.core.graph import Node
from visualnet.core.project import MAIN, Project
from visualnet.core.storage.regular_files import read_regular
from visualnet.resources import resource


class LessonState(NamedTuple):
    """What a condition may look at: the project and what is true of it, the open sheet with its selection, and the run."""

    project: Project
    analysis: Analysis
    sheet: str = MAIN
    selection: tuple[str, ...] = ()
    running: bool = False
    """Whether a training goes on."""
    epochs: int = 0
    """How many epochs the run that is shown has finished."""


# --- conditions: what a step can wait for ----------------------------------------------------------------------------------------


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="check"):
    """Something that holds or not."""

    node: str = ""
    """The name of the node of the main graph that it is about, if it is about one."""

    def holds(self, state: LessonState) -> bool:
        """Whether it is so now."""
        raise NotImplementedError

    def find_node(self, project: Project) -> Node | None:
        """The node it is about, if it is there."""
        return next((n for n in project.graph if n.name == self.node), None)


class Selected(Condition, frozen=True, tag="selected"):
    """The node is selected on the main sheet."""

    def holds(self, state: LessonState) -> bool:
        node = self.find_node(state.project)
        return node is not None and state.sheet == MAIN and node.id in state.selection


class LessonParam(Condition, frozen=True, tag="param", kw_only=True):
    """A parameter of the node has a value; of one with a number for each axis, all have it."""

    name: str
    equals: int | float | bool | str

    def holds(self, state: LessonState) -> bool:
        node = self.find_node(state.project)
        layer = state.analysis.main[node.id].layer if node is not None else None
        value = getattr(layer, self.name, None) if layer is not None and self.name in layer.params else None
        values = value if isinstance(value, tuple) else (value,)
        return value is not None and all(v == self.equals for v in values)


class Shape(Condition, frozen=True, tag="shape", kw_only=True):
    """The node's first output has this shape, written as on its card."""

    equals: str

    def holds(self, state: LessonState) -> bool:
        node = self.find_node(state.project)
        leaving = state.analysis.main[node.id].leaving if node is not None else {}
        return next((spec.text for spec in leaving.values()), "") == self.equals


class Problems(Condition, frozen=True, tag="problems", kw_only=True):
    """There are problems, or none; ``errors`` leaves hints and warnings out of account."""

    there: Literal["some", "none", "errors", "no errors"]

    def holds(self, state: LessonState) -> bool:
        of_weight = state.analysis.errors() if "errors" in self.there else state.analysis.problems
        return bool(of_weight) == (self.there in ("some", "errors"))


class Running(Condition, frozen=True, tag="running"):
    """A training goes on, or has already come to the end of an epoch."""

    def holds(self, state: LessonState) -> bool:
        return state.running or state.epochs > 0


class Epochs(Condition, frozen=True, tag="epochs", kw_only=True):
    """The run has finished so many epochs."""

    at_least: int

    def holds(self, state: LessonState) -> bool:
        return state.epochs >= self.at_least


Check = Selected | LessonParam | Shape | Problems | Running | Epochs


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
