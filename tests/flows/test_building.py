"""Building a network by keyboard and by mouse: where the keys go, where a new layer stands, what leads out of an unfinished drawing."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog, QLineEdit, QMenu, QWidget

from tests.flows.hands import LEFT, NONE, Hands
from visualnet.analysis.repair.search import repairs
from visualnet.app.shell.window import Window
from visualnet.core import edits
from visualnet.core.graph import Port
from visualnet.core.project import MAIN

KEY = Qt.Key


def type_keys(text: str) -> None:
    """Type to whatever has the keyboard, as a person does who looks at the keys."""
    for letter in text:
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, letter)


def press(key: Qt.Key) -> None:
    """Press a key, wherever the keyboard is."""
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, key)
    QApplication.processEvents()


def add_by_keys(hands: Hands, words: str) -> str:
    """Space, some letters, Return; the name of the new node."""
    press(KEY.Key_Space)
    type_keys(words)
    press(KEY.Key_Return)
    hands.rest(0.01)
    return hands.studio.graph.nodes[hands.studio.selection[0]].name


def empty(window: Window, hands: Hands) -> None:
    """An empty network, worked in."""
    window.project_files.new()
    hands.rest()
    window.activateWindow()
    hands.view.setFocus()


def double_click(widget: QWidget) -> None:
    """A click and the second of a double click, where the text of a field stands."""
    at = widget.rect().center()
    if isinstance(widget, QLineEdit):
        at = widget.cursorRect().center()
    QTest.mouseClick(widget, LEFT, pos=at)
    QTest.mouseDClick(widget, LEFT, pos=at)


def param_field(window: Window, name: str) -> QLineEdit:
    """The inspector's field of a parameter, in view."""
    page = window.panel("inspector").node_page
    if page.form.rows[name].param.more:
        page.form.more.set_opened(True)
    field = page.form.rows[name].findChild(QLineEdit)
    QApplication.processEvents()
    return field


def test_the_keyboard_comes_back_from_a_field(window: Window, hands: Hands) -> None:
    """Return and Escape lead back to the canvas, with the node still selected, so that the next layer is typed and wired at once."""
    empty(window, hands)
    conv = add_by_keys(hands, "conv2d")
    double_click(param_field(window, "padding"))
    type_keys("1")
    press(KEY.Key_Return)
    assert hands.view.hasFocus() and hands.node(conv).params["padding"] == 1
    relu = add_by_keys(hands, "relu")
    assert hands.studio.graph.wires[Port(hands.node(relu).id, "x")].node == hands.node(conv).id
    hands.click(conv)
    QTest.mouseClick(param_field(window, "stride"), LEFT)
    type_keys("2")
    press(KEY.Key_Escape)
    assert hands.view.hasFocus() and "stride" not in hands.node(conv).params, "Escape takes back what was typed"
    assert hands.studio.selection == (hands.node(conv).id,) or list(hands.studio.selection) == [hands.node(conv).id]
    page = window.panel("inspector").node_page
    for editor in (page.form.rows["padding_mode"].combo, page.form.rows["bias"].check, page.name):
        for key in (KEY.Key_Return, KEY.Key_Escape):
            param_field(window, "padding_mode" if editor is not page.name else "padding")
            editor.setFocus()
            press(key)
            assert hands.view.hasFocus(), f"{editor} keeps the keyboard"


@pytest.mark.wide
def test_a_number_is_taken_whole_and_what_cannot_be_read_stays(window: Window, hands: Hands) -> None:
    """The first click selects 0.02 as a whole; 0.01.02 stays red and in words until it is mended or given up, and is never lost unsaid."""
    empty(window, hands)
    drop = add_by_keys(hands, "dropout")
    other = add_by_keys(hands, "dropout")
    hands.click(drop)
    field = param_field(window, "p")
    words = window.panel("inspector").node_page.form.words["p"]
    QTest.mouseClick(field, LEFT, pos=field.cursorRect().center())
    assert field.selectedText() == field.text() == "0.5", "a first click selects all"
    hands.view.setFocus()
    double_click(field)
    assert field.selectedText() == "0.5", "so does a double click"
    type_keys("0.2")
    press(KEY.Key_Return)
    assert hands.node(drop).params["p"] == 0.2
    double_click(field)
    field.deselect()
    press(KEY.Key_End)
    type_keys(".02")
    press(KEY.Key_Return)
    assert field.text() == "0.2.02" and field.property("invalid") and words.isVisible(), "Return drops nothing"
    assert field.hasFocus()
    hands.view.setFocus()
    hands.rest()
    assert field.text() == "0.2.02" and field.property("invalid") and words.isVisible(), "nor does leaving it"
    hands.keys("Ctrl+L")
    assert field.text() == "0.2.02", "nor what happens elsewhere"
    said: list[str] = []
    hands.studio.message.connect(lambda _severity, text: said.append(text))
    hands.click(other)
    assert field.text() == "0.5" and "0.2.02" in said[-1], "where another node is shown, it is said"
    double_click(field)
    type_keys("0.7.7")
    window.project_files.new()
    hands.rest()
    assert "0.7.7" in said[-1], "nor is it taken along to another network"
    window.project_files.tabs.step(-1)
    hands.rest()
    hands.studio.select([])
    data = window.panel("inspector").project_page.data
    data.set_opened(True)
    data.split.setCurrentText("own")
    data.split.activated.emit(data.split.currentIndex())
    data.own.selectAll()
    type_keys("75 / 15")
    press(KEY.Key_Return)
    hands.view.setFocus()
    assert data.own.text() == "75 / 15" and data.own.property("invalid") and "75 / 15" in said[-1]
    data.own.setFocus()
    press(KEY.Key_Escape)
    assert data.own.text() != "75 / 15" and not data.own.property("invalid") and hands.view.hasFocus()
    hands.click(drop)
    double_click(field)
    type_keys("many")
    press(KEY.Key_Escape)
    assert field.text() == "0.2" and not words.isVisible() and hands.view.hasFocus()


# --- where a new layer stands ------------------------------------------------------------------------------------------------------


def template(window: Window, hands: Hands, name: str) -> None:
    """A template, seen whole."""
    window.pages["start_page"].template_chosen.emit(name)
    hands.rest(0.2)
    window.activateWindow()
    hands.view.skip()


def runs_back(hands: Hands, *names: str) -> list[str]:
    """The nodes of these that do not stand right of the one before, on its line."""
    cards = [hands.view.canvas.cards[hands.node(name).id].rect for name in names]
    return [
        names[at + 1]
        for at, (one, next_) in enumerate(pairwise(cards))
        if next_.left() < one.right() + 32 or abs(next_.top() - one.top()) > 8
    ]


def overlapping(hands: Hands) -> list[tuple[str, str]]:
    """The cards that lie on one another."""
    cards = list(hands.view.canvas.cards.values())
    return [(a.node.name, b.node.name) for a in cards for b in cards if a.id < b.id and a.rect.intersects(b.rect)]


@pytest.mark.wide
def test_quick_add_goes_between(window: Window, hands: Hands) -> None:
    """Behind a node with a follower the new one is put between, as the popup says; Shift+Return adds a branch; one undo step each."""
    template(window, hands, "perceptron-points")
    follower, score = Port(hands.node("score").id, "x"), "score"
    hands.click("point")
    assert add_by_keys(hands, "linear") == "linear"
    assert hands.studio.graph.wires[follower].node == hands.node("linear").id
    hands.view.finish_motion()
    before = hands.studio.project
    hands.click("linear")
    press(KEY.Key_Space)
    popup = hands.view.quick_add_popup
    type_keys("relu")
    assert f"between “linear” and “{score}”" in popup.place.text() and "Shift+Return: a branch" in popup.place.text()
    press(KEY.Key_Return)
    hands.rest()
    hands.view.finish_motion()
    relu = hands.studio.graph.nodes[hands.studio.selection[0]].name
    wires = hands.studio.graph.wires
    assert wires[Port(hands.node(relu).id, "x")].node == hands.node("linear").id
    assert wires[follower].node == hands.node(relu).id, "what follows goes on from the new node"
    assert not runs_back(hands, "linear", relu, score) and not overlapping(hands)
    assert hands.view.seen.contains(hands.view.canvas.contents()), "all is seen as before"
    hands.keys("Ctrl+Z")
    assert hands.studio.project is before
    hands.click("linear")
    press(KEY.Key_Space)
    type_keys("relu")
    QTest.keyClick(popup.field, KEY.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    hands.rest()
    assert hands.studio.graph.wires[follower].node == hands.node("linear").id, "a branch leaves the chain as it was"
    hands.keys("Ctrl+Z")
    hands.click("linear")
    press(KEY.Key_Space)
    type_keys("mse")
    assert "Return: reads “linear”" in popup.place.text(), "a loss hands nothing on"
    press(KEY.Key_Return)
    hands.rest()
    assert hands.studio.graph.wires[follower].node == hands.node("linear").id


@pytest.mark.wide
def test_quick_add_behind_several_and_from_the_list_of_layers(window: Window, hands: Hands) -> None:
    """Where several nodes follow, all of them go on from the new one; the list of layers adds in the same way and says where."""
    template(window, hands, "lenet5")
    ends = [t for t, s in hands.studio.graph.wires.items() if hands.studio.graph.nodes[s.node].name == "fc3"]
    last = "fc3"
    if len(ends) < 2:
        counts = [s.node for s in hands.studio.graph.wires.values()]
        last = hands.studio.graph.nodes[max(counts, key=counts.count)].name
        ends = [t for t, s in hands.studio.graph.wires.items() if s.node == hands.node(last).id]
    assert len(ends) > 1
    hands.click(last)
    press(KEY.Key_Space)
    type_keys("dropout")
    assert f"all {len(ends)} that follow it" in hands.view.quick_add_popup.place.text()
    press(KEY.Key_Return)
    hands.rest()
    (drop,) = hands.studio.selection
    assert {hands.studio.graph.wires[t].node for t in ends} == {drop}
    said: list[str] = []
    hands.studio.message.connect(lambda _severity, text: said.append(text))
    hands.click("conv1")
    hands.studio.place_requested.emit("relu")
    (relu,) = hands.studio.selection
    assert "between “conv1” and" in said[-1]
    assert relu in {s.node for s in hands.studio.graph.wires.values()}, "it is no stub"
    hands.view.finish_motion()
    assert not overlapping(hands)


@pytest.mark.wide
def test_quick_add_closes_when_the_drawing_changes_under_it(window: Window, hands: Hands) -> None:
    """Where it would put a layer may be gone: an undo, another project, another sheet."""
    template(window, hands, "perceptron-points")
    popup, score = hands.view.quick_add_popup, hands.node("score").id
    hands.click("score")
    press(KEY.Key_Space)
    assert popup.isVisible()
    hands.studio.do("Delete", lambda p: edits.remove(p, MAIN, [score]))
    assert popup.isHidden() and popup.list.count() == 0
    hands.click("g")
    press(KEY.Key_Space)
    assert popup.isVisible()
    window.project_files.open_template("lenet5")
    assert popup.isHidden() and popup.list.count() == 0


@pytest.mark.wide
def test_a_layer_dropped_on_a_wire_makes_room(window: Window, hands: Hands) -> None:
    """It lands on the line of the wire, what follows moves on, no wire runs back and no card is covered; also a card that was moved."""
    template(window, hands, "perceptron-points")
    (wire,) = [w for w in hands.view.canvas.wires.values() if w.target.node == hands.node("score").id]
    first = hands.studio.graph.nodes[wire.source.node].name
    places = dict(hands.studio.graph.places)
    middle = wire.path.pointAtPercent(0.5)
    new = hands.drop_layer("linear", middle.x(), middle.y())
    hands.view.finish_motion()
    assert hands.studio.graph.wires[wire.target].node == hands.node(new).id
    assert not runs_back(hands, first, new, "score") and not overlapping(hands)
    assert hands.view.seen.contains(hands.view.canvas.contents())
    hands.keys("Ctrl+Z")
    assert dict(hands.studio.graph.places) == places, "one step takes all of it back"
    hands.view.finish_motion()
    area = hands.view.canvas.contents()
    lone = hands.drop_layer("relu", area.center().x(), area.bottom() + 140)
    hands.view.finish_motion()
    (wire,) = [w for w in hands.view.canvas.wires.values() if w.target.node == hands.node("score").id]
    hands.drag(hands.middle(lone), hands.view.mapFromScene(wire.path.pointAtPercent(0.5)))
    hands.view.finish_motion()
    assert hands.studio.graph.wires[wire.target].node == hands.node(lone).id
    assert not runs_back(hands, first, lone, "score") and not overlapping(hands)


@pytest.mark.wide
def test_a_layer_dropped_where_the_sheet_turns(window: Window, hands: Hands) -> None:
    """On a wire that leads back to the next row it goes to the end of the one row or the beginning of the next: no loops."""
    template(window, hands, "lenet5")
    canvas = hands.view.canvas
    back = [w for w in canvas.wires.values() if canvas.cards[w.target.node].x < canvas.cards[w.source.node].x]
    assert back, "the template is drawn in rows"
    wire = back[0]
    source, target = (hands.studio.graph.nodes[port.node].name for port in (wire.source, wire.target))
    middle = wire.path.pointAtPercent(0.5)
    new = hands.drop_layer("relu", middle.x(), middle.y())
    hands.view.finish_motion()
    assert hands.studio.graph.wires[wire.target].node == hands.node(new).id
    assert not runs_back(hands, source, new) or not runs_back(hands, new, target)
    assert not overlapping(hands)


@pytest.mark.wide
def test_the_list_for_a_wire_covers_neither_it_nor_its_node(window: Window, hands: Hands) -> None:
    """Wherever a wire is let go, it and the node that it came from are seen beside the list."""
    template(window, hands, "perceptron-points")
    view = hands.view
    start = hands.port("score", "y", True)
    size = view.viewport().size()
    for x, y in ((40, 40), (size.width() - 20, 40), (size.width() - 20, size.height() - 20), (40, size.height() - 20)):
        end = start.__class__(x, y)
        if view.canvas.hit(view.mapToScene(end)).node:
            continue
        hands.drag(start, end)
        assert view.quick_add_popup.isVisible() and view.loose_wire is not None
        shown = view.quick_add_popup.geometry()
        card = view.canvas.cards[hands.node("score").id].rect
        assert not shown.intersects(view.mapFromScene(card).boundingRect()), (x, y)
        path = view.loose_wire.path()
        assert path is not None
        points = [view.mapFromScene(path.pointAtPercent(at / 40)) for at in range(40)]
        assert not [point for point in points if shown.contains(point)], (x, y)
        press(KEY.Key_Escape)
        assert view.loose_wire is None


@pytest.mark.wide
def test_tidy_leaves_nothing_out_of_view(window: Window, hands: Hands) -> None:
    """Ctrl+L shows the whole sheet as it stands afterwards, not as it stood before; so does tidying the selection, where all was seen."""
    template(window, hands, "lenet5")
    view = hands.view
    view.choose_motion("on")
    names = [node.name for node in hands.studio.graph]
    sheet = hands.studio.sheet
    hands.studio.do(
        "Scatter", lambda p: edits.move(p, sheet, {n.id: (60.0 * at, 20.0) for at, n in enumerate(hands.studio.graph)})
    )
    view.fit_at_once()
    hands.keys("Ctrl+L")
    view.finish_motion()
    assert view.seen.contains(view.canvas.contents()), "what was wrapped to another row is seen"
    for name in names[:6]:
        hands.click(name, Qt.KeyboardModifier.ShiftModifier)
    hands.studio.do(
        "Heap", lambda p: edits.move(p, sheet, {i: (8.0 * at, 0.0) for at, i in enumerate(hands.studio.selection)})
    )
    view.fit_at_once()
    hands.keys("Ctrl+Shift+L")
    view.finish_motion()
    assert view.seen.contains(view.canvas.contents())


# --- what leads out of an unfinished drawing ----------------------------------------------------------------------------------------


@pytest.mark.wide
def test_loss_target_and_accuracy_are_one_button(window: Window, hands: Hands) -> None:
    """An input and layers, then one button: loss, target, accuracy and output are there, wired; one step back takes all of it away."""
    empty(window, hands)
    for words in ("input", "flatten", "linear 10"):
        add_by_keys(hands, words)
    before = hands.studio.project
    codes = {problem.code for problem in hands.studio.analysis.problems}
    assert {"no-loss", "no-output"} <= codes, "as somebody has it who begins from nothing"
    panel = window.show_panel("problems")
    hands.press(panel.lacking, "Add loss, target and accuracy")
    graph = hands.studio.graph
    kinds = {node.name: node.kind for node in graph}
    assert kinds["loss"] == "cross_entropy" and kinds["accuracy"] == "accuracy" and kinds["label"] == "target"
    assert not hands.studio.analysis.problems, [problem.words for problem in hands.studio.analysis.problems]
    assert window.runner.why_not() == "", "it can be trained at once"
    assert not panel.lacking.isVisible() and not overlapping(hands)
    hands.view.skip()
    assert hands.view.seen.contains(hands.view.canvas.contents(hands.studio.selection)), "what is new is seen"
    hands.keys("Ctrl+Z")
    assert hands.studio.project is before
    window.actions_.refresh()
    assert window.actions_["graph.add_training_ends"].isEnabled()
    problem = next(p for p in hands.studio.analysis.problems if p.code == "no-loss")
    first, *_ = repairs(before, problem, hands.studio.analysis, fields=hands.studio.fields)
    assert first.words == "Add loss, target and accuracy: Cross-entropy against “label”"
    window.actions_.trigger("graph.add_training_ends")
    assert not hands.studio.analysis.problems
    window.actions_.refresh()
    assert not window.actions_["graph.add_training_ends"].isEnabled(), "nothing is missing any more"


# --- menus --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.wide
def test_menus_tick_what_is_on(window: Window, hands: Hands) -> None:
    """The panels that are open, the theme and the workspace that are on."""
    template(window, hands, "perceptron-points")
    window.actions_.trigger("view.theme_dark")

    def ticked(name: str) -> set[str]:
        menu = window.topbar.findChild(QMenu, name)
        return {action.text() for action in menu.actions() if action.isChecked()}

    assert "Dark theme" in ticked("menu.View.Appearance") and "Build" in ticked("menu.View.Workspaces")
    assert {"Inspector", "Layers"} <= ticked("menu.View.Panels") and "Code" not in ticked("menu.View.Panels")
    window.actions_.trigger("view.theme_light")
    window.actions_.trigger("view.code")
    hands.rest()
    assert "Light theme" in ticked("menu.View.Appearance") and "Dark theme" not in ticked("menu.View.Appearance")
    assert "Code" in ticked("menu.View.Panels")
    window.actions_.trigger("view.theme_dark")


@pytest.mark.wide
def test_repeat_stands_beside_open_block(window: Window, hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the context menu of a block, in the menu Graph and among all commands; one step, and what cannot be repeated is said."""
    template(window, hands, "lenet5")
    hands.studio.select([hands.node("relu1").id])
    hands.keys("Ctrl+G")
    (block,) = hands.studio.selection
    name = hands.studio.graph.nodes[block].name
    window.actions_.refresh()
    menu = hands.view.menu_at(hands.middle(name))
    assert menu is not None
    texts = [action.text() for action in menu.actions()]
    assert texts.index("Repeat block…") == texts.index("Open block") + 1
    asked: list[str] = []

    def answer(_parent: object, title: str, words: str, now: int, *_: int) -> tuple[int, bool]:
        asked.append(words)
        assert title == "Repeat block" and now == 1
        return 3, True

    monkeypatch.setattr(QInputDialog, "getInt", answer)
    before = hands.studio.project
    next(action for action in menu.actions() if action.text() == "Repeat block…").trigger()
    menu.deleteLater()
    assert hands.studio.graph.nodes[block].repeat == 3 and f"“{name}” stands behind itself" in asked[0]
    hands.keys("Ctrl+Z")
    assert hands.studio.project is before
    graph_menu = window.topbar.findChild(QMenu, "menu.Graph")
    assert "Repeat block…" in [action.text() for action in graph_menu.actions()]
    hands.keys("Ctrl+Shift+P")
    QTest.keyClicks(window.palette_popup.search.edit, "repeat block")
    assert "Repeat block" in str(window.palette_popup.list.model().index(0, 0).data())
    press(KEY.Key_Escape)
    hands.click("conv2")
    window.actions_.refresh()
    assert not window.actions_["graph.repeat_block"].isEnabled(), "a layer is no block"
    layer = hands.view.menu_at(hands.middle("conv2"))
    assert layer is not None and "Open block" not in [action.text() for action in layer.actions()]
    layer.deleteLater()


def test_an_entry_of_the_quick_add_is_taken_with_the_mouse(window: Window, hands: Hands) -> None:
    """A press on it leaves the keyboard where it is: the list would close before the button is let go."""
    window.actions_.trigger("file.empty")
    hands.rest()
    press(KEY.Key_Space)
    popup = window.canvas.view.quick_add_popup
    assert popup.isVisible()
    for at in (popup.field.geometry().center(), popup.rect().bottomLeft() + QPoint(3, -3)):
        QTest.mouseClick(popup, LEFT, NONE, at)
        assert popup.isVisible()
    row = popup.list.visualItemRect(popup.list.item(1))
    wanted = popup.list.item(1).text()
    QTest.mouseClick(popup.list.viewport(), LEFT, NONE, row.center())
    hands.rest()
    assert not popup.isVisible() and len(window.studio.graph.nodes) == 1, wanted
