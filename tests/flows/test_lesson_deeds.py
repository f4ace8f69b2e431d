"""Steps of lessons that wait for a deed are done by the real gesture, and by nothing before it."""

from __future__ import annotations

from typing import Any

import pytest
import torch  # noqa: F401  # what the window does in the background
from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.flows.hands import LEFT, Hands
from tests.flows.test_evaluation import train
from tests.flows.test_generate import press, type_into
from tests.flows.test_lessons import begin
from tests.flows.test_see_inside import entries
from visualnet.app.features.lessons.coach import LessonCoach
from visualnet.app.shell.window import Window
from visualnet.core import edits
from visualnet.templates.lessons import lessons

LONG_MS = 1_000_000


def step_of(window: Window, hands: Hands, name: str, title: str) -> tuple[LessonCoach, Any]:
    """A lesson at one of its steps, from which it does not go on by itself; and the panel that the step brings to the front."""
    coach = begin(window, hands, name)
    coach._next_timer.setInterval(LONG_MS)
    return coach, go_to(window, coach, name, title)


def go_to(window: Window, coach: LessonCoach, name: str, title: str) -> Any:
    at = [step.title for step in lessons()[name].steps].index(title)
    coach._go(at)
    assert not coach.done and lessons()[name].steps[at].until
    panel = lessons()[name].steps[at].panel
    return window.panel(panel) if panel else None


def is_open(coach: LessonCoach) -> bool:
    coach.check()
    return not coach.done


@pytest.mark.wide
def test_both_passes_are_followed_and_the_step_is_taken(window: Window, hands: Hands) -> None:
    coach, panel = step_of(window, hands, "one-step-by-hand", "Forward")
    hands.until(lambda: panel.passes is not None, what="both passes")
    last = len(panel.passes.operations) - 1
    for at in range(last):
        assert is_open(coach) and panel.at == at
        QTest.keyClick(panel.list, Qt.Key.Key_Right)
    hands.until(lambda: coach.done, what="the loss was reached")
    go_to(window, coach, "one-step-by-hand", "The step")
    assert is_open(coach)
    QTest.keyClick(panel.list, Qt.Key.Key_End)
    assert is_open(coach), "the step is still to be taken"
    hands.press(panel, "Take the step")
    hands.until(lambda: coach.done, what="the step was taken")
    hands.until(lambda: panel.passes is not None and panel.passes.step == 2, what="the loss after it")


@pytest.mark.wide
def test_digits_are_made_warm_cold_and_otherwise_and_the_plane_is_added(window: Window, hands: Hands) -> None:
    coach, panel = step_of(window, hands, "draw-from-nothing", "Warm and cold")
    hands.until(lambda: panel.methods and panel.form is not None, what="what can be made")

    def make() -> None:
        press(panel.go)
        hands.until(lambda: not panel.maker.running and panel.made is not None, what="digits")

    make()
    for temperature in ("0.5", "1.5"):
        assert is_open(coach)
        type_into(panel.form.rows["temperature"].focusProxy(), temperature)
        make()
    assert is_open(coach), "the other way is still to come"
    panel.method.setFocus()
    while panel.method.currentText() != "Decoder from codes like those of the data":
        QTest.keyClick(panel.method, Qt.Key.Key_Down)
    make()
    hands.until(lambda: coach.done, what="all three were made")

    inside = go_to(window, coach, "draw-from-nothing", "A map of all digits")
    menu = entries(inside._menu)["Samples"]
    next(action for action in menu.actions() if action.text() == "Latent plane").trigger()
    hands.until(lambda: coach.done, what="the picture is there")
    inside.remove(inside.views[-1])
    assert is_open(coach)


def test_words_are_chosen_by_beam(window: Window, hands: Hands) -> None:
    coach, panel = step_of(window, hands, "english-into-german", "Told and free")
    QTest.mouseClick(panel.choosing.ways.part(1), LEFT)
    assert is_open(coach)
    QTest.mouseClick(panel.choosing.ways.part(2), LEFT)
    hands.until(lambda: coach.done, what="Beam was chosen")


@pytest.mark.wide
def test_a_run_is_judged_a_threshold_moved_and_its_curve_looked_at(window: Window, hands: Hands) -> None:
    coach = begin(window, hands, "what-is-odd")
    coach._next_timer.setInterval(LONG_MS)
    hands.studio.do("Epochs", lambda p: edits.set_recipe(p, epochs=1, device="cpu"))
    train(window, hands)
    panel = go_to(window, coach, "what-is-odd", "A threshold")
    hands.press(panel, "Evaluate")
    hands.until(lambda: panel.evaluation is not None and not panel.evaluator.running, what="an evaluation")
    assert is_open(coach)
    panel.charts.choose("odd_errors")
    panel.charts.dial.setFocus()
    QTest.keyClick(panel.charts.dial, Qt.Key.Key_PageDown)
    hands.until(lambda: coach.done, what="the threshold was moved")
    assert not coach.note.isVisible(), "that the training is over is nothing to be told"

    go_to(window, coach, "what-is-odd", "All thresholds at once")
    missing = len(coach.step.missing(coach._state())) if coach.step else 0
    bar = panel.charts.tabs
    at = [one.name for one in panel.charts.kinds].index("odd_roc")
    QTest.mouseClick(bar, LEFT, Qt.KeyboardModifier.NoModifier, bar.tabRect(at).center())
    assert coach.step is not None and len(coach.step.missing(coach._state())) == missing - 1
    data = window.studio.project.data
    window.studio.do("Odd", lambda p: edits.set_data(p, division_options={**data.division_options, "odd": 1}))
    assert len(coach.step.missing(coach._state())) == missing - 2
    train(window, hands)
    hands.until(lambda: coach.done, what="it was trained again")


def close_dialog(hands: Hands) -> None:
    """Leave the dialog that an action opens, as soon as it stands there."""
    dialog = QApplication.activeModalWidget()
    if dialog is None:
        QTimer.singleShot(20, lambda: close_dialog(hands))
    else:
        QTest.keyClick(dialog, Qt.Key.Key_Escape)


@pytest.mark.parametrize(
    ("lesson", "title", "action"),
    [
        ("a-memory-of-pictures", "The others", "help.zoo"),
        ("begin-with-what-is-known", "Do it yourself", "train.start_from"),
        ("ask-by-experiment", "More questions", "train.vary"),
    ],
)
def test_what_a_menu_offers_is_opened_and_looked_at(
    window: Window, hands: Hands, lesson: str, title: str, action: str
) -> None:
    coach, _ = step_of(window, hands, lesson, title)
    assert is_open(coach)
    close_dialog(hands)
    window.run_action(action)
    hands.until(lambda: coach.done, what="it was opened")


def test_the_note_s_link_is_pressed_and_the_network_trained_again(window: Window, hands: Hands) -> None:
    coach, about = step_of(window, hands, "a-memory-of-pictures", "When does it fail?")
    hands.studio.do("Epochs", lambda p: edits.set_recipe(p, epochs=1, device="cpu"))
    about.page.anchorClicked.emit(QUrl("data:damage=0.45"))
    assert is_open(coach)
    train(window, hands)
    hands.until(lambda: coach.done, what="it was trained with it")
