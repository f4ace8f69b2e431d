"""Layers are found by typing, placed by Enter; nodes are found by name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTreeWidgetItem

from visualnet.app.features.palette.panel import PalettePanel
from visualnet.app.features.reference.panel import ReferencePanel
from visualnet.app.shell.bars.find_bar import FindBar
from visualnet.app.shell.project_files import templates
from visualnet.app.state.deferred_refresh import do_waiting_refreshes
from visualnet.app.state.studio import Studio
from visualnet.app.theme.tokens import DARK, LIGHT
from visualnet.core.document import Document
from visualnet.core.storage.project_file import load
from visualnet.core.user.settings import Settings
from visualnet.layers import LAYERS


@pytest.fixture
def studio(qapp: QApplication) -> Iterator[Studio]:
    made = Studio(Document(load(templates()["lenet5"])), DARK)
    yield made
    made.deleteLater()


def visible(panel: PalettePanel) -> list[str]:
    tree = panel.tree
    heads = [tree.topLevelItem(i) for i in range(tree.topLevelItemCount())]
    items = [head.child(j) for head in heads if not head.isHidden() for j in range(head.childCount())]
    rare = [item.child(j) for item in items if not item.isHidden() for j in range(item.childCount())]
    return [item.text(0) for item in (*items, *rare) if not item.isHidden() and not item.childCount()]


def seen(panel: PalettePanel) -> list[str]:
    """The rows that are on the screen or would be after scrolling: folded ones are not."""
    found, item = [], panel.tree.topLevelItem(0)
    while item is not None:
        found.append(item.text(0))
        item = panel.tree.itemBelow(item)
    return found


def test_every_layer_is_there_and_typing_finds_it(studio: Studio, qtbot: object) -> None:
    panel = PalettePanel(studio)
    qtbot.addWidget(panel)  # type: ignore[attr-defined]
    panel.show()
    assert {k.label for k in LAYERS.values() if not k.hidden} <= set(visible(panel))
    QTest.keyClicks(panel.search.edit, "conv2")
    assert visible(panel)[0] == "Conv2d"
    panel.search.clear()
    QTest.keyClicks(panel.search.edit, "fully connected")
    assert "Linear" in visible(panel)
    panel.search.clear()
    QTest.keyClicks(panel.search.edit, "qqqqq")
    assert not visible(panel)
    assert panel.nothing.isVisible()


def test_rare_layers_are_collapsed_and_groups_stay_as_they_were_left(studio: Studio, qtbot: object) -> None:
    studio.settings = Settings()
    panel = PalettePanel(studio)
    qtbot.addWidget(panel)  # type: ignore[attr-defined]
    panel.resize(200, 800)
    panel.show()
    rows = seen(panel)
    assert "ReLU" in rows and "LPPool3d" not in rows and "ConvTranspose3d" not in rows
    assert rows.index("6 more") > rows.index("Conv2d")
    tree = panel.tree

    def row(text: str) -> QTreeWidgetItem:
        return tree.findItems(text, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive, 0)[0]

    def click(text: str) -> None:
        tree.scrollToItem(row(text))
        QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=tree.visualItemRect(row(text)).center())

    assert not row("Conv2d").icon(0).isNull()
    click("6 more")
    assert "ConvTranspose3d" in seen(panel)
    click("Pooling")
    assert "MaxPool2d" not in seen(panel)
    QTest.keyClicks(panel.search.edit, "maxpool2d")
    assert "MaxPool2d" in seen(panel), "what is searched is found in folded groups too"
    panel.search.clear()
    assert "MaxPool2d" not in seen(panel)
    again = PalettePanel(studio)
    qtbot.addWidget(again)  # type: ignore[attr-defined]
    assert "ConvTranspose3d" in seen(again) and "MaxPool2d" not in seen(again)


@pytest.mark.parametrize(("kind", "way"), [(PalettePanel, "_recolour"), (ReferencePanel, "_fill")])
def test_a_hidden_panel_wears_the_theme_when_it_is_shown(
    kind: type[PalettePanel] | type[ReferencePanel],
    way: str,
    studio: Studio,
    qtbot: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worn: list[str] = []
    fill = getattr(kind, way)
    monkeypatch.setattr(kind, way, lambda self: (worn.append(self.studio.theme.name), fill(self)))
    panel = kind(studio)
    qtbot.addWidget(panel)  # type: ignore[attr-defined]
    panel.show()
    panel.hide()
    worn.clear()
    studio.set_theme(LIGHT)
    assert not worn, "nobody sees it: a change of theme has enough to do"
    panel.show()
    assert worn == ["light"]
    studio.set_theme(DARK)
    do_waiting_refreshes()
    assert worn == ["light", "dark"]
    panel.hide()
    panel.show()
    assert worn == ["light", "dark"], "only once"


def test_a_change_of_theme_colours_the_entries_and_makes_none_anew(studio: Studio, qtbot: object) -> None:
    panel = PalettePanel(studio)
    qtbot.addWidget(panel)  # type: ignore[attr-defined]
    panel.show()

    def entries() -> list[QTreeWidgetItem]:
        found, heads = [], [panel.tree.topLevelItem(at) for at in range(panel.tree.topLevelItemCount())]
        while heads:
            head = heads.pop()
            assert head is not None
            found.append(head)
            heads += [head.child(at) for at in range(head.childCount())]
        return found

    def colours() -> list[object]:
        # An entry without an icon tells the colour of its words.
        size = QSize(16, 16)
        return [
            one.foreground(0).color().name() if one.icon(0).isNull() else one.icon(0).pixmap(size).toImage()
            for one in entries()
        ]

    before, at_first = colours(), entries()
    studio.set_theme(LIGHT)
    do_waiting_refreshes()
    assert entries() == at_first
    assert all(old != new for old, new in zip(before, colours(), strict=True)), "each has the colour of the theme"


def test_enter_places_the_best(studio: Studio, qtbot: object) -> None:
    panel = PalettePanel(studio)
    qtbot.addWidget(panel)  # type: ignore[attr-defined]
    panel.show()
    placed: list[str] = []
    studio.place_requested.connect(placed.append)
    QTest.keyClicks(panel.search.edit, "relu")
    QTest.keyClick(panel.search.edit, Qt.Key.Key_Return)
    assert placed == ["relu"]
    assert panel.search.text() == ""


def test_find_walks_the_matches(studio: Studio, qtbot: object) -> None:
    bar = FindBar(studio)
    qtbot.addWidget(bar)  # type: ignore[attr-defined]
    bar.open()
    QTest.keyClicks(bar.search.edit, "conv")
    names = []
    for _ in range(3):
        names.append(studio.graph.nodes[studio.selection[0]].name)
        QTest.keyClick(bar.search.edit, Qt.Key.Key_Return)
    assert names == ["conv1", "conv2", "conv1"]
    assert "of 2" in bar.count.text()
    bar.search.clear()
    QTest.keyClicks(bar.search.edit, "nowhere")
    assert "nothing" in bar.count.text()
    QTest.keyClick(bar.search.edit, Qt.Key.Key_Escape)
    assert not bar.isVisible()
