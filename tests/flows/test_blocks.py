"""A person and blocks: group with the keyboard, open, change, use again, take apart, keep for another project."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDrag, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QInputDialog, QLabel, QLineEdit, QToolButton, QTreeWidgetItem

from tests.flows.hands import Hands
from visualnet.analysis.geometry.layout_choice import scale_to_fit
from visualnet.app.canvas.commands.arrange import view_size
from visualnet.app.canvas.scene.node_item import sizes
from visualnet.app.features.inspector.sections.block_parameters import expose_default
from visualnet.app.features.inspector.sections.parameters_section import ParametersSection
from visualnet.app.features.palette.panel import PalettePanel
from visualnet.app.shell.window import Window
from visualnet.core import edits
from visualnet.core.project import MAIN, ParameterDescription
from visualnet.core.storage import project_file
from visualnet.core.user import block_library

CONTROL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def lenet(window: Window, hands: Hands) -> Window:
    """LeNet-5, as the start page opens it."""
    window.pages["start_page"].template_chosen.emit("lenet5")
    hands.rest(0.2)
    return window


def select(hands: Hands, *names: str) -> None:
    for at, name in enumerate(names):
        hands.click(name, Qt.KeyboardModifier.ShiftModifier if at else Qt.KeyboardModifier.NoModifier)
    assert {hands.studio.graph.nodes[i].name for i in hands.studio.selection} == set(names)


def canvas_keys(hands: Hands, sequence: str) -> None:
    hands.view.setFocus()
    QTest.keySequence(hands.view, sequence)
    hands.rest(0.02)


def first_two(hands: Hands) -> tuple[str, str]:
    """The first convolution and what reads it."""
    conv = next(n for n in hands.studio.graph if n.kind == "conv2d")
    after = next(t.node for t, s in hands.studio.graph.wires.items() if s.node == conv.id)
    return conv.name, hands.studio.graph.nodes[after].name


def grouped(hands: Hands) -> str:
    """Group the first two cards; the instance's name."""
    select(hands, *first_two(hands))
    canvas_keys(hands, "Ctrl+G")
    (made,) = hands.studio.selection
    return hands.studio.graph.nodes[made].name


def test_group_open_change_and_take_apart(lenet: Window, hands: Hands) -> None:
    studio, before = hands.studio, hands.studio.project
    totals = studio.analysis.main.totals
    conv, _ = first_two(hands)
    name = grouped(hands)
    assert list(studio.project.blocks) == ["block"]
    assert studio.analysis.main.totals == totals
    assert not studio.analysis.errors()
    canvas_keys(hands, "Ctrl+Return")
    assert studio.sheet == "block"
    assert lenet.canvas.tabs.count() == 2
    hands.set_param(conv, "out_channels", "12")
    lenet.canvas.tabs.setCurrentIndex(0)
    hands.rest()
    assert studio.facts is not None
    assert studio.analysis.main.totals != totals, "every use follows the definition"
    hands.click(name)
    canvas_keys(hands, "Ctrl+Shift+G")
    assert hands.node(conv).params["out_channels"] == 12
    told = ["Group 2 nodes", f"Set out_channels of “{conv}”", f"Ungroup “{name}”"]
    assert [step.label for step in studio.document.steps] == told, "the history says what was done to what"
    for _ in range(3):
        hands.keys("Ctrl+Z")
    assert studio.project == before


@pytest.mark.wide
def test_what_cannot_be_grouped_is_said(lenet: Window, hands: Hands) -> None:
    conv, after = first_two(hands)
    beyond = next(t.node for t, s in hands.studio.graph.wires.items() if s.node == hands.node(after).id)
    select(hands, conv, hands.studio.graph.nodes[beyond].name)
    before = hands.studio.project
    canvas_keys(hands, "Ctrl+G")
    assert hands.studio.project is before
    assert f"“{after}” stands between" in lenet.toast.text


@pytest.mark.wide
def test_rename_unique_and_unused(lenet: Window, hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    studio, actions = hands.studio, lenet.actions_
    name = grouped(hands)
    assert not actions["graph.remove_unused"].isEnabled()
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("Stem", True))
    actions.trigger("graph.rename_block")
    assert list(studio.project.blocks) == ["Stem"]
    assert hands.node(name).block == "Stem"
    hands.click(name)
    canvas_keys(hands, "Ctrl+D")
    actions.trigger("graph.make_unique")
    assert list(studio.project.blocks) == ["Stem", "Stem2"]
    canvas_keys(hands, "Del")
    actions.trigger("graph.remove_unused")
    assert list(studio.project.blocks) == ["Stem"]


@pytest.mark.wide
def test_a_number_becomes_the_block_s_parameter_by_the_right_button(lenet: Window, hands: Hands) -> None:
    conv, _ = first_two(hands)
    name = grouped(hands)
    canvas_keys(hands, "Ctrl+Return")
    hands.click(conv)
    form = lenet.panel("inspector").node_page.form
    field = form.rows["out_channels"].field
    # The screen of the tests can show no menu: it is asked for as the right button does, and its entry chosen.
    menu = form.menu_for("out_channels", field)
    next(a for a in menu.actions() if a.text() == "Expose as block parameter").trigger()
    menu.deleteLater()
    hands.rest()
    assert hands.studio.project.blocks["block"].params == {"out_channels": 6}
    assert hands.node(conv).params["out_channels"] == "out_channels"
    lenet.canvas.tabs.setCurrentIndex(0)
    hands.rest()
    hands.set_param(name, "out_channels", "9")
    facts = hands.studio.facts
    assert facts is not None
    assert facts[hands.node(name).id].leaving[next(iter(facts[hands.node(name).id].outputs))].shape[0] == 9
    assert hands.view.hasFocus(), "Return has given the keyboard back"


def own() -> list[str]:
    return [e.name for e in block_library.entries() if not e.shipped]


def row(palette: PalettePanel, title: str, text: str) -> QTreeWidgetItem:
    """The palette's entry below a heading."""
    heads = [palette.tree.topLevelItem(i) for i in range(palette.tree.topLevelItemCount())]
    head = next(h for h in heads if h.text(0) == title)
    return next(head.child(i) for i in range(head.childCount()) if head.child(i).text(0) == text)


@pytest.mark.wide
def test_a_block_is_kept_and_used_in_another_project(
    lenet: Window, hands: Hands, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    palette: PalettePanel = lenet.panel("palette")
    assert "Keep block in library" in row(palette, "Your library", "None yet").toolTip(0)
    grouped(hands)
    lenet.actions_.trigger("graph.save_block")
    assert own() == ["block"]
    shared = tmp_path / "shared.vnet"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(shared), ""))
    lenet.actions_.trigger("graph.export_block")
    assert list(project_file.load(shared).blocks) == ["block"]
    hands.studio.document._saved = hands.studio.project  # it may be left
    lenet.pages["start_page"].template_chosen.emit("mlp-mnist")
    hands.rest(0.2)
    before = hands.studio.project
    hands.drop_layer("library:block", 400, 900)
    assert list(hands.studio.project.blocks) == ["block"]
    hands.keys("Ctrl+Z")
    assert hands.studio.project == before, "the definition and the card are one step"
    palette.tree.setFocus()
    palette.tree.setCurrentItem(row(palette, "Your library", "block"))
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("pair", True))
    QTest.keyClick(palette.tree, Qt.Key.Key_F2)
    assert own() == ["pair"]
    palette.tree.setCurrentItem(row(palette, "Your library", "pair"))
    QTest.keyClick(palette.tree, Qt.Key.Key_Delete)
    assert own() == []
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(shared), ""))
    lenet.actions_.trigger("graph.import_block")
    assert own() == ["block"]
    shared.write_text("{", encoding="utf-8")
    lenet.actions_.trigger("graph.import_block")
    assert "shared.vnet" in lenet.toast.text
    assert own() == ["block"]
    assert hands.studio.sheet == MAIN


@pytest.mark.wide
def test_a_standard_block_stays_in_the_library(lenet: Window, hands: Hands) -> None:
    palette: PalettePanel = lenet.panel("palette")
    item = row(palette, "Standard blocks", "squeeze_excitation")
    menu = palette.menu_for(item)
    enabled = {a.text().partition("\t")[0]: a.isEnabled() for a in menu.actions() if a.text()}
    assert not enabled["Remove from the library"]
    assert enabled["Export to a file…"]
    next(a for a in menu.actions() if a.text() == "Add to the network").trigger()
    menu.deleteLater()
    assert list(hands.studio.project.blocks) == ["squeeze_excitation"]
    palette.tree.setFocus()
    palette.tree.setCurrentItem(row(palette, "Standard blocks", "squeeze_excitation"))
    QTest.keyClick(palette.tree, Qt.Key.Key_Delete)
    assert "comes with the program" in lenet.toast.text


@pytest.mark.wide
def test_quick_add_finds_the_library_s_blocks_and_sets_their_numbers(lenet: Window, hands: Hands) -> None:
    studio, view = hands.studio, hands.view
    conv = next(n for n in studio.graph if n.kind == "conv2d")
    hands.click(conv.name)
    canvas_keys(hands, "Space")
    assert view.quick_add_popup.isVisible()
    QTest.keyClicks(view.quick_add_popup.field, "squeeze excit channels=6 r2 x2")
    assert view.quick_add_popup.list.currentItem().text().startswith("squeeze_excitation")
    QTest.keyClick(view.quick_add_popup.field, Qt.Key.Key_Return)
    (made,) = studio.selection
    node = studio.graph.nodes[made]
    assert (node.block, dict(node.params), node.repeat) == ("squeeze_excitation", {"channels": 6, "reduction": 2}, 2)
    facts = studio.facts
    assert facts is not None
    assert facts[made].leaving["y"].shape[0] == 6, "it is wired after the selection"
    hands.keys("Ctrl+Z")
    assert not studio.project.blocks


def dropped(target: ParametersSection, mime: QMimeData) -> None:
    """Bring what is carried over the list, see the mark, let go."""
    spot, action = target.rect().center(), Qt.DropAction.CopyAction
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(target, QDragEnterEvent(spot, action, mime, left, none))
    assert target.mark.isVisibleTo(target), "the list says what a drop would do"
    QApplication.sendEvent(target, QDropEvent(QPointF(spot), action, mime, left, none))
    assert not target.mark.isVisibleTo(target)


@pytest.mark.wide
def test_a_field_is_dragged_onto_the_block_s_parameters(
    lenet: Window, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    conv, _ = first_two(hands)
    grouped(hands)
    canvas_keys(hands, "Ctrl+Return")
    hands.click(conv)
    page = lenet.panel("inspector").node_page
    name = next(w for w in page.form.findChildren(QLabel) if "out_channels" in w.text())
    carried: list[QMimeData] = []

    def carry(drag: QDrag, *_: object) -> None:
        carried.append(QMimeData())
        for kind in drag.mimeData().formats():
            carried[0].setData(kind, drag.mimeData().data(kind))

    monkeypatch.setattr(QDrag, "exec", carry)
    start = name.rect().center()
    QTest.mousePress(name, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(name, start + QPoint(0, 40))
    assert carried, "dragged down the field is carried"
    QTest.mouseRelease(name, Qt.MouseButton.LeftButton, pos=start)
    before = hands.studio.project
    dropped(page.parameters, carried[0])
    assert hands.studio.project.blocks["block"].params == {"out_channels": 6}
    assert hands.node(conv).params["out_channels"] == "out_channels"
    hands.keys("Ctrl+Z")
    assert hands.studio.project == before
    start = name.rect().center()
    QTest.mousePress(name, Qt.MouseButton.LeftButton, pos=start)
    for by in (10, 20, 30):
        QTest.mouseMove(name, start + QPoint(by, 0))
    QTest.mouseRelease(name, Qt.MouseButton.LeftButton, pos=start)
    assert len(carried) == 1, "dragged sideways its number changes"
    hands.keys("Ctrl+Z")
    assert hands.studio.project == before
    QTest.mousePress(name, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 6):
        QTest.mouseMove(name, start + QPoint(9 * step, 20 * step))
    QTest.mouseRelease(name, Qt.MouseButton.LeftButton, pos=start)
    assert len(carried) == 2, "a hand that goes down goes a little sideways too"
    assert hands.studio.project == before


@pytest.mark.wide
def test_a_block_s_parameter_is_told_of_renamed_and_taken_away(lenet: Window, hands: Hands) -> None:
    studio = hands.studio
    conv, _ = first_two(hands)
    grouped(hands)
    canvas_keys(hands, "Ctrl+Return")
    assert expose_default(studio, hands.node(conv).id, "out_channels")
    studio.select(())
    hands.rest()
    numbers: ParametersSection = lenet.panel("inspector").project_page.constants
    numbers.set_opened(True)
    menu = numbers.menu_for("out_channels")
    words = [a.text() for a in menu.actions()]
    assert f"Used by “{conv}”" in words
    next(a for a in menu.actions() if a.text().startswith("Describe")).trigger()
    menu.deleteLater()
    told = numbers.descriptions["out_channels"]
    hands.type_into(told.note, "Filters of the stem.")
    hands.type_into(told.low, "2")
    assert studio.project.blocks["block"].about["out_channels"] == ParameterDescription(
        note="Filters of the stem.", low=2
    )
    assert told.words.text() == "Filters of the stem. (at least 2)"
    hands.type_into(numbers.fields["out_channels"], "1")
    assert studio.project.blocks["block"].params == {"out_channels": 6}, "it lies outside the bounds"
    text = next(w for w in numbers.findChildren(QLabel) if w.text() == "out_channels")
    QTest.mouseDClick(text, Qt.MouseButton.LeftButton)
    edit = next(e for e in numbers.findChildren(QLineEdit) if e.accessibleName() == "New name of out_channels")
    hands.type_into(edit, "width")
    assert studio.project.blocks["block"].params == {"width": 6}
    assert hands.node(conv).params["out_channels"] == "width"
    before = studio.project
    menu = numbers.menu_for("width")
    next(a for a in menu.actions() if a.text().startswith("Put 6 in its place")).trigger()
    menu.deleteLater()
    assert studio.project.blocks["block"].params == {}
    assert hands.node(conv).params["out_channels"] == 6
    hands.keys("Ctrl+Z")
    assert studio.project == before


@pytest.mark.wide
def test_breadcrumbs_lead_up_and_beside(lenet: Window, hands: Hands) -> None:
    studio, row_ = hands.studio, lenet.canvas.crumbs
    assert not row_.isVisible(), "the main sheet needs none"
    outer = grouped(hands)
    studio.do("Repeat", lambda p: edits.set_node(p, MAIN, [hands.node(outer).id], repeat="2 - 1"))
    hands.click(outer)
    canvas_keys(hands, "Ctrl+D")
    other = studio.graph.nodes[studio.selection[0]].name
    hands.click(outer)
    canvas_keys(hands, "Ctrl+Return")
    assert row_.isVisible()
    assert [c.words for c in row_.shown] == [studio.project.name, f"{outer} ×2 - 1"]
    conv = next(n for n in studio.graph if n.kind == "conv2d")
    hands.click(conv.name)
    canvas_keys(hands, "Ctrl+G")
    inner = studio.graph.nodes[studio.selection[0]].name
    canvas_keys(hands, "Ctrl+Return")
    assert [c.words for c in row_.shown] == [studio.project.name, f"{outer} ×2 - 1", inner]
    canvas_keys(hands, "Ctrl+Shift+Return")
    assert studio.sheet == "block"
    assert [studio.graph.nodes[i].name for i in studio.selection] == [inner], "what one came from is selected"
    menu = row_.menu_for(row_.shown[1])
    assert [(a.text(), a.isChecked()) for a in menu.actions()] == [
        (f"{outer} ×2 - 1", True),
        (f"{other} ×2 - 1", False),
    ]
    next(a for a in menu.actions() if a.text().startswith(other)).trigger()
    menu.deleteLater()
    assert studio.path == (studio.project.graph.named(other).id,)
    home = next(b for b in row_.findChildren(QToolButton) if b.text() == studio.project.name)
    QTest.mouseClick(home, Qt.MouseButton.LeftButton)
    assert (studio.sheet, studio.path) == (MAIN, ())
    assert not row_.isVisible()


@pytest.mark.wide
def test_a_block_opens_in_place_and_is_edited_there(lenet: Window, hands: Hands) -> None:
    studio, inside = hands.studio, lenet.canvas.inside
    conv, _ = first_two(hands)
    name = grouped(hands)
    canvas_keys(hands, "Alt+Return")
    assert inside.isVisible()
    view, own = inside.view, inside.own
    assert view is not None and own is not None
    assert (own.sheet, own.path, studio.sheet) == ("block", (hands.node(name).id,), MAIN)
    assert name in inside.words.text()
    hands.rest(0.1)
    card = next(c for c in view.canvas.cards.values() if c.node.name == conv)
    middle = view.mapFromScene(card.rect.center())
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
    assert own.selection == (card.id,)
    assert [studio.graph.nodes[i].name for i in studio.selection] == [name], "around it the selection stays"
    before = studio.project
    view.setFocus()
    QTest.keySequence(view, "Ctrl+D")
    hands.rest()
    assert len(studio.project.blocks["block"].graph.nodes) == len(before.blocks["block"].graph.nodes) + 1
    QTest.keySequence(view, "Del")
    hands.rest()
    assert studio.project.blocks["block"].graph.nodes.keys() == before.blocks["block"].graph.nodes.keys()
    assert name in {n.name for n in studio.graph}, "Del inside leaves alone what is selected around it"
    hands.keys("Ctrl+Z")
    hands.keys("Ctrl+Z")
    assert studio.project == before
    own.select([card.id])
    QTest.keySequence(view, "Ctrl+Return")
    hands.rest()
    assert studio.sheet == "block"
    assert [studio.graph.nodes[i].name for i in studio.selection] == [conv]
    assert not inside.isVisible()
    canvas_keys(hands, "Ctrl+Shift+Return")
    hands.click(name)
    canvas_keys(hands, "Alt+Return")
    assert inside.view is not None
    QTest.keyClick(inside.view, Qt.Key.Key_Escape)
    hands.rest()
    assert not inside.isVisible()
    canvas_keys(hands, "Alt+Return")
    hands.keys("Ctrl+Z")
    assert not inside.isVisible(), "its block is gone"
    hands.rest()


def inside_click(lenet: Window, hands: Hands, name: str, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Click a card of the block that is open in place."""
    view = lenet.canvas.inside.view
    assert view is not None
    card = next(c for c in view.canvas.cards.values() if c.node.name == name)
    middle = view.mapFromScene(card.rect.center())
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, modifiers, middle)
    hands.rest(0.02)


@pytest.mark.wide
def test_in_place_the_inspector_and_the_keys_work_on_what_is_inside(lenet: Window, hands: Hands) -> None:
    studio, inside, page = hands.studio, lenet.canvas.inside, lenet.panel("inspector").node_page
    conv, after = first_two(hands)
    name = grouped(hands)
    canvas_keys(hands, "Alt+Return")
    hands.rest(0.1)
    inside_click(lenet, hands, conv)
    assert page.name.text() == conv
    page.form.point_at("out_channels")
    hands.type_into(page.form.rows["out_channels"].findChild(QLineEdit), "9")
    assert studio.project.blocks["block"].graph.named(conv).params["out_channels"] == 9
    assert inside.isVisible() and page.name.text() == conv, "working in the inspector does not turn away from it"
    assert "9" in inside.ports.text(), "the ports tell the new size"
    inner = len(studio.project.blocks["block"].graph.nodes)
    palette: PalettePanel = lenet.panel("palette")
    palette.search.edit.setFocus()
    QTest.keyClicks(palette.search.edit, "tanh")
    QTest.keyClick(palette.search.edit, Qt.Key.Key_Return)
    hands.rest()
    assert len(studio.project.blocks["block"].graph.nodes) == inner + 1, "the palette adds to what is worked in"
    assert page.name.text() == "tanh" and inside.isVisible()
    hands.keys("Ctrl+Z")
    hands.click(name)
    assert page.name.text() == name, "around it the block itself is meant"
    inside_click(lenet, hands, conv)
    inside_click(lenet, hands, after, Qt.KeyboardModifier.ShiftModifier)
    before = studio.project
    QTest.keySequence(inside.view, "Ctrl+G")
    hands.rest()
    assert set(studio.project.blocks) == {"block", "block2"}, "grouped inside, not around"
    assert name in {n.name for n in studio.project.graph}
    hands.keys("Ctrl+Z")
    assert studio.project == before
    hands.keys("Ctrl+Shift+Z")
    inner = next(c for c in inside.view.canvas.cards.values() if c.node.block)
    inside_click(lenet, hands, inner.node.name)
    QTest.keySequence(inside.view, "Return")
    hands.rest()
    assert (studio.sheet, len(studio.path)) == ("block2", 2), "a block inside has a sheet of its own"
    assert not inside.isVisible() and lenet.views.studio is studio


@pytest.mark.wide
def test_frames_and_notes_go_into_the_block_and_come_back(lenet: Window, hands: Hands) -> None:
    studio, view = hands.studio, hands.view
    conv, after = first_two(hands)

    def round_(*names: str) -> None:
        """Draw a rectangle round these cards."""
        cards = [view.canvas.cards[hands.node(n).id].rect for n in names]
        whole = cards[0].united(cards[-1]).adjusted(-12, -12, 12, 12)
        hands.drag(hands.at(whole.left(), whole.top()), hands.at(whole.right(), whole.bottom()))
        assert {studio.graph.nodes[i].name for i in studio.selection} == set(names)

    round_(conv, after)
    canvas_keys(hands, "F")
    QTest.keyClicks(view.annotation_editor, "Stem")
    QTest.keyClick(view.annotation_editor, Qt.Key.Key_Return)
    (frame,) = studio.graph.annotations.values()
    view.setFocus()
    hands.drag(hands.at(frame.area[0] + 20, frame.area[1] + 10), hands.at(frame.area[0] + 28, frame.area[1] - 6))
    (moved,) = studio.graph.annotations.values()
    assert moved.area != frame.area, "taken by its title it moves"
    before = studio.project
    beside = next(n.name for n in studio.graph if n.kind == "max_pool2d")
    hands.click(conv)
    for name in (after, beside):
        hands.click(name, Qt.KeyboardModifier.ShiftModifier)
    canvas_keys(hands, "Ctrl+G")
    assert not studio.graph.annotations and not view.canvas.annotations
    assert [r.text for r in studio.project.blocks["block"].graph.annotations.values()] == ["Stem"]
    canvas_keys(hands, "Ctrl+Shift+G")
    assert studio.graph.annotations.keys() == view.canvas.annotations.keys()
    assert [(r.text, r.area) for r in studio.graph.annotations.values()] == [("Stem", moved.area)]
    places = {n.name: studio.graph.places[n.id] for n in studio.graph}
    assert places == {n.name: before.graph.places[n.id] for n in before.graph}
    hands.keys("Ctrl+Z")
    hands.keys("Ctrl+Z")
    assert studio.project == before


@pytest.mark.wide
def test_the_icons_of_the_sheets_wear_the_theme(lenet: Window, hands: Hands) -> None:
    grouped(hands)

    def ink() -> int:
        """How light the home icon's strokes are."""
        image = lenet.canvas.tabs.tabIcon(0).pixmap(16, 16).toImage()
        seen = [image.pixelColor(x, y) for x in range(16) for y in range(16)]
        return max((c.alpha(), c.lightness()) for c in seen)[1]

    dark = ink()
    lenet.set_mode("light")
    hands.rest(0.05)
    assert ink() < dark - 60


@pytest.mark.wide
def test_a_templates_block_opens_in_rows_that_can_be_read_and_keeps_what_a_person_chose(hands: Hands) -> None:
    """It opened as one long row of tiny cards, as it was published."""
    studio, view, window = hands.studio, hands.view, hands.window
    window.begin("vit-small")
    window.show_space("inspect")
    hands.rest()
    published = studio.project.blocks["encoder"].graph
    relu = studio.do("Add", lambda p: edits.add_node(p, "", "relu", at=(0, 900)))
    assert relu and studio.document.modified

    studio.open_sheet("encoder", (hands.node("encoder").id,))
    hands.rest()
    before = scale_to_fit(published.places, sizes(view.canvas.cards, published.direction), view_size(view))
    assert view.zoom > 1.2 * before and view.seen.contains(view.canvas.contents())
    assert len(studio.document.steps) == 1, "no step of the person's"
    studio.document.undo()
    hands.rest()
    assert not studio.document.modified, "it needs no saving"
    assert studio.graph.places != published.places, "undo keeps it"

    node = next(iter(studio.graph))
    studio.do("Move", lambda p: edits.move(p, "encoder", {node.id: (-4000.0, -300.0)}))
    chosen = studio.graph.places
    studio.open_sheet("")
    hands.rest()
    studio.open_sheet("encoder", (hands.node("encoder").id,))
    hands.rest()
    assert studio.graph.places == chosen, "a person's places stay"
