"""Lessons as data: steps with words, and the conditions that a step can wait for (`lesson_checks.py`).

A lesson is a JSON file in ``resources/lessons``, checked when it is read.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import msgspec

from visualnet.core.storage.regular_files import read_regular
from visualnet.resources import resource
from visualnet.templates.lesson_checks import Answered, Check
from visualnet.templates.lesson_state import LessonAction, LessonState


class LessonTarget(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What “Show me” selects, and the parameter that it points at."""

    node: str
    at: str = ""


class LessonStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to do or to read. Without ``until`` it is read; else it is done when all of it holds.

    ``space`` is the workspace that it needs, ``panel`` the feature whose dock has to be in front (the inspector, where it points at a
    parameter). ``waits`` is said when the person asks to go on before it is done, and it is theirs to do; without it the program does it
    for them.
    """

    title: str
    words: str
    until: tuple[Check, ...] = ()
    look: LessonTarget | None = None
    panel: str = ""
    space: Literal["", "build", "train", "inspect"] = ""
    waits: str = ""

    @property
    def needs(self) -> str:
        """The feature whose dock has to be in front; empty if it is all the same."""
        return self.panel or ("inspector" if self.look is not None and self.look.at else "")

    @property
    def question(self) -> Answered | None:
        """The answers that are offered, if its words end with a question."""
        return next((check for check in self.until if isinstance(check, Answered)), None)

    @property
    def about_run(self) -> bool:
        """Whether it is done by a training, which goes on while the person reads."""
        return any(check.about_run for check in self.until)

    @property
    def looked_at(self) -> bool:
        """Whether something of it is told by nobody, and has to be looked at."""
        return any(check.looked_at for check in self.until)

    def missing(self, state: LessonState) -> tuple[Check, ...]:
        """What does not hold yet."""
        return tuple(check for check in self.until if not check.holds(state))

    def deeds(self, state: LessonState) -> tuple[LessonAction, ...]:
        """What does the step in the person's place; nothing where it is theirs to do."""
        found = (check.deed(state) for check in self.missing(state)) if not self.waits else ()
        return tuple(deed for deed in found if deed is not None)

    def answer(self, before: LessonState, now: LessonState) -> str:
        """Words about a deed that was not the one that is asked for; empty if there was none."""
        return next((words for check in self.missing(now) if (words := check.answer(before, now))), "")


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


def next_lesson(name: str) -> str:
    """The lesson behind this one; empty behind the last."""
    names = list(lessons())
    at = names.index(name) + 1
    return names[at] if at < len(names) else ""
