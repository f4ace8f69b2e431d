"""The comparison page: columns with names and pictures, the course's pairs with the ratio that their formula foretells."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from visualnet.analysis.compare.table import compare
from visualnet.analysis.compare.teaching_pairs import PAIRS
from visualnet.app.features.comparison.dialog import CompareDialog, CostBar, NetworkThumbnail
from visualnet.app.shell.project_files import templates
from visualnet.app.state.studio import Studio
from visualnet.app.theme.apply import apply_theme
from visualnet.app.theme.tokens import DARK
from visualnet.core.document import Document
from visualnet.core.storage.project_file import load


def test_one_network_alone_has_no_bars(dialog: CompareDialog) -> None:
    assert not dialog.findChildren(CostBar)
    dialog.add_file(templates()["lenet5"])
    assert dialog.findChildren(CostBar)


@pytest.fixture
def dialog(qtbot: QtBot) -> CompareDialog:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    apply_theme(app, DARK)
    made = CompareDialog(Studio(Document(load(templates()["resnet-18"])), DARK))
    qtbot.addWidget(made)
    made.show()
    return made


def texts(dialog: CompareDialog) -> list[str]:
    QApplication.processEvents()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return [found.text() for found in dialog.findChildren(QLabel) if found.isVisibleTo(dialog)]


def test_templates_stand_side_by_side_under_their_names_and_pictures(dialog: CompareDialog) -> None:
    for name in ("mobilenet-v1", "vgg-d"):
        dialog.add_file(templates()[name])
    shown = texts(dialog)
    assert {"ResNet-18", "MobileNet v1", "VGG D (16 layers)"} <= set(shown)
    assert {"11,689,512", "4,231,976", "138,357,544", "×0.362", "×11.8"} <= set(shown)
    assert "256 samples" in dialog.foot.text()  # ResNet's own recipe
    sketches = [s for s in dialog.findChildren(NetworkThumbnail) if s.isVisibleTo(dialog)]
    assert [s.project.name for s in sketches if s.project is not None] == [
        "ResNet-18",
        "MobileNet v1",
        "VGG D (16 layers)",
    ]
    picture = sketches[0].grab().toImage()
    colours = {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(0, picture.height(), 4)}
    assert len(colours) > 20 and QColor(DARK.canvas).name() in colours


def test_a_network_is_taken_away_again(dialog: CompareDialog, qtbot: QtBot) -> None:
    dialog.add_file(templates()["vgg-d"])
    away = next(b for b in dialog.findChildren(QPushButton) if b.accessibleName() == "Take ResNet-18 away")
    qtbot.mouseClick(away, Qt.MouseButton.LeftButton)
    assert [name for name, _ in dialog.networks] == ["VGG D (16 layers)"]
    assert "Add a template or a file beside it." in texts(dialog)
    dialog.clear()
    assert dialog.foot.isHidden() and "Choose a pair, a template or a file." in texts(dialog)


@pytest.mark.parametrize("name", PAIRS)
def test_a_pairs_formula_foretells_what_is_counted(dialog: CompareDialog, name: str) -> None:
    dialog.show_pair(name)
    pair = PAIRS[name]
    assert dialog.title.text() == pair.title
    assert dialog.formula.text() == "\n".join(pair.lines)
    told = compare(pair.build())
    first, second = (network["macs"] for network in told["networks"])
    last = [float(line.rpartition("= ")[2].replace(",", "")) for line in pair.lines if re.search(r"= [\d.,]+$", line)]
    if len(last) == 2:  # what each costs
        assert last == [first, second]
    else:
        assert second / first == pytest.approx(last[0], abs=0.0005)


def test_every_template_can_be_added_by_its_title(dialog: CompareDialog) -> None:
    listed = [dialog.templates.itemText(i) for i in range(1, dialog.templates.count())]
    assert {"AlexNet", "AlexNet, small", "GPT"} <= set(listed)
    at = listed.index("GPT, small") + 1
    dialog.templates.setCurrentIndex(at)
    dialog.templates.activated.emit(at)
    assert [name for name, _ in dialog.networks] == ["ResNet-18", "GPT, small"]
