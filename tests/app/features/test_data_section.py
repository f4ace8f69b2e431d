"""The inspector's section about the data: how it is divided, and what is made of rare classes."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from tests.app.canvas.conftest import lenet
from visualnet.app.features.inspector.data_section import DataSection
from visualnet.app.state.studio import Studio
from visualnet.app.theme.tokens import DARK
from visualnet.core import edits
from visualnet.core.document import Document
from visualnet.core.project import DataChoice, DataFacts, FieldFacts, PreparationStep

FACTS = DataFacts(
    size=90,
    fields={"image": FieldFacts(shape=(1, 28, 28), axes=("C", "H", "W")), "label": FieldFacts(dtype="int", classes=3)},
    classes=("a", "b", "c"),
    columns=("label", "person", "day"),
)


@pytest.fixture
def section(qtbot: QtBot) -> DataSection:
    own = DataChoice(name="image_folder", path="/photos", facts=FACTS, preparation=(PreparationStep(kind="grey"),))
    project = edits.set_data(lenet(), **{name: getattr(own, name) for name in ("name", "path", "facts", "preparation")})
    made = DataSection(Studio(Document(project), DARK))
    made.studio.document.changed.connect(lambda *_: made.refresh())
    qtbot.addWidget(made)
    made.resize(320, 600)
    made.set_opened(True)
    made.refresh()
    made.show()
    return made


def pick(box: QComboBox, value: str) -> None:
    """Choose as a person does."""
    box.setCurrentIndex(box.findData(value) if box.findData(value) >= 0 else box.findText(value))
    box.activated.emit(box.currentIndex())
    box.textActivated.emit(box.currentText())


def shown(section: DataSection) -> set[str]:
    return {name for name, (_, editor) in section.editors.rows.items() if not editor.isHidden()}


def test_a_division_is_chosen_with_the_columns_that_the_data_have(section: DataSection) -> None:
    studio = section.studio
    assert shown(section) == {"data set", "divided", "split", "split seed", "rare classes"}
    assert "photos" in section.names.placeholderText() and section.division_form is None
    pick(section.division, "group")
    assert (studio.project.data.division, studio.project.data.division_options) == ("group", {"column": "person"})
    assert section.division_form is not None
    column = section.division_form.rows["column"].combo  # type: ignore[attr-defined]
    assert [column.itemText(at) for at in range(column.count())] == ["", "label", "person", "day"]
    pick(column, "day")
    assert studio.project.data.division_options == {"column": "day"}
    pick(section.division, "time")
    assert "split seed" not in shown(section) and "split" in shown(section)
    pick(section.division, "given")
    assert not {"split", "split seed"} & shown(section)
    pick(section.division, "folds")
    assert set(section.division_form.rows) == {"folds", "fold", "test_share", "column"}
    for _ in range(4):
        studio.document.undo()
    assert studio.project.data.division_options == {"column": "person"}
    studio.document.undo()
    assert studio.project.data.division == "shares" and section.division_form is None


def test_rare_classes_are_made_up_for_as_chosen(section: DataSection) -> None:
    pick(section.balance, "weights")
    assert section.studio.project.data.balance == "weights"
    section.studio.document.undo()
    assert section.balance.currentData() == ""


def test_other_data_begin_without_what_was_said_of_ones_own(section: DataSection) -> None:
    pick(section.division, "group")
    pick(section.names, "digits8x8")
    data = section.studio.project.data
    assert (data.name, data.path, data.facts, data.preparation) == ("digits8x8", "", None, ())
    assert (data.division, data.division_options) == ("shares", {})
    section.studio.document.undo()
    assert section.studio.project.data.facts == FACTS and section.studio.project.data.division == "group"


def test_own_data_with_a_long_name_ask_for_no_more_room(section: DataSection) -> None:
    """A panel that is narrower would scroll to the side."""
    long = DataChoice(name="image_folder", path="/photos/" + "a very long name " * 5, facts=FACTS)
    section.studio.do("Data", lambda p: edits.choose_data(p, long))
    assert section.names.placeholderText().endswith("name ") and section.minimumSizeHint().width() < 320
