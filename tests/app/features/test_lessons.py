"""Lessons: their files, their conditions, and a person who goes through each of them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.waiting import linger, settle
from visualnet.analysis.repair.search import repairs
from visualnet.app.features.lessons.coach import LessonCoach
from visualnet.app.features.registry import FEATURES
from visualnet.app.shell.project_files import templates
from visualnet.app.state.studio import Studio
from visualnet.app.theme.apply import apply_theme
from visualnet.app.theme.tokens import DARK
from visualnet.core import edits
from visualnet.core.document import Document
from visualnet.core.graph import Value
from visualnet.core.project import MAIN, Project
from visualnet.core.storage.project_file import load
from visualnet.core.user.settings import Settings
from visualnet.templates.lesson_checks import Did, Experimented, PageShown, SettingIs
from visualnet.templates.lessons import lessons
from visualnet.training.events import EpochDone
from visualnet.training.experiments.registry import find_experiments
from visualnet.training.runs.run_model import RunModel

LEFT = Qt.MouseButton.LeftButton


class Runner:
    """What a lesson sees of a run: its state and its model."""

    def __init__(self) -> None:
        self.state = "idle"
        self.model: RunModel | None = None
        self.run: SimpleNamespace | None = None


class Person:
    """A window's worth of Studio and coach, and the deeds of somebody who follows it."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.studio = Studio(Document(Project()), DARK)
        self.studio.runner = Runner()
        self.coach = LessonCoach(self.studio)
        self.coach._next_timer.setInterval(1)
        self.coach._run_timer.setInterval(5)
        self.coach.template_wanted.connect(self.open)
        self.lost = 0
        self.coach.left.connect(self._left)
        qtbot.addWidget(self.coach)

    def _left(self) -> None:
        self.lost += 1

    def open(self, name: str) -> None:
        self.studio.open(Document(load(templates()[name])))

    def node(self, name: str) -> str:
        return self.studio.project.graph.named(name).id

    def select(self, name: str) -> None:
        self.studio.select([self.node(name)])

    def set(self, name: str, **params: Value) -> None:
        ids = [self.node(name)]
        assert self.studio.do("Set", lambda p: edits.set_params(p, MAIN, ids, params))

    def goes_on_to(self, at: int) -> None:
        """The coach ticks the step and goes on by itself."""
        assert self.coach.done
        self.qtbot.waitUntil(lambda: self.coach.at == at)

    def answers(self, at: int) -> None:
        self.qtbot.mouseClick(self.coach.answers.buttons[at], LEFT)

    def presses_next(self) -> None:
        self.qtbot.mouseClick(self.coach.next_button, LEFT)


@pytest.fixture
def person(qtbot: QtBot) -> Person:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    apply_theme(app, DARK)
    return Person(qtbot)


# --- going through -------------------------------------------------------------------------------------------------------------------


def test_the_panels_and_pages_that_lessons_name_are_there() -> None:
    docks = {feature.id for feature in FEATURES if feature.dock is not None}
    pages = {feature.id for feature in FEATURES if feature.page is not None}
    actions = {action.id for feature in FEATURES for action in feature.actions}
    steps = [(name, step) for name, lesson in lessons().items() for step in lesson.steps]
    assert [(name, step.panel) for name, step in steps if step.panel and step.panel not in docks] == []
    shown = [check for _, step in steps for check in step.until if isinstance(check, PageShown)]
    assert shown and all(check.page in pages and check.action in actions for check in shown)
    asked = [check.name for _, step in steps for check in step.until if isinstance(check, Experimented)]
    assert asked and set(asked) <= set(find_experiments())


def test_why_28_becomes_24(person: Person) -> None:
    coach = person.coach
    assert coach.start("why-28-becomes-24")
    assert coach.isVisible()
    assert not coach.done
    person.select("relu1")
    assert not coach.done
    person.select("conv1")
    person.goes_on_to(1)
    person.answers(0)
    person.presses_next()
    assert coach.at == 2
    person.set("conv1", padding=(0, 2))
    assert not coach.done
    person.set("conv1", padding=0)
    person.goes_on_to(3)
    assert person.studio.analysis.main[person.node("conv1")].leaving["features"].text == "6×24×24"
    person.answers(1)
    person.presses_next()
    person.set("conv1", padding=1)
    assert not coach.done  # 26×26, but not the way that was asked for
    person.set("conv1", padding=0, kernel_size=3)
    person.goes_on_to(5)
    assert coach.next_button.text() == "Finish"
    person.answers(0)
    person.presses_next()
    assert not coach.isVisible()
    assert person.lost == 1


def test_a_question_is_answered_wrong_right_and_by_next(person: Person) -> None:
    """Each answer gets its words; a right one is read as long as one likes, and is still there when one comes back."""
    coach = person.coach
    coach._next_timer.setInterval(1)
    assert coach.start("why-28-becomes-24")
    assert coach.answers.isHidden(), "nothing is asked at a step that is done by hand"
    coach._go(1)
    question = lessons()["why-28-becomes-24"].steps[1].question
    assert question is not None
    assert [one.text() for one in coach.answers.buttons] == [one.words for one in question.answers]
    assert coach.answers.why.isHidden()
    wrong = (question.right + 1) % len(question.answers)
    person.answers(wrong)
    assert not coach.done and coach.answers.why.text() == question.answers[wrong].why
    assert [one.property("kind") or "" for one in coach.answers.buttons].count("danger") == 1
    person.answers(question.right)
    assert coach.done and coach.answers.why.text() == question.answers[question.right].why
    assert coach.answers.buttons[question.right].property("kind") == "primary"
    linger(0.05)
    assert coach.at == 1, "the reason is there to be read"
    person.presses_next()
    assert coach.at == 2 and coach.answers.isHidden()
    coach.back()
    assert coach.done and coach.answers.why.isVisible()
    coach._go(3)
    assert not coach.done and coach.answers.why.isHidden()
    person.presses_next()
    assert coach.at == 3 and coach.done, "Next answers in the person's place, and stays for the reason"
    assert coach.start("why-28-becomes-24")
    coach._go(1)
    assert not coach.done, "a lesson that is begun anew asks anew"


def test_break_it_and_mend_it_with_every_repair_that_is_offered(person: Person) -> None:
    coach, studio = person.coach, person.studio
    assert coach.start("break-it-and-mend-it")
    person.select("conv1")
    person.goes_on_to(1)
    person.set("conv1", stride=2)
    person.goes_on_to(2)
    assert studio.analysis.problems and not studio.analysis.errors()
    person.set("conv1", stride=3)
    person.goes_on_to(3)
    studio.reveal(studio.analysis.errors()[0])
    person.goes_on_to(4)
    error = studio.analysis.errors()[0]
    found = repairs(studio.project, error, studio.analysis, fields=studio.fields)
    assert found
    for repair in found:
        coach._go(4)
        assert not coach.done
        studio.do(repair.words, repair.edit)
        person.goes_on_to(5)
        studio.document.undo()
    assert coach.next_button.text() == "Finish"


def test_watch_it_learn(person: Person, qtbot: QtBot) -> None:
    coach, runner = person.coach, person.studio.runner
    assert coach.start("watch-it-learn")
    person.select("conv1")
    person.goes_on_to(1)
    assert not coach.done
    runner.state, runner.model = "running", RunModel("run")
    qtbot.waitUntil(lambda: coach.at == 2)
    assert not coach.done
    person.presses_next()
    assert coach.at == 2 and "first epoch is not over" in coach.note.text()
    runner.model.consume(epoch(1))
    qtbot.waitUntil(lambda: coach.done)
    linger(0.02)
    assert coach.at == 2, "nobody has asked to go on: the sentence may not be read yet"
    person.presses_next()
    assert coach.at == 3 and not coach.done
    runner.state = "paused"
    qtbot.waitUntil(lambda: coach.at == 4)
    person.select("conv2")
    person.goes_on_to(5)
    runner.state = "running"
    for number in (2, 3):
        runner.model.consume(epoch(number))
    coach.check()
    assert not coach.done, "three epochs more than when the step began"
    runner.model.consume(epoch(4))
    qtbot.waitUntil(lambda: coach.done)
    assert coach.at == 5 and not coach._run_timer.isActive()


def test_a_training_that_is_over_is_not_waited_for(person: Person, qtbot: QtBot) -> None:
    coach, runner = person.coach, person.studio.runner
    assert coach.start("watch-it-learn")
    runner.state, runner.model = "idle", RunModel("run")
    for number in range(1, 21):
        runner.model.consume(epoch(number))
    for at in (2, 3, 5):
        coach._go(at)
        assert coach.done and "come to its end" in coach.note.text(), at
        linger(0.01)
        assert coach.at == at


def epoch(number: int) -> EpochDone:
    return EpochDone(epoch=number, step=10 * number, train={}, validation={}, seconds=1.0, samples_per_s=1.0)


def test_without_a_run_nothing_is_taken_for_one(person: Person) -> None:
    person.studio._runner = None
    assert person.coach.start("watch-it-learn")
    person.coach._go(1)
    assert not person.coach.done
    person.studio.runner = SimpleNamespace(state="idle", model=None, run=None)
    person.coach.check()
    assert not person.coach.done


# --- back, next, leave ---------------------------------------------------------------------------------------------------------------


def test_back_to_a_step_that_is_done_stays_there(person: Person, qtbot: QtBot) -> None:
    coach = person.coach
    assert coach.start("why-28-becomes-24")
    assert not coach.back_button.isEnabled()
    person.select("conv1")
    person.goes_on_to(1)
    qtbot.mouseClick(coach.back_button, LEFT)
    assert coach.at == 0 and coach.done
    person.studio.analysed.emit(person.studio.analysis)
    linger(0.02)
    assert coach.at == 0


def test_what_is_undone_at_once_is_not_done(person: Person, qtbot: QtBot) -> None:
    coach = person.coach
    coach._next_timer.setInterval(30)
    assert coach.start("why-28-becomes-24")
    coach._go(2)
    person.set("conv1", padding=0)
    assert coach.done
    person.studio.document.undo()
    linger(0.06)
    assert coach.at == 2 and not coach.done


def test_show_me_selects_and_points(person: Person, qtbot: QtBot) -> None:
    coach = person.coach
    assert coach.start("why-28-becomes-24")
    coach._go(2)
    asked: list[object] = []
    person.studio.focus_requested.connect(lambda ids, at: asked.append((ids, at)))
    qtbot.mouseClick(coach.look_button, LEFT)
    assert person.studio.selection == (person.node("conv1"),)
    assert asked == [((person.node("conv1"),), "padding")]
    coach._go(3)
    assert not coach.look_button.isVisible()


def test_a_node_that_was_removed_is_missed_in_words(person: Person) -> None:
    coach = person.coach
    assert coach.start("why-28-becomes-24")
    coach._go(2)
    assert not coach.note.isVisible()
    ids = [person.node("conv1")]
    person.studio.do("Remove", lambda p: edits.remove(p, MAIN, ids))
    assert not coach.done
    assert "conv1" in coach.note.text() and coach.note.isVisible()
    person.studio.document.undo()
    assert not coach.note.isVisible()


def test_another_document_ends_the_lesson(person: Person) -> None:
    assert person.coach.start("why-28-becomes-24")
    person.open("mlp-mnist")
    assert not person.coach.isVisible()
    assert person.coach.step is None
    assert person.lost == 1


def test_it_does_not_begin_where_the_template_is_not_opened(person: Person) -> None:
    person.coach.template_wanted.disconnect()
    assert not person.coach.start("why-28-becomes-24")
    assert not person.coach.isVisible()


def test_a_second_lesson_takes_the_place_of_the_first(person: Person) -> None:
    assert person.coach.start("watch-it-learn")
    person.coach._go(2)
    assert person.coach.start("break-it-and-mend-it")
    assert (person.coach.at, person.coach.name.text()) == (0, "Break it and mend it")
    assert not person.coach._run_timer.isActive()


def test_escape_leaves_and_nothing_keeps_running(person: Person, qtbot: QtBot) -> None:
    coach = person.coach
    assert coach.start("watch-it-learn")
    coach._go(2)
    assert coach._run_timer.isActive()
    coach.next_button.setFocus()
    qtbot.keyClick(coach.next_button, Qt.Key.Key_Escape)
    assert not coach.isVisible()
    assert not coach._run_timer.isActive() and not coach._next_timer.isActive()
    person.select("conv1")
    assert person.lost == 1


def test_leave_by_its_button(person: Person, qtbot: QtBot) -> None:
    assert person.coach.start("why-28-becomes-24")
    before = person.studio.project
    assert person.coach._before is not None
    qtbot.mouseClick(person.coach.leave_button, LEFT)
    assert person.coach._before is None, "the project of a lesson that is over may be closed"
    assert person.lost == 1
    assert person.studio.project is before


def test_in_a_narrow_window_the_buttons_stand_below(person: Person, qtbot: QtBot) -> None:
    coach, host = person.coach, QWidget()
    qtbot.addWidget(host)
    column = QVBoxLayout(host)
    column.setContentsMargins(0, 0, 0, 0)
    column.addStretch(1)
    column.addWidget(coach)
    host.show()
    assert coach.start("break-it-and-mend-it")
    for width, below in ((900, False), (464, True)):
        host.resize(width, 300)
        settle()
        assert coach.width() == width
        words_end = coach.words.geometry().bottom()
        assert (coach.next_button.y() > words_end) == below
        assert coach.words.height() >= coach.words.heightForWidth(coach.words.width())
        assert coach.leave_button.geometry().right() <= width
    # What the host holds goes with it; the fixture must find its coach.
    coach.setParent(None)


# --- what only the person can do -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", lessons())
def test_what_the_person_does_ticks_a_step_and_nothing_that_was_done_before(name: str, person: Person) -> None:
    """Every step that waits for deeds: done often before it begins, it is open; then each deed is needed."""
    coach, studio = person.coach, person.studio
    coach._next_timer.setInterval(100_000)
    assert coach.start(name)
    assert coach.lesson is not None
    for at, step in enumerate(coach.lesson.steps):
        deeds = [check for check in step.until if isinstance(check, Did)]
        if not deeds or len(deeds) < len(step.until):
            continue
        for check in deeds * 20:
            word, _, detail = check.what.partition(" ")
            studio.did(word, *filter(None, (detail,)))
        coach._go(at)
        for check in deeds:
            assert not coach.done and step.waits
            word, _, detail = check.what.partition(" ")
            for _ in range(check.more):
                coach.check()
                assert not coach.done
                studio.did(word, *filter(None, (detail,)))
        person.qtbot.waitUntil(lambda: coach.done)
        assert not coach.note.isVisible()


def test_the_last_step_that_asks_for_something_ends_nothing_by_itself(person: Person, qtbot: QtBot) -> None:
    """The discount is set and a training begun: ticked, and read as long as one likes. What was trained before does not count."""
    coach, studio, runner = person.coach, person.studio, person.studio.runner
    studio.settings = Settings()
    assert coach.start("a-mouse-learns")
    runner.state, runner.model, runner.run = "running", RunModel("a"), SimpleNamespace(id="a")
    coach._go(8)
    assert not coach.done and coach.next_button.text() == "Finish"
    person.presses_next()
    assert coach.isVisible() and "This one is yours" in coach.note.text()
    linger(0.02)
    assert coach.note.isVisible(), "looking whether it is done does not take it away"
    options = studio.project.recipe.options
    studio.do("Discount", lambda p: edits.set_recipe(p, options={**options, "discount": 0.5}))
    assert coach.note.text() == "discount is 0.5 now; this step asks for 0."
    studio.do("Discount", lambda p: edits.set_recipe(p, options={**options, "discount": 0.0}))
    linger(0.02)
    assert not coach.done, "the training that goes on began before"
    assert "a-mouse-learns" not in studio.settings.finished_lessons()
    runner.model, runner.run = RunModel("b"), SimpleNamespace(id="b")
    qtbot.waitUntil(lambda: coach.done)
    linger(0.02)
    assert coach.isVisible() and coach.at == 8
    assert "a-mouse-learns" in studio.settings.finished_lessons()
    person.presses_next()
    assert not coach.isVisible()


@pytest.mark.parametrize(("lesson", "name"), [("forecast-the-sea", "horizon"), ("find-the-outline", "w0")])
def test_a_constant_and_a_setting_of_the_data_are_looked_at(lesson: str, name: str, person: Person) -> None:
    coach, studio = person.coach, person.studio
    assert coach.start(lesson)
    assert coach.lesson is not None
    step = coach.lesson.steps[-1]
    coach._go(len(coach.lesson.steps) - 1)
    checks = [check for check in step.until if isinstance(check, SettingIs)]
    assert checks
    for check in checks:
        assert check.name == name and check in step.missing(coach._state())
        if check.of == "constants":
            studio.do("Set", lambda p, to=check.equals: edits.set_constants(p, {**p.constants, name: to}))
        else:
            studio.do("Set", lambda p, to=check.equals: edits.set_data(p, options={**p.data.options, name: to}))
        assert check not in step.missing(coach._state())


@pytest.mark.parametrize("width", [500, 600, 720, 750, 800, 900, 1100])
def test_words_and_buttons_are_read_whole_in_any_width(person: Person, width: int, qtbot: QtBot) -> None:
    """Also with the long button at the end, that names the next lesson."""
    coach, holder = person.coach, QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.addStretch(1)
    column.addWidget(coach)
    qtbot.addWidget(holder)
    holder.setFixedSize(width, 700)
    holder.show()
    for name, lesson in lessons().items():
        assert coach.start(name)
        asked = [at for at, step in enumerate(lesson.steps) if step.question is not None]
        for at in (0, *asked, len(lesson.steps) - 1):
            coach._go(at)
            if (question := lesson.steps[at].question) is not None:
                coach._choose(max(range(len(question.answers)), key=lambda one: len(question.answers[one].why)))
            settle()
            for told in (coach.answers.why, *coach.answers.buttons):
                assert told.isHidden() or told.geometry().right() < width, (name, at)
            why = coach.answers.why
            assert why.isHidden() or why.height() >= why.heightForWidth(why.width()), (name, at)
            assert coach.width() == width
            shown = [one for one in coach._buttons if one.isVisible()]
            assert [one.text() for one in shown if one.width() < one.sizeHint().width()] == [], (name, at)
            assert coach.words.height() >= coach.words.heightForWidth(coach.words.width()), (name, at)
            assert coach.title.width() >= coach.title.sizeHint().width(), (name, at)
    coach.setParent(None)
