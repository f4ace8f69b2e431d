"""Declares the lessons: a strip under the canvas that tells the steps and checks what was done."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtWidgets import QWidget

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.feature import Feature, SearchChoice, SearchGroup
from visualnet.app.state.studio import Studio
from visualnet.templates.lessons import Lesson, lessons


def make_strip(studio: Studio) -> QWidget:
    from visualnet.app.features.lessons.coach import LessonCoach

    coach = LessonCoach(studio)
    coach.template_wanted.connect(studio.template_requested)
    studio.lesson_requested.connect(coach.start)
    coach.left.connect(studio.shell.focus_canvas)
    return coach


def lesson_choices() -> Iterator[SearchChoice]:
    """Every lesson."""
    return (SearchChoice(name, lesson.title, icon="play") for name, lesson in lessons().items())


def begin(studio: Studio, name: str) -> None:
    """Begin a lesson."""
    studio.lesson_requested.emit(name)


EARLY = 9
"""Lessons up to this order stand in the first submenu, the others in a second one: neither is longer than can be read."""


def declare_action(name: str, lesson: Lesson) -> ActionSpec[Studio]:
    """The action that begins a lesson."""
    return ActionSpec(
        f"help.lesson_{name.replace('-', '_')}",
        16,
        f"Lesson: {lesson.title}",
        lesson.summary,
        lesson.icon,
        run=lambda studio: begin(studio, name),
        anywhere=True,
        submenu="Lessons" if lesson.order <= EARLY else "Further lessons",
    )


FEATURE = Feature(
    "lessons",
    "Short lessons beside the canvas: each step says what to do, sees when it is done, and can show it."
    " They begin on the start page and in the menu Help.",
    actions=tuple(declare_action(name, lesson) for name, lesson in lessons().items()),
    strip=make_strip,
    search_entries=(SearchGroup("lesson", "Lesson", lesson_choices, begin),),
)
