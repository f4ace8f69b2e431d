"""What a step of a lesson can wait for: a small closed set of conditions.

They look only at a ``LessonState``; each tells what would make it true, if the program can do that for the person, and answers a deed
that was another one.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from visualnet.core.graph import Node
from visualnet.core.project import MAIN, Project
from visualnet.data.registry import make_data_set
from visualnet.layers.recipe.setting_values import FIELDS
from visualnet.templates.lesson_state import DEEDS, LessonAction, LessonState


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="check"):
    """Something that holds or not."""

    node: str = ""
    """The name of the node of the main graph that it is about, if it is about one."""

    def holds(self, state: LessonState) -> bool:
        """Whether it is so now."""
        raise NotImplementedError

    def deed(self, state: LessonState) -> LessonAction | None:
        """What would make it true; None where that is the person's to do, or only has to be waited for."""
        return None

    def answer(self, before: LessonState, now: LessonState) -> str:
        """Words about what was done instead since ``before``; empty if nothing was."""
        return ""

    @property
    def about_run(self) -> bool:
        """Whether it is about a training, which goes on while the person reads."""
        return False

    @property
    def looked_at(self) -> bool:
        """Whether nothing tells of it, so that it is looked at now and then."""
        return self.about_run

    @property
    def keeps_step(self) -> bool:
        """Whether the lesson stays at the step once it holds: it came true without a deed, or there are words to read now."""
        return False

    def find_node(self, project: Project) -> Node | None:
        """The node it is about, if it is there."""
        return next((n for n in project.graph if n.name == self.node), None)


class Selected(Condition, frozen=True, tag="selected"):
    """The node is selected on the main sheet."""

    def holds(self, state: LessonState) -> bool:
        node = self.find_node(state.project)
        return node is not None and state.sheet == MAIN and node.id in state.selection

    def deed(self, state: LessonState) -> LessonAction | None:
        return LessonAction(self.node)

    def answer(self, before: LessonState, now: LessonState) -> str:
        if now.selection == before.selection or len(now.selection) != 1:
            return ""
        clicked = now.project.sheet(now.sheet).nodes.get(now.selection[0])
        if clicked is None or (now.sheet == MAIN and clicked.name == self.node):
            return ""
        return f"That was {clicked.name}; {self.node} is the next card."


class LessonParam(Condition, frozen=True, tag="param", kw_only=True):
    """A parameter of the node has a value; of one with a number for each axis, all have it."""

    name: str
    equals: int | float | bool | str

    def holds(self, state: LessonState) -> bool:
        value = self._value(state)
        values = value if isinstance(value, tuple) else (value,)
        return value is not None and all(v == self.equals for v in values)

    def deed(self, state: LessonState) -> LessonAction | None:
        return LessonAction(self.node, {self.name: self.equals})

    def answer(self, before: LessonState, now: LessonState) -> str:
        value = self._value(now)
        if value is None or value == self._value(before) or self.holds(now):
            return ""
        values = tuple(dict.fromkeys(value)) if isinstance(value, tuple) else (value,)
        shown = "×".join(map(str, values if len(values) == 1 else value))
        return f"{self.name} of {self.node} is {shown} now; this step asks for {self.equals}."

    def _value(self, state: LessonState) -> Any:
        node = self.find_node(state.project)
        layer = state.analysis.main[node.id].layer if node is not None else None
        return getattr(layer, self.name, None) if layer is not None and self.name in layer.params else None


class Shape(Condition, frozen=True, tag="shape", kw_only=True):
    """The node's first output has this shape, written as on its card."""

    equals: str

    def holds(self, state: LessonState) -> bool:
        return self._text(state) == self.equals

    def answer(self, before: LessonState, now: LessonState) -> str:
        text = self._text(now)
        if not text or text in (self.equals, self._text(before)):
            return ""
        return f"{self.node} puts out {text} now; {self.equals} is asked for."

    def _text(self, state: LessonState) -> str:
        node = self.find_node(state.project)
        leaving = state.analysis.main[node.id].leaving if node is not None else {}
        return next((spec.text for spec in leaving.values()), "")


class Problems(Condition, frozen=True, tag="problems", kw_only=True):
    """There are problems, or none; ``errors`` leaves hints and warnings out of account."""

    there: Literal["some", "none", "errors", "no errors"]

    def holds(self, state: LessonState) -> bool:
        of_weight = state.analysis.errors() if "errors" in self.there else state.analysis.problems
        return bool(of_weight) == (self.there in ("some", "errors"))


class Running(Condition, frozen=True, tag="running", kw_only=True):
    """A training goes on, or has already come to the end of an epoch; with ``anew`` what was trained before does not count."""

    anew: bool = False

    def holds(self, state: LessonState) -> bool:
        return state.running or (state.epochs > 0 and not self.anew)

    @property
    def about_run(self) -> bool:
        return True

    def deed(self, state: LessonState) -> LessonAction | None:
        return LessonAction(action="train.start")


class Paused(Condition, frozen=True, tag="paused"):
    """The training is paused, or there is nothing left of it to pause."""

    def holds(self, state: LessonState) -> bool:
        return state.paused or state.over

    @property
    def about_run(self) -> bool:
        return True

    def deed(self, state: LessonState) -> LessonAction | None:
        return LessonAction(action="train.pause")


class Epochs(Condition, frozen=True, tag="epochs", kw_only=True):
    """The run has finished so many epochs: ``at_least`` in all, ``more`` since the step began. One that is over has nothing to wait for."""

    at_least: int = 0
    more: int = 0

    def holds(self, state: LessonState) -> bool:
        return state.over or state.epochs >= max(self.at_least, state.epochs_before + self.more)

    @property
    def about_run(self) -> bool:
        return True

    def deed(self, state: LessonState) -> LessonAction | None:
        return LessonAction(action="train.resume") if state.paused else None

    @property
    def keeps_step(self) -> bool:
        return True


class Ended(Condition, frozen=True, tag="ended"):
    """No training goes on or waits."""

    def holds(self, state: LessonState) -> bool:
        return not state.running and not state.paused

    @property
    def about_run(self) -> bool:
        return True

    def deed(self, state: LessonState) -> LessonAction | None:
        return LessonAction(action="train.stop")


class HasLayer(Condition, frozen=True, tag="layer", kw_only=True):
    """The main graph has a layer of this kind. ``action`` is the one that adds it."""

    kind: str
    action: str = ""

    def holds(self, state: LessonState) -> bool:
        return any(node.kind == self.kind for node in state.project.graph)

    def deed(self, state: LessonState) -> LessonAction | None:
        return LessonAction(action=self.action) if self.action else None


class Samples(Condition, frozen=True, tag="samples", kw_only=True):
    """The data set has so many samples."""

    at_least: int

    def holds(self, state: LessonState) -> bool:
        try:
            return make_data_set(state.project.data).size >= self.at_least
        except ValueError:
            return False


class Did(Condition, frozen=True, tag="did", kw_only=True):
    """The person has done something since the step began, so many times: one of `DEEDS`, with what it was done with behind it."""

    what: str
    more: int = 1

    def __post_init__(self) -> None:
        if self.what.partition(" ")[0] not in DEEDS:
            raise ValueError(f"“{self.what}” is nothing that is counted: wanted is one of {', '.join(DEEDS)}")

    def holds(self, state: LessonState) -> bool:
        return state.deeds.get(self.what, 0) >= state.deeds_before.get(self.what, 0) + self.more

    @property
    def looked_at(self) -> bool:
        return True


class PictureShown(Condition, frozen=True, tag="picture", kw_only=True):
    """The panel *See inside* shows this observation."""

    name: str

    def holds(self, state: LessonState) -> bool:
        return self.name in state.pictures

    @property
    def looked_at(self) -> bool:
        return True


class SettingIs(Condition, frozen=True, tag="setting", kw_only=True):
    """A setting of the recipe (one that the lesson's template says), of the data, or a constant of the project has this value."""

    of: Literal["recipe", "data", "constants"]
    name: str
    equals: int | float | bool | str

    def holds(self, state: LessonState) -> bool:
        return bool(self._value(state.project) == self.equals)

    def answer(self, before: LessonState, now: LessonState) -> str:
        value = self._value(now.project)
        if value is None or value in (self.equals, self._value(before.project)):
            return ""
        return f"{self.name} is {value} now; this step asks for {self.equals}."

    def _value(self, project: Project) -> Any:
        if self.of == "constants":
            return project.constants.get(self.name)
        if self.of == "recipe":
            recipe = project.recipe
            return getattr(recipe, self.name) if self.name in FIELDS else recipe.options.get(self.name)
        said = {**project.data.division_options, **project.data.options}
        try:
            return said[self.name] if self.name in said else getattr(make_data_set(project.data), self.name, None)
        except ValueError:
            return None


class TrainedAnew(Condition, frozen=True, tag="trained"):
    """A training was begun since the step was."""

    def holds(self, state: LessonState) -> bool:
        return state.run != state.run_before and (state.running or state.epochs > 0)

    @property
    def looked_at(self) -> bool:
        return True


class PageShown(Condition, frozen=True, tag="page", kw_only=True):
    """A feature's page covers the canvas, in a tab of its own. ``action`` is the one that shows it."""

    page: str
    action: str

    def holds(self, state: LessonState) -> bool:
        return state.page == self.page

    def deed(self, state: LessonState) -> LessonAction | None:
        return LessonAction(action=self.action)

    @property
    def looked_at(self) -> bool:
        return True


class Experimented(Condition, frozen=True, tag="experiment", kw_only=True):
    """The page *Experiments* shows this experiment, and so many of its runs are over; with ``begun`` it is enough that one has begun."""

    name: str
    runs: int = 0
    begun: bool = False

    def holds(self, state: LessonState) -> bool:
        shown = state.experiment
        return (
            state.page == "experiments"
            and shown.name == self.name
            and shown.done >= self.runs
            and (shown.begun or not self.begun)
        )

    def answer(self, before: LessonState, now: LessonState) -> str:
        wrong = now.experiment.name not in (self.name, before.experiment.name)
        return "That is another experiment than the one this step speaks of." if wrong else ""

    @property
    def about_run(self) -> bool:
        return True

    @property
    def keeps_step(self) -> bool:
        return self.runs > 0


class LessonAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer that can be chosen, and what is said then."""

    words: str
    why: str


class Answered(Condition, frozen=True, tag="answer", kw_only=True):
    """The right answer to the question that the words of the step end with was chosen. ``right`` is its index."""

    answers: tuple[LessonAnswer, ...]
    right: int

    def __post_init__(self) -> None:
        if not 2 <= len(self.answers) <= 4:
            raise ValueError(f"a question has two to four answers, not {len(self.answers)}")
        if not 0 <= self.right < len(self.answers):
            raise ValueError(f"right is {self.right}, but the answers are counted from 0 to {len(self.answers) - 1}")

    def holds(self, state: LessonState) -> bool:
        return state.chosen == self.right

    def deed(self, state: LessonState) -> LessonAction | None:
        return LessonAction(chosen=self.right)

    @property
    def keeps_step(self) -> bool:
        return True


Check = (
    Selected
    | LessonParam
    | Shape
    | Problems
    | Running
    | Paused
    | Epochs
    | Ended
    | HasLayer
    | Samples
    | Did
    | PictureShown
    | SettingIs
    | TrainedAnew
    | PageShown
    | Experimented
    | Answered
)
