"""Large type and small screens cut nothing; whatever can be worked has a name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QObject
from PySide6.QtWidgets import QApplication, QDialog, QStyleOptionViewItem, QWidget

from tests.flows.hands import Hands
from tests.reach import cut, nameless
from visualnet.app.shell.window import Window
from visualnet.app.state.frame_settings import TEXT_SIZE
from visualnet.app.theme.apply import ThemeKeeper
from visualnet.app.widgets.dialogs.shortcuts_dialog import ShortcutsDialog
from visualnet.core.user.settings import Settings

SPACES = ("build", "train", "inspect")


@pytest.fixture
def opened(qapp: QApplication, tmp_path: Path) -> Iterator[Callable[[int, int, int], Hands]]:
    """A window with LeNet in it, of a size and with type of a size."""
    made: list[Window] = []
    keepers: list[ThemeKeeper] = []

    def build(text_size: int, width: int, height: int) -> Hands:
        keepers.append(ThemeKeeper(qapp, "dark", text_size=text_size))
        window = Window(Settings(tmp_path / "settings.json"), keepers[-1])
        made.append(window)
        window.resize(width, height)
        window.show()
        hands = Hands(window)
        window.begin("lenet5")
        hands.rest(0.05)
        return hands

    yield build
    for window in made:
        window.close()
        window.deleteLater()
    keepers[-1].set_text_size(100)
    for keeper in keepers:
        keeper.deleteLater()


@pytest.mark.wide
@pytest.mark.parametrize(("text_size", "width", "height"), [(150, 1440, 900), (150, 1280, 720), (100, 1280, 720)])
def test_no_words_are_cut(opened: Callable[[int, int, int], Hands], text_size: int, width: int, height: int) -> None:
    hands = opened(text_size, width, height)
    faults = []
    for space in SPACES:
        hands.window.show_space(space)
        for name in ("", "conv1", "fc1"):
            hands.studio.select([hands.node(name).id] if name else [])
            hands.rest(0.03)
            faults += [f"{space}, {name}: {fault}" for fault in cut(hands.window)]
    assert hands.window.size().toTuple() == (width, height)
    assert not faults, "\n".join(dict.fromkeys(faults))


@pytest.mark.wide
@pytest.mark.parametrize(("text_size", "width", "height"), [(150, 1440, 900), (100, 1280, 720)])
def test_no_words_are_cut_on_the_start_page_and_in_dialogs(
    opened: Callable[[int, int, int], Hands], text_size: int, width: int, height: int
) -> None:
    hands = opened(text_size, width, height)
    hands.window.show_page("start_page")
    hands.rest(0.05)
    faults = cut(hands.window)
    for dialog in dialogs(hands.window):
        dialog.show()
        hands.rest(0.03)
        faults += [f"{type(dialog).__name__}: {fault}" for fault in cut(dialog)]
        dialog.close()
        dialog.deleteLater()
    assert not faults, "\n".join(dict.fromkeys(faults))


def dialogs(window: Window) -> Iterator[QDialog]:
    """Every dialog that the window has of its own."""
    from visualnet.app.features.comparison.dialog import CompareDialog

    yield ShortcutsDialog(window.actions_, window)
    yield CompareDialog(window.studio, window)


@pytest.mark.wide
def test_whatever_can_be_worked_has_a_name(opened: Callable[[int, int, int], Hands]) -> None:
    hands = opened(100, 1440, 900)
    for dock in hands.window.spaces.docks:
        hands.window.spaces.reveal(dock)
        hands.rest(0.03)
    hands.studio.select([hands.node("conv1").id])
    hands.window.palette_popup.open()
    hands.window.palette_popup.close_panel()
    faults = nameless(hands.window)
    for dialog in dialogs(hands.window):
        faults += [f"{type(dialog).__name__}: {fault}" for fault in nameless(dialog)]
        dialog.deleteLater()
    assert not faults, "\n".join(dict.fromkeys(faults))


def test_the_checks_find_what_is_wrong(qtbot: object) -> None:
    """A cut word, a cut button and a nameless field are told; a whole one is not."""
    from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

    root = QWidget()
    qtbot.addWidget(root)  # type: ignore[attr-defined]
    words = QLabel("quite a lot of words", root)
    words.setFixedWidth(30)
    pressed = QPushButton("Press me, please", root)
    pressed.setFixedWidth(20)
    field = QLineEdit(root)
    root.resize(400, 300)
    root.show()
    assert len(cut(root)) == 2 and len(nameless(root)) == 1
    words.setFixedWidth(300)
    pressed.setFixedWidth(300)
    field.setAccessibleName("Name")
    assert not cut(root) and not nameless(root)
    pressed.move(380, 0)
    assert "in QWidget" in cut(root)[0]


@pytest.mark.wide
def test_text_grows_at_once_and_is_remembered(opened: Callable[[int, int, int], Hands]) -> None:
    hands = opened(100, 1440, 900)
    label = hands.window.panel("inspector").node_page.kind
    hands.studio.select([hands.node("conv1").id])
    small = label.fontMetrics().height()
    hands.keys("Ctrl+Alt+=")
    hands.keys("Ctrl+Alt+=")
    assert label.fontMetrics().height() > small
    assert hands.window.settings[TEXT_SIZE] == 125
    hands.keys("Ctrl+Alt+0")
    assert label.fontMetrics().height() == small


@pytest.mark.wide
def test_what_is_drawn_grows_too(opened: Callable[[int, int, int], Hands]) -> None:
    hands = opened(100, 1440, 900)
    view = hands.view
    hands.until(lambda: not view._rest.isActive())
    view.zoom_reset()
    view.skip()
    words, row = (
        view.totals.fontMetrics().height(),
        view.quick_add_popup.list.itemDelegate().sizeHint(QStyleOptionViewItem(), QModelIndex()),
    )
    hands.window.keeper.set_text_size(200)
    hands.rest(0.03)
    assert view.zoom == pytest.approx(2.0), "the words on cards are as large as all others"
    assert view.totals.fontMetrics().height() == pytest.approx(2 * words, abs=2)
    grown = view.quick_add_popup.list.itemDelegate().sizeHint(QStyleOptionViewItem(), QModelIndex())
    assert grown.height() == 2 * row.height()


@pytest.mark.wide
def test_another_theme_is_worn_soon(opened: Callable[[int, int, int], Hands]) -> None:
    """Each widget is dressed a few times, not once for every parent it has."""
    hands = opened(100, 1440, 900)
    for space in SPACES:
        hands.window.show_space(space)
        hands.rest(0.02)
    counter = DressCounter()
    QApplication.instance().installEventFilter(counter)  # type: ignore[union-attr]
    hands.window.set_mode("light")
    QApplication.instance().removeEventFilter(counter)  # type: ignore[union-attr]
    hands.window.set_mode("dark")
    assert counter.dressed <= 3 * len(QApplication.allWidgets())


class DressCounter(QObject):
    """Counts how often any widget is dressed anew."""

    dressed = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.dressed += event.type() == QEvent.Type.StyleChange
        return False
