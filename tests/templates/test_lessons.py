"""The files of the lessons: what they name is there, and a mistake in one is refused with its place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from visualnet.analysis import infer
from visualnet.core.storage.project_file import load
from visualnet.data import registry
from visualnet.resources import resource
from visualnet.templates.lesson_checks import LessonState
from visualnet.templates.lessons import lessons, read_lesson


def test_they_stand_in_order_the_first_three_for_those_who_begin() -> None:
    assert list(lessons())[:3] == ["why-28-becomes-24", "break-it-and-mend-it", "watch-it-learn"]
    orders = [lesson.order for lesson in lessons().values()]
    assert orders == sorted(orders)


@pytest.mark.parametrize("name", lessons())
def test_what_a_lesson_names_is_in_its_template(name: str) -> None:
    lesson = lessons()[name]
    graph = load(resource("templates", f"{lesson.template}.vnet")).graph
    named = {c.node for s in lesson.steps for c in s.until if c.node} | {s.look.node for s in lesson.steps if s.look}
    assert named and named <= {node.name for node in graph}


@pytest.mark.parametrize("name", lessons())
def test_every_step_that_asks_for_something_can_be_done_for_the_person_or_says_why_it_waits(name: str) -> None:
    lesson = lessons()[name]
    project = load(resource("templates", f"{lesson.template}.vnet"))
    state = LessonState(project, infer(project, None, registry.fields_or_none(project.data)), paused=True)
    for step in lesson.steps:
        if step.missing(state):
            assert step.deeds(state) or step.waits, step.title


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (lambda d: d["steps"][0]["until"][0].update(check="wish"), "steps"),
        (lambda d: d["steps"][0]["until"][0].update(extra=1), "extra"),
        (lambda d: d["steps"][0].pop("words"), "words"),
        (lambda d: d.update(steps=[]), "step"),
        (lambda d: d.update(minutes="three"), "minutes"),
        (lambda d: d.update(colour="red"), "colour"),
    ],
)
def test_a_lesson_with_a_mistake_is_refused_with_its_place(spoil: Any, place: str) -> None:
    good = {
        "order": 1,
        "title": "T",
        "summary": "S",
        "icon": "help",
        "minutes": 1,
        "template": "lenet5",
        "steps": [{"title": "a", "words": "b", "until": [{"check": "selected", "node": "conv1"}]}],
    }
    assert read_lesson(json.dumps(good).encode()).steps[0].until[0].node == "conv1"
    spoil(good)
    with pytest.raises(ValueError, match=place):
        read_lesson(json.dumps(good).encode())
