"""The files of the lessons: what they name is there, and a mistake in one is refused with its place."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from visualnet.analysis import infer
from visualnet.analysis.connect.hidden_layer import add_hidden_layer
from visualnet.app.features.registry import FEATURES
from visualnet.app.shell.actions import all_actions
from visualnet.core.storage.project_file import load
from visualnet.data import registry
from visualnet.resources import resource
from visualnet.templates.lesson_checks import Did, PictureShown, SettingIs
from visualnet.templates.lesson_state import LessonState
from visualnet.templates.lessons import lessons, read_lesson
from visualnet.training.decoding.search import WAYS
from visualnet.training.evaluation.charts import EVALUATION_CHARTS
from visualnet.training.generating.method import find_methods
from visualnet.training.observations.observation import find_observations


def test_they_stand_in_order_the_first_three_for_those_who_begin() -> None:
    assert list(lessons())[:3] == ["why-28-becomes-24", "break-it-and-mend-it", "watch-it-learn"]
    orders = [lesson.order for lesson in lessons().values()]
    assert orders == sorted(orders)


@pytest.mark.parametrize("name", lessons())
def test_what_a_lesson_names_is_in_its_template(name: str) -> None:
    lesson = lessons()[name]
    project = load(resource("templates", f"{lesson.template}.vnet"))
    if any(getattr(check, "action", "") == "graph.add_hidden_layer" for step in lesson.steps for check in step.until):
        project = add_hidden_layer(project, infer(project, None, registry.fields_or_none(project.data)))
    graph = project.graph
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


ASKS = re.compile(r"(?:^|[.:;] )(?:Press|Choose|Click|Type|Set|Stop,|Change|Add|Draw) ")
"""A sentence that tells the person to do something."""


@pytest.mark.parametrize("name", lessons())
def test_a_step_that_tells_the_person_to_do_something_sees_whether_it_is_done(name: str) -> None:
    steps = lessons()[name].steps
    assert [step.title for step in steps if not step.until] == []
    assert any(ASKS.search(step.words) for step in steps if step.until) or name == "ask-by-experiment"


@pytest.mark.parametrize("name", list(lessons()))
def test_words_are_plain_text(name: str) -> None:
    """They stand in plain labels, where marks of Markdown would be seen as they are."""
    for step in lessons()[name].steps:
        for words in (step.words, step.title, step.waits):
            assert not set(words) & set("`*#"), words
            assert not any("\x80" <= one <= "\x9f" for one in words), f"decoded wrongly: {words!a}"


@pytest.mark.parametrize("name", list(lessons()))
def test_a_step_that_asks_for_a_picture_sees_it(name: str) -> None:
    """Each of the pictures that it names."""
    titles = {kind.title: observation for observation, kind in find_observations().items()}
    for step in lessons()[name].steps:
        if "Add picture" in step.words or re.search(r"See inside.* add |[Aa]dd .* in See inside", step.words):
            named = {titles[title] for title in re.findall("“([^”]+)”", step.words) if title in titles}
            assert named <= {check.name for check in step.until if isinstance(check, PictureShown)}, step.title
            assert any(isinstance(check, PictureShown) for check in step.until), step.title


@pytest.mark.parametrize("name", lessons())
def test_a_step_offers_answers_where_its_words_end_with_a_question(name: str) -> None:
    for step in lessons()[name].steps:
        if step.question is not None:
            assert step.words.endswith("?"), step.title
            answers = step.question.answers
            assert len({one.words for one in answers}) == len({one.why for one in answers}) == len(answers)
            assert all(one.why.endswith(".") for one in answers)


@pytest.mark.parametrize("name", lessons())
def test_what_a_lesson_looks_at_is_there(name: str) -> None:
    """Settings, charts, pictures and ways to generate, by the names that the program has for them."""
    lesson = lessons()[name]
    project = load(resource("templates", f"{lesson.template}.vnet"))
    for check in (check for step in lesson.steps for check in step.until):
        if isinstance(check, SettingIs):
            assert type(check._value(project)) in (int, float, type(check.equals)), check
            assert not check.holds(LessonState(project, infer(project, None, registry.fields_or_none(project.data))))
        elif isinstance(check, PictureShown):
            assert check.name in find_observations()
        elif isinstance(check, Did):
            word, _, detail = check.what.partition(" ")
            known = {
                "chart": lambda one: one in EVALUATION_CHARTS,
                "generate": lambda one: one.removeprefix("method=") in find_methods() or one.startswith("temperature="),
                "choose": lambda one: one in WAYS,
                "action": lambda one: one in {action.id for action in all_actions(FEATURES)},
            }
            assert not detail or known[word](detail), check.what


ASKED: dict[str, Any] = {
    "check": "answer",
    "answers": [{"words": "1", "why": "a"}, {"words": "2", "why": "b"}],
    "right": 0,
}


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (lambda d: d["steps"][0].update(until=[{"check": "did", "what": "dance"}]), "dance"),
        (lambda d: d["steps"][0]["until"][0].update(check="wish"), "steps"),
        (lambda d: d["steps"][0]["until"][0].update(extra=1), "extra"),
        (lambda d: d["steps"][0].update(until=[ASKED | {"right": 2}]), "right is 2"),
        (lambda d: d["steps"][0].update(until=[ASKED | {"answers": ASKED["answers"][:1]}]), "two to four answers"),
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
