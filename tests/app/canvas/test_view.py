"""The canvas beyond gestures: keyboard, quick add, tidy, thumbnails, levels of detail, sheets, and that it mirrors the document."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAction, QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from tests.waiting import settle, until
from visualnet.analysis.card_content import describe_node
from visualnet.analysis.facts import Problem
from visualnet.analysis.geometry.card_size import HEIGHT, STRIP
from visualnet.analysis.problem_list import summarize
from visualnet.app.canvas.camera.camera import Pose
from visualnet.app.canvas.gestures import plain
from visualnet.app.canvas.scene.scene import CanvasScene
from visualnet.app.theme.tokens import LIGHT
from visualnet.core import edits
from visualnet.core.document import Document
from visualnet.core.graph import Graph, Node, Port
from visualnet.core.project import MAIN, Block, Project

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
Hands = Any


def with_block() -> Project:
    inner = Graph(
        {
            "n1": Node(id="n1", kind="input", name="x"),
            "n2": Node(id="n2", kind="conv2d", name="conv", params={"kernel_size": 3, "padding": 1}),
            "n3": Node(id="n3", kind="output", name="y"),
        },
        {Port("n2", "image"): Port("n1", "x"), Port("n3", "x"): Port("n2", "features")},
        {"n1": (0, 0), "n2": (256, 0), "n3": (512, 0)},
    )
    nodes = {
        "n1": Node(id="n1", kind="input", name="image"),
        "n2": Node(id="n2", kind="block:stage", name="stage1", repeat=3),
    }
    return Project(graph=Graph(nodes, {}, {"n1": (0, 0), "n2": (256, 0)}), blocks={"stage": Block(graph=inner)})


# --- keyboard -----------------------------------------------------------------------------------------------------------


def test_arrows_walk_along_the_wires(hands: Hands) -> None:
    hands.studio.select([hands.id("conv1")])
    hands.key(Qt.Key.Key_Right)
    assert hands.studio.selection == (hands.id("relu1"),)
    hands.key(Qt.Key.Key_Left)
    hands.key(Qt.Key.Key_Left)
    assert hands.studio.selection == (hands.id("image"),)
    hands.studio.select([hands.id("relu1")])
    hands.key(Qt.Key.Key_Down)
    assert hands.studio.selection == (hands.id("soft"),)
    hands.key(Qt.Key.Key_Up, SHIFT)
    assert hands.studio.selection == (hands.id("soft"), hands.id("relu1"))


def test_an_arrow_begins_somewhere(hands: Hands) -> None:
    hands.key(Qt.Key.Key_Right)
    assert len(hands.studio.selection) == 1


def test_a_run_of_nudges_is_one_step(hands: Hands) -> None:
    before = hands.studio.project
    hands.studio.select([hands.id("soft")])
    for _ in range(3):
        hands.key(Qt.Key.Key_Right, CTRL)
    assert hands.studio.graph.places[hands.id("soft")] == (536.0, 240.0)
    hands.studio.document.undo()
    assert hands.studio.project is before


def test_select_all_copy_paste_duplicate_cut(hands: Hands) -> None:
    hands.key(Qt.Key.Key_A, CTRL)
    assert len(hands.studio.selection) == 7
    hands.studio.select([hands.id("conv1"), hands.id("relu1")])
    hands.key(Qt.Key.Key_C, CTRL)
    hands.key(Qt.Key.Key_V, CTRL)
    assert len(hands.studio.graph.nodes) == 9
    assert len(hands.studio.selection) == 2
    hands.key(Qt.Key.Key_D, CTRL)
    assert len(hands.studio.graph.nodes) == 11
    hands.key(Qt.Key.Key_X, CTRL)
    assert len(hands.studio.graph.nodes) == 9
    for _ in range(3):
        hands.studio.document.undo()
    assert len(hands.studio.graph.nodes) == 7
    assert len(hands.scene.cards) == 7


def test_rename_in_place(hands: Hands) -> None:
    hands.studio.select([hands.id("conv1")])
    hands.key(Qt.Key.Key_F2)
    editor = hands.view.name_editor
    assert editor.isVisible()
    editor.setText("features")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert hands.studio.graph.nodes[hands.studio.selection[0]].name == "features"
    assert not editor.isVisible()
    hands.key(Qt.Key.Key_F2)
    editor.setText("other")
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert hands.studio.graph.nodes[hands.studio.selection[0]].name == "features"


def test_a_name_that_cannot_be_had_stays_to_be_mended(hands: Hands, qtbot: Any) -> None:
    hands.studio.select([hands.id("conv1")])
    hands.key(Qt.Key.Key_F2)
    hands.view.name_editor.setText("relu1")
    with qtbot.waitSignal(hands.studio.message):
        QTest.keyClick(hands.view.name_editor, Qt.Key.Key_Return)
    assert hands.view.name_editor.isVisible()
    QTest.keyClick(hands.view.name_editor, Qt.Key.Key_Escape)


def test_escape_selects_nothing(hands: Hands) -> None:
    hands.studio.select([hands.id("conv1")])
    hands.key(Qt.Key.Key_Escape)
    assert hands.studio.selection == ()


# --- quick add ----------------------------------------------------------------------------------------------------------


def test_space_adds_after_the_selection(hands: Hands) -> None:
    hands.studio.select([hands.id("logits")])
    hands.key(Qt.Key.Key_Space)
    popup = hands.view.quick_add_popup
    assert popup.isVisible()
    QTest.keyClicks(popup.field, "soft")
    QTest.keyClick(popup.field, Qt.Key.Key_Return)
    assert not popup.isVisible()
    added = hands.studio.selection[0]
    assert hands.studio.graph.nodes[added].kind == "softmax"
    assert [s.node for t, s in hands.studio.graph.wires.items() if t.node == added] == [hands.id("logits")]
    item, logits = hands.scene.cards[added], hands.scene.cards[hands.id("logits")]
    assert item.x > logits.x + logits.width
    assert item.y == logits.y


def test_tab_opens_it_and_escape_closes_it(hands: Hands) -> None:
    before = hands.studio.project
    hands.key(Qt.Key.Key_Tab)
    assert hands.view.quick_add_popup.isVisible()
    QTest.keyClick(hands.view.quick_add_popup.field, Qt.Key.Key_Escape)
    assert not hands.view.quick_add_popup.isVisible()
    assert hands.studio.project is before


def test_the_windows_own_keys_do_not_take_space_and_tab_away(hands: Hands) -> None:
    fired = []
    for keys in ("Space", "Tab", "Del"):
        action = QAction(keys, hands.view)
        action.setShortcut(keys)
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(lambda _=False, keys=keys: fired.append(keys))
        hands.view.addAction(action)
    hands.view.activateWindow()
    hands.key(Qt.Key.Key_Tab)
    assert hands.view.quick_add_popup.isVisible()
    QTest.keyClicks(hands.view.quick_add_popup.field, "dropout")
    QTest.keyClick(hands.view.quick_add_popup.field, Qt.Key.Key_Tab)
    assert hands.studio.graph.nodes[hands.studio.selection[0]].kind == "dropout"
    hands.key(Qt.Key.Key_Space)
    assert hands.view.quick_add_popup.isVisible()
    QTest.keyClick(hands.view.quick_add_popup.field, Qt.Key.Key_Delete)
    QTest.keyClick(hands.view.quick_add_popup.field, Qt.Key.Key_Escape)
    hands.key(Qt.Key.Key_Delete)
    assert fired == ["Del"]


def test_a_double_click_on_empty_canvas_adds_there(hands: Hands) -> None:
    at = QPointF(160, 300)
    QTest.mouseDClick(hands.view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, hands.px(at))
    QTest.keyClicks(hands.view.quick_add_popup.field, "dropout")
    QTest.keyClick(hands.view.quick_add_popup.field, Qt.Key.Key_Return)
    item = hands.scene.cards[hands.studio.selection[0]]
    assert (item.x, item.y) == (160.0, 304.0)


def test_nothing_found_says_so(hands: Hands) -> None:
    hands.key(Qt.Key.Key_Tab)
    QTest.keyClicks(hands.view.quick_add_popup.field, "zzzzqq")
    assert hands.view.quick_add_popup.list.count() == 0
    assert hands.view.quick_add_popup.none.isVisible()
    QTest.keyClick(hands.view.quick_add_popup.field, Qt.Key.Key_Return)
    assert hands.view.quick_add_popup.isVisible()


# --- tidy, sheets, menu -------------------------------------------------------------------------------------------------


def test_tidy_is_one_step_and_glides(hands: Hands, qtbot: Any) -> None:
    before = hands.studio.project
    hands.view.choose_motion("on")
    hands.view.tidy()
    places = hands.studio.graph.places
    assert places != before.graph.places
    soft = hands.scene.cards[hands.id("soft")]
    assert (soft.x, soft.y) != places[hands.id("soft")]
    qtbot.waitUntil(lambda: (soft.x, soft.y) == places[hands.id("soft")])
    hands.studio.document.undo()
    assert hands.studio.project is before
    assert (soft.x, soft.y) == (512.0, 240.0)


def test_a_press_skips_the_glide(hands: Hands) -> None:
    hands.view.choose_motion("on")
    hands.view.tidy()
    places = hands.studio.graph.places
    hands.press(QPointF(100, 300))
    assert all((c.x, c.y) == places[i] for i, c in hands.scene.cards.items())
    hands.key(Qt.Key.Key_Escape)


def test_enter_opens_a_block_and_each_sheet_keeps_its_view(make: Any) -> None:
    hands = make(with_block())
    card = hands.scene.cards["n2"].content
    assert (card.block, card.repeat, card.family) == (True, "×3", "convolution")
    hands.view.look(Pose(10, 20, 0.7))
    hands.studio.select(["n2"])
    hands.key(Qt.Key.Key_Return)
    assert (hands.studio.sheet, hands.studio.path) == ("stage", ("n2",))
    assert set(hands.scene.cards) == {"n1", "n2", "n3"}
    hands.studio.open_sheet(MAIN)
    assert hands.view.pose().zoom == pytest.approx(0.7)
    assert set(hands.scene.cards) == {"n1", "n2"}


def test_the_menu_is_filled_by_the_window(hands: Hands) -> None:
    assert hands.view.menu_at(hands.px(hands.card("conv1"))) is None
    hands.view.context_menu_requested.connect(lambda menu, hit: menu.addAction(hit.node))
    menu = hands.view.menu_at(hands.px(hands.card("conv1")))
    assert isinstance(menu, QMenu)
    assert [action.text() for action in menu.actions()] == [hands.id("conv1")]
    assert hands.studio.selection == (hands.id("conv1"),)


def test_another_document_takes_the_place(hands: Hands) -> None:
    hands.studio.open(Document(with_block()))
    assert set(hands.scene.cards) == {"n1", "n2"}
    hands.studio.open(Document(Project()))
    assert not hands.scene.cards
    assert hands.view.empty.isVisible()
    assert not hands.view.totals.isVisible()


# --- what cards say -----------------------------------------------------------------------------------------------------


def test_cards_show_shapes_counts_and_problems(hands: Hands) -> None:
    conv = hands.scene.cards[hands.id("conv1")]
    assert (conv.content.shape, conv.content.parameters, conv.content.badge) == ("6×28×28", "156 params", "")
    hands.studio.do("Edit", lambda p: edits.set_params(p, MAIN, [conv.id], {"kernel_size": 99}))
    assert conv.content.badge == "error"
    assert hands.scene.failing == {hands.end("conv1")}
    assert "kernel" in describe_node(conv.node, conv.facts, conv.problems)
    hands.studio.document.undo()
    assert conv.content.badge == ""
    assert hands.scene.failing == set()


def test_only_what_changed_is_painted_anew(hands: Hands) -> None:
    versions = {i: c.version for i, c in hands.scene.cards.items()}
    hands.studio.do("Edit", lambda p: edits.rename(p, MAIN, hands.id("relu1"), "act"))
    changed = {i for i, c in hands.scene.cards.items() if c.version != versions[i]}
    assert changed == {hands.id("act")}


def test_an_unknown_kind_keeps_its_wires(make: Any) -> None:
    nodes = {"n1": Node(id="n1", kind="input", name="image"), "n2": Node(id="n2", kind="from_the_future", name="odd")}
    hands = make(Project(graph=Graph(nodes, {Port("n2", "signal"): Port("n1", "x")}, {"n2": (300, 0)})))
    card = hands.scene.cards["n2"]
    assert card.content.placeholder
    assert card.inputs == ("signal",)
    assert "from_the_future" in card.content.line


def test_tips_are_plain_text() -> None:
    assert plain("<b>x</b> & y\nz") == "<qt>&lt;b&gt;x&lt;/b&gt; &amp; y<br>z</qt>"


def test_totals_in_words(hands: Hands) -> None:
    line = hands.view.totals.text()
    assert line.startswith("47,206 parameters")
    assert "error" in line
    assert summarize(None, ()) == ""
    words = ("H: 7.5 → 7: the last row is never read", "W: 7.5 → 7: the last column is never read")
    likewise = tuple(Problem("inexact", "hint", w, "n2", "", ("n2",), "", "f") for w in words)
    assert summarize(hands.studio.facts, likewise).endswith("1 hint"), "counted as in the list of problems"


def test_a_screen_reader_hears_the_selection(hands: Hands) -> None:
    hands.studio.select([hands.id("conv1")])
    assert "conv1" in hands.view.accessibleDescription()
    assert "6×28×28" in hands.view.accessibleDescription()


# --- thumbnails, detail, themes -----------------------------------------------------------------------------------------


def test_a_thumbnail_comes_and_goes(hands: Hands) -> None:
    node = hands.id("conv1")
    image = QImage(60, 10, QImage.Format.Format_RGB32)
    image.fill(QColor("#ff0000"))
    port = hands.port("conv1", out=True)
    hands.view.set_thumbnail(node, image)
    card = hands.scene.cards[node]
    assert card.height == HEIGHT + STRIP
    assert hands.port("conv1", out=True) == port
    at = hands.px(QPointF(card.x + 20, card.y + card.height - STRIP / 2 - 5))
    until(lambda: hands.view.grab().toImage().pixelColor(at) == QColor("#ff0000"), "the thumbnail to be painted")
    hands.view.set_thumbnail(node, None)
    assert card.height == HEIGHT
    hands.view.set_thumbnail("n99", image)


@pytest.mark.parametrize("zoom", [0.05, 0.3, 1.0, 2.5])
def test_every_level_of_detail_shows_the_family(hands: Hands, zoom: float) -> None:
    hands.view.look(Pose(hands.card("conv1").x(), hands.card("conv1").y(), zoom))
    settle(0.12)
    picture = hands.view.grab().toImage()
    card = hands.scene.cards[hands.id("conv1")]
    at = hands.px(QPointF(card.x + (2 if zoom > 0.5 else 12), card.y + 20))
    seen, family = picture.pixelColor(at), QColor(hands.scene.theme.family("convolution"))
    assert abs(seen.hueF() - family.hueF()) < 0.06
    assert seen.saturationF() > 0.3


def test_a_theme_repaints_everything(hands: Hands) -> None:
    hands.studio.set_theme(LIGHT)
    assert hands.view.grab().toImage().pixelColor(5, 5) == QColor(LIGHT.canvas)


def test_the_minimap_goes_there(hands: Hands) -> None:
    hands.view.look(Pose(0, 0, 2.0))
    QTest.mouseClick(hands.view.minimap, Qt.MouseButton.LeftButton, pos=hands.view.minimap.rect().center())
    centre = hands.scene.contents().center()
    assert (QPointF(hands.view.pose().x, hands.view.pose().y) - centre).manhattanLength() < 30


def test_fit_glides_and_can_be_skipped(hands: Hands, qtbot: Any) -> None:
    hands.view.look(Pose(5000, 5000, 2.0))
    hands.view.choose_motion("on")
    hands.view.fit()
    qtbot.waitUntil(
        lambda: hands.view.mapToScene(hands.view.viewport().rect()).boundingRect().contains(hands.scene.contents()),
    )
    hands.view.zoom_reset()
    hands.view.skip()
    assert hands.view.zoom == 1.0


def test_the_card_where_a_run_failed_carries_the_sign(hands: Hands) -> None:
    studio = hands.studio
    card = hands.scene.cards[hands.id("relu1")]
    before, counted = card.content.badge, hands.view.totals.text()
    studio.set_runtime_problem((card.id,), "the loss became NaN")
    assert before != "error" and card.content.badge == "error"
    assert hands.view.totals.text() != counted and "error" in hands.view.totals.text()
    studio.clear_runtime_problem()
    assert card.content.badge == before and hands.view.totals.text() == counted


def test_a_thrown_away_scene_is_gone(qapp: QApplication) -> None:
    scene = CanvasScene()
    scene.show_sheet(with_block(), MAIN)
    watch = weakref.ref(scene.wire_layer)
    card = weakref.ref(scene.cards["n2"])
    scene.show_sheet(Project(), MAIN)
    gc.collect()
    assert card() is None
    assert not scene.wires
    gone = weakref.ref(scene)
    del scene
    gc.collect()
    assert gone() is None
    assert watch() is None
