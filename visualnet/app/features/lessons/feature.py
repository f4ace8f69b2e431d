"""Declares the lessons: a strip under the canvas that tells the steps and checks what was done."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from visualnet.app.features.feature import Feature
from visualnet.app.state.studio import Studio


def make_strip(studio: Studio) -> QWidget:
    from visualnet.app.features.lessons.coach import LessonCoach

    coach = LessonCoach(studio)
    coach.template_wanted.connect(studio.template_requested)
    studio.lesson_requested.connect(coach.start)
    if studio.shell is not None:
        coach.left.connect(studio.shell.focus_canvas)
    return coach


FEATURE = Feature(
    "lessons",
    "Short lessons beside the canvas: each step says what to do, sees when it is done, and can show it. They begin on the start page.",
    strip=make_strip,
)
