"""Hidden widgets are styled after the visible ones, and look as if they had been styled with them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QPushButton, QStackedWidget, QWidget
from pytestqt.qtbot import QtBot

from visualnet.app.theme import icons
from visualnet.app.theme.apply import ThemeKeeper
from visualnet.app.theme.hidden_widgets import HiddenWidgets
from visualnet.app.widgets.layouts import column

PAGES = 30


@pytest.fixture
def keeper(qapp: QApplication, qtbot: QtBot) -> Iterator[ThemeKeeper]:
    made = ThemeKeeper(qapp, "dark")
    yield made
    made.set_text_size(100)
    made.set_mode("dark")
    qtbot.waitUntil(lambda: not waiting(qapp))
    made.deleteLater()


@pytest.fixture
def pages(keeper: ThemeKeeper, qtbot: QtBot) -> QStackedWidget:
    """One page is seen; each has been."""
    stack = QStackedWidget()
    qtbot.addWidget(stack)
    for number in range(PAGES):
        page = QWidget()
        heading = QLabel(f"Page {number}")
        heading.setProperty("role", "heading")
        muted = QLabel("a line of explanation")
        muted.setProperty("role", "muted")
        column(heading, muted, QPushButton("Button"), QCheckBox("Tick"), parent=page)
        stack.addWidget(page)
    stack.resize(300, 200)
    stack.show()
    for number in range(PAGES):
        stack.setCurrentIndex(number)
        stack.grab()
    stack.setCurrentIndex(0)
    return stack


def waiting(qapp: QApplication) -> int:
    return len(qapp.findChild(HiddenWidgets)._waiting)


def picture(stack: QStackedWidget, number: int) -> QImage:
    stack.setCurrentIndex(number)
    return stack.grab().toImage()


def test_a_page_that_was_hidden_looks_as_one_that_was_seen(
    pages: QStackedWidget, keeper: ThemeKeeper, qapp: QApplication, qtbot: QtBot
) -> None:
    seen = {}
    for mode in ("light", "dark"):
        pages.setCurrentIndex(7)
        keeper.set_mode(mode)
        seen[mode] = picture(pages, 7)
    assert seen["light"] != seen["dark"]
    pages.setCurrentIndex(0)
    qtbot.waitUntil(lambda: not waiting(qapp))
    keeper.set_mode("light")
    assert waiting(qapp) > 2 * PAGES, "what is hidden waits"
    assert picture(pages, 7) == seen["light"], "shown at once"
    held = qapp.findChild(HiddenWidgets)._waiting
    page = pages.widget(7)
    assert not any(w in held for w in (page, *page.findChildren(QWidget))), "the page is styled with all that it holds"
    assert waiting(qapp) > PAGES, "other pages still wait"
    pages.setCurrentIndex(0)
    keeper.set_mode("dark")
    qtbot.waitUntil(lambda: not waiting(qapp))
    assert picture(pages, 7) == seen["dark"], "shown later"
    pages.setCurrentIndex(0)
    keeper.set_mode("light")
    keeper.set_mode("dark")
    assert picture(pages, 7) == seen["dark"], "two changes before its turn"


def test_text_of_a_hidden_page_grows(
    pages: QStackedWidget, keeper: ThemeKeeper, qapp: QApplication, qtbot: QtBot
) -> None:
    heading = pages.widget(5).findChild(QLabel)
    before = heading.fontInfo().pixelSize()
    keeper.set_text_size(150)
    qtbot.waitUntil(lambda: not waiting(qapp))
    assert heading.fontInfo().pixelSize() == pytest.approx(1.5 * before, abs=1)


def test_what_is_hidden_hears_of_the_style_after_what_is_seen(
    pages: QStackedWidget, keeper: ThemeKeeper, qapp: QApplication, qtbot: QtBot
) -> None:
    told: list[QWidget] = []

    class Listener(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.StyleChange and isinstance(watched, QWidget):
                told.append(watched)
            return False

    listener = Listener()
    every = pages.findChildren(QWidget)
    for widget in every:
        widget.installEventFilter(listener)
    keeper.set_mode("light")
    assert told and all(w.isVisible() for w in told), "a change of theme waits for nobody who is not seen"
    qtbot.waitUntil(lambda: not waiting(qapp))
    assert set(told) == set(every), "each is told"
    assert not any(w.testAttribute(Qt.WidgetAttribute.WA_SetStyle) for w in every)


def test_icons_of_what_is_hidden_are_drawn_later_or_when_it_is_shown(
    pages: QStackedWidget, keeper: ThemeKeeper, qapp: QApplication, qtbot: QtBot
) -> None:
    buttons = [pages.widget(number).findChild(QPushButton) for number in (0, 7, 8)]
    for button in buttons:
        icons.bind(button, "play")
    before = [button.icon().cacheKey() for button in buttons]
    keeper.set_mode("light")
    changed = [button.icon().cacheKey() != key for button, key in zip(buttons, before, strict=True)]
    assert changed == [True, False, False]
    pages.setCurrentIndex(7)
    assert buttons[1].icon().cacheKey() == buttons[0].icon().cacheKey() != before[1]
    qtbot.waitUntil(lambda: buttons[2].icon().cacheKey() == buttons[0].icon().cacheKey())


def test_what_is_deleted_before_its_turn_is_left_out(
    pages: QStackedWidget, keeper: ThemeKeeper, qapp: QApplication, qtbot: QtBot
) -> None:
    keeper.set_mode("light")
    for number in range(1, PAGES):
        pages.widget(number).deleteLater()
    qtbot.waitUntil(lambda: not waiting(qapp) and pages.count() == 1)
