"""Lessons in a whole window: whatever is in front, a step brings up what it needs, and does or waits for what it asks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QWidget

from tests.flows.hands import LEFT, Hands
from tests.flows.test_experiments import choose, shortened
from visualnet.app.features.experiments import view as view_module
from visualnet.app.features.lessons.coach import LessonCoach
from visualnet.app.shell.window import Window
from visualnet.templates.lessons import lessons


def begin(window: Window, hands: Hands, name: str) -> LessonCoach:
    """Begin a lesson by its card on the start page."""
    window.show_page("start_page")
    hands.rest()
    page = window.pages["start_page"]
    if name not in [card.name for card in page.lessons]:
        QTest.mouseClick(page.lesson_list.more, LEFT)
        hands.rest()
    card = next(c for c in page.lessons if c.name == name)
    hands.until(lambda: not card.visibleRegion().isEmpty() or card.setFocus(), what="the card scrolled into view")
    QTest.mouseClick(card, LEFT)
    hands.rest(0.2)
    coach = window.canvas.strips["lessons"]
    assert isinstance(coach, LessonCoach) and coach.isVisible()
    coach._next_timer.setInterval(60)
    return coach


def is_in_front(widget: QWidget) -> bool:
    """Whether it is seen: a dock behind another has no visible part."""
    return not widget.visibleRegion().isEmpty()


def stride_row(window: Window) -> QWidget:
    row = window.panel("inspector").node_page.form.rows["stride"]
    assert isinstance(row, QWidget)
    return row


@pytest.mark.wide
def test_a_step_raises_the_panel_that_it_needs_and_show_me_always_shows(window: Window, hands: Hands) -> None:
    coach = begin(window, hands, "break-it-and-mend-it")
    window.show_panel("about")
    hands.rest()
    hands.click("conv1")
    hands.until(lambda: coach.at == 1, what="the card was clicked")
    assert is_in_front(stride_row(window)), "About stood in front of the stride"
    for closed in (False, True):
        window.set_panel_shown(*(("inspector", False) if closed else ("about", True)))
        hands.rest()
        assert not is_in_front(stride_row(window))
        hands.press(coach, "Show me")
        hands.rest()
        assert is_in_front(stride_row(window))
    hands.press(coach, "Next")
    hands.until(lambda: coach.at == 2)
    hands.press(coach, "Next")
    hands.until(lambda: coach.at == 3)
    assert is_in_front(window.panel("problems"))


@pytest.mark.wide
def test_a_wrong_click_gets_an_answer_and_next_does_the_step_so_that_undo_takes_it_back(
    window: Window, hands: Hands
) -> None:
    coach = begin(window, hands, "why-28-becomes-24")
    hands.click("image")
    assert coach.note.text() == "That was image; conv1 is the next card." and coach.note.isVisible()
    assert coach.at == 0
    hands.press(coach, "Next")
    assert window.studio.selection == (hands.node("conv1").id,) and not coach.note.isVisible()
    hands.until(lambda: coach.at == 1)
    hands.press(coach, "Next")
    assert coach.at == 1 and coach.done and coach.answers.why.isVisible(), "a question is answered, and the answer read"
    hands.press(coach, "Next")
    hands.set_param("conv1", "padding", "1")
    assert coach.note.text() == "padding of conv1 is 1 now; this step asks for 0."
    hands.press(coach, "Next")
    assert hands.node("conv1").params["padding"] == 0
    hands.until(lambda: coach.at == 3)
    window.canvas.view.setFocus()
    hands.keys("Ctrl+Z")
    assert hands.node("conv1").params["padding"] == 1
    hands.keys("Ctrl+Shift+Z")
    hands.press(coach, "Next")
    hands.press(coach, "Next")
    hands.press(coach, "Next")
    assert coach.at == 4 and "This one is yours" in coach.note.text(), "what is the person's to do is waited for"
    hands.set_param("conv1", "kernel_size", "4")
    assert coach.note.text() == "conv1 puts out 6×25×25 now; 6×26×26 is asked for."
    hands.set_param("conv1", "kernel_size", "3")
    hands.until(lambda: coach.at == 5)


@pytest.mark.wide
def test_a_lesson_that_was_gone_through_is_ticked_leads_to_the_next_and_stands_in_help(
    window: Window, hands: Hands
) -> None:
    coach = begin(window, hands, "why-28-becomes-24")
    page = window.pages["start_page"]
    assert not any(card.done for card in page.lessons)
    assert not coach.follow_button.isVisible()
    for at in (0, 2):
        assert coach.at == at
        hands.press(coach, "Next")
        hands.until(lambda at=at: coach.at == at + 1)
        hands.press(coach, coach.answers.buttons[coach.step.question.right].text())
        hands.press(coach, "Next")
    hands.set_param("conv1", "kernel_size", "3")
    hands.until(lambda: coach.at == 5)
    hands.press(coach, coach.answers.buttons[coach.step.question.right].text())
    hands.press(coach, "Next lesson: Break it and mend it")
    assert coach.isVisible() and (coach.at, coach.name.text()) == (0, "Break it and mend it")
    QTest.keyClick(coach, Qt.Key.Key_Escape)
    assert not coach.isVisible()
    window.show_page("start_page")
    assert [card.done for card in page.lessons] == [True, *[False] * (len(page.lessons) - 1)]
    assert page.lessons[0].accessibleDescription() == "done"
    (menu,) = [m for m in window.topbar.menus.findChildren(QMenu) if m.title() == "Help"]
    submenus = [action.menu() for action in menu.actions() if action.text() in ("Lessons", "Further lessons")]
    listed = [a.text() for each in submenus if isinstance(each, QMenu) for a in each.actions()]
    assert listed == [f"Lesson: {x.title}" for x in lessons().values()]
    submenu = submenus[0]
    assert isinstance(submenu, QMenu)
    next(a for a in submenu.actions() if a.text() == "Lesson: Watch it learn").trigger()
    hands.rest()
    assert coach.isVisible() and coach.name.text() == "Watch it learn"


@pytest.mark.wide
def test_the_lesson_of_points_is_done_for_who_only_presses_next(window: Window, hands: Hands) -> None:
    """All that the program can do in the person's place; the points are theirs, and it says so."""
    coach = begin(window, hands, "points-and-lines")
    steps = lessons()["points-and-lines"].steps
    place = {step.title: at for at, step in enumerate(steps)}
    for at in range(place["Set a point"]):
        hands.until(lambda at=at: coach.at >= at, what=steps[at].title)
        if coach.at == at and steps[at].until:
            hands.until(lambda at=at: coach.at > at or next_once(coach, hands))
    hands.until(lambda: coach.at == place["Set a point"], what="the point")
    hands.press(coach, "Next")
    assert "This one is yours" in coach.note.text()
    panel = window.panel("points")
    QTest.mouseClick(panel.plane, LEFT, Qt.KeyboardModifier.NoModifier, panel.plane.place_of(0.0, 1.2).toPoint())
    hands.until(lambda: coach.at == place["Set a point"] + 1, what="the last step")
    window.actions_.trigger("train.stop")
    hands.until(lambda: window.runner.state == "idle", what="the end")


def next_once(coach: LessonCoach, hands: Hands) -> bool:
    """Ask to go on; what has to be waited for is waited for."""
    if not coach._next_timer.isActive():
        hands.press(coach, "Next")
    hands.rest(0.1)
    return False


@pytest.mark.wide
def test_a_lesson_goes_on_below_the_page_of_experiments(
    window: Window, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page covers the canvas in a tab of its own, and the strip stays: the lesson asks for an experiment, and sees its runs."""
    monkeypatch.setattr(view_module, "find_experiments", lambda: shortened(1))
    coach = begin(window, hands, "ask-by-experiment")
    hands.click("logits")
    hands.until(lambda: coach.at == 1, what="the card was clicked")
    document = window.studio.document
    hands.press(coach, "Next")
    hands.until(lambda: coach.at == 2, what="the page was opened")
    assert window.covered and is_in_front(coach)
    view = window.pages["experiments"].view  # type: ignore[attr-defined]
    choose(view, hands, "Dropout on and off")
    hands.until(lambda: "another experiment" in coach.note.text(), what="an answer")
    assert coach.at == 2 and not coach.done
    choose(view, hands, "Learning rates: too small, right, too large")
    hands.until(lambda: coach.at == 3, what="the experiment is chosen")

    def refused() -> bool:
        hands.press(coach, "Next")
        return "Press Start" in coach.note.text()

    hands.until(refused, what="what is still to be done")
    assert coach.at == 3
    QTest.mouseClick(view.go, LEFT)
    hands.until(lambda: coach.at == 4, what="it was begun")
    hands.until(lambda: coach.done, what="nine runs")
    assert view.experimenter.model.done == 9 and coach.at == 4
    hands.until(lambda: not view.experimenter.busy, what="its end")
    hands.press(coach, "Next")
    assert coach.at == 5
    tab = next(tab for tab in window.project_files.tabs if tab.document is document)
    window.project_files.tabs.show(tab)
    hands.rest()
    assert not window.covered and is_in_front(coach), "back at the network the lesson is still there"
    window.project_files.open_template("xor")
    hands.rest()
    assert not coach.isVisible(), "another project ends it"


def test_a_lesson_is_over_when_its_project_is_closed_behind_a_page(window: Window, hands: Hands) -> None:
    coach = begin(window, hands, next(iter(lessons())))
    tabs = window.project_files.tabs
    tab = tabs.front
    tabs.show_page("start_page")
    hands.rest()
    assert coach.lesson is not None, "a page in front ends none"
    window.project_files.close_tab(tab)
    assert coach.lesson is None and not coach.isVisible()
