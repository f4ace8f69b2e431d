"""The preparation of samples as it is edited: steps are added, set, put in order, switched off; samples show what comes of it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from visualnet.app.features.data_page.preparation_section import PreparationSection
from visualnet.app.state.studio import Studio
from visualnet.app.theme.tokens import DARK, LIGHT
from visualnet.core import edits
from visualnet.core.document import Document
from visualnet.core.project import DataChoice, DataFacts, FieldFacts, PreparationStep, Project


@pytest.fixture
def section(qtbot: QtBot) -> PreparationSection:
    made = PreparationSection(Studio(Document(Project(data=DataChoice(name="digits8x8"))), DARK))
    qtbot.addWidget(made)
    made.resize(760, 800)
    made.show()
    return made


def settle(qtbot: QtBot, section: PreparationSection) -> None:
    qtbot.waitUntil(lambda: not section.preview.busy, timeout=30_000)


def kinds(section: PreparationSection) -> list[str]:
    return [step.kind for step in section.studio.project.data.preparation]


def offered(section: PreparationSection) -> dict[str, object]:
    """What the menu offers, by its words."""
    menu = section.add_one.menu()
    assert isinstance(menu, QMenu)
    menu.aboutToShow.emit()
    parts = [menu, *(action.menu() for action in menu.actions() if action.menu() is not None)]
    return {action.text(): action for part in parts for action in part.actions() if action.text()}  # type: ignore[union-attr]


def add(section: PreparationSection, words: str) -> None:
    offered(section)[words].trigger()  # type: ignore[attr-defined]


def row(section: PreparationSection, at: int) -> str:
    return section.list.item(at).text()


def test_steps_are_added_set_ordered_switched_off_and_removed_and_all_of_it_is_undone(
    qtbot: QtBot, section: PreparationSection
) -> None:
    assert section.empty.isVisible()
    words = offered(section)
    assert "Resize" in words
    assert "Rotate at random" in words
    assert "Tokenise" not in words, "only what fits"
    assert "Categories to columns" not in words
    add(section, "Resize")
    assert row(section, 0) == "1  Resize\nimage 1×8×8 → 1×64×64"
    assert section.form is not None
    field = section.form.rows["height"].field  # type: ignore[attr-defined]
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "20")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert section.studio.project.data.preparation[0].options["height"] == 20
    assert "→ 1×20×64" in row(section, 0)
    assert section.fields.text() == "The network is given: image 1×20×64, label 1"
    add(section, "To colour channels")
    add(section, "Crop")
    assert kinds(section) == ["resize", "rgb", "crop"]
    assert section.list.currentRow() == 2
    QTest.keyClick(section.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert kinds(section) == ["resize", "crop", "rgb"]
    assert section.list.currentRow() == 1
    QTest.keyClick(section.list, Qt.Key.Key_Space)
    assert section.studio.project.data.preparation[1].off
    assert row(section, 1).endswith("Off: it is left out")
    QTest.keyClick(section.list, Qt.Key.Key_Delete)
    assert kinds(section) == ["resize", "rgb"]
    drop(section, 0, 1)
    assert kinds(section) == ["rgb", "resize"]
    QTest.mouseClick(section.up, Qt.MouseButton.LeftButton)
    assert kinds(section) == ["resize", "rgb"], "what was dropped stays the current one"
    QTest.mouseClick(section.normalise, Qt.MouseButton.LeftButton, pos=QPoint(8, section.normalise.height() // 2))
    assert not section.studio.project.data.normalise
    while section.studio.document.undo():
        pass
    assert kinds(section) == []
    assert section.studio.project.data.normalise
    assert section.empty.isVisible()
    assert section.form is None
    settle(qtbot, section)


def drop(section: PreparationSection, at: int, below: int) -> None:
    """Drop the step at one row below another."""
    section.list.setCurrentRow(at)
    area = section.list.visualItemRect(section.list.item(below))
    spot = QPointF(area.center().x(), area.bottom() - 1)
    move, left, none = Qt.DropAction.MoveAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDropEvent(spot, move, QMimeData(), left, none)
    section.list.dropIndicatorPosition = lambda: section.list.DropIndicatorPosition.BelowItem  # type: ignore[method-assign]
    section.list.dropEvent(event)


def test_what_does_not_fit_is_said_at_the_step(qtbot: QtBot, section: PreparationSection) -> None:
    step = PreparationStep(kind="crop", options={"height": 9, "width": 4})
    section.studio.do("x", lambda p: edits.set_data(p, preparation=(step, PreparationStep(kind="magic"))))
    assert "An image of 8×8 does not hold a part of 9×4" in row(section, 0)
    assert section.wrong.isVisible()
    assert row(section, 1) == "2  magic\nThis version knows no step “magic”"
    section.list.setCurrentRow(1)
    assert section.form is None
    settle(qtbot, section)
    assert [name for name, _ in section.preview.strip.rows] == ["As they are"]
    assert section.preview.words.isVisible()
    many = DataFacts(size=3, fields={"image": FieldFacts(shape=(3, 0, 0), axes=("C", "H", "W"))}, fingerprint="x")
    section.studio.do("x", lambda p: edits.set_data(p, name="image_folder", path="/gone", facts=many, preparation=()))
    assert section.trouble.text().startswith("The samples of “image” differ in size: let the preparation bring")
    settle(qtbot, section)
    assert section.preview.strip.rows == []
    assert section.preview.words.text().startswith("The samples cannot be shown")


def test_samples_show_what_the_steps_do(qtbot: QtBot, section: PreparationSection) -> None:
    strip = section.preview.strip
    settle(qtbot, section)
    assert [name for name, _ in strip.rows] == ["As they are"]
    assert not section.preview.other.isVisible()
    add(section, "Resize")
    add(section, "Erase at random")
    settle(qtbot, section)
    assert [name for name, _ in strip.rows] == ["As they are", "Prepared", "Augmented"]
    assert strip.rows[1][1][0].size == (64, 64)
    assert row(section, 1).endswith("In training alone, anew in each batch")
    before = [content.pixels.tobytes() for content in strip.rows[2][1] if content.pixels is not None]
    QTest.mouseClick(section.preview.other, Qt.MouseButton.LeftButton)
    settle(qtbot, section)
    after = [content.pixels.tobytes() for content in strip.rows[2][1] if content.pixels is not None]
    assert len(before) == len(after) == 6
    assert before != after, "another chance"
    section.studio.theme = LIGHT
    section.studio.theme_changed.emit(LIGHT)
    assert not strip.grab().isNull()
    section.resize(360, 800)
    assert section._upper.direction() == section._upper.Direction.TopToBottom
