"""Costs in the window: the card in the inspector, the heat map, the comparison, the layer reference. With real events."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication, QMenu, QScrollBar

from tests.flows.hands import Hands
from tests.waiting import until
from visualnet.analysis.cost.quantities import QUANTITIES
from visualnet.app.canvas.overlays.card_tints import amount_colour
from visualnet.app.features.comparison.dialog import CompareDialog
from visualnet.app.features.heatmap.feature import HEAT
from visualnet.app.features.heatmap.overlay import MEASURE, STOP
from visualnet.app.shell.window import Window
from visualnet.core import edits
from visualnet.core.text.format import format_bytes
from visualnet.core.user.settings import Settings
from visualnet.layers import LAYERS
from visualnet.layers.publish import docs_page
from visualnet.layers.publish.reference import narrow_page, search
from visualnet.resources import resource

# --- the card ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.wide
def test_the_inspector_tells_what_a_node_costs(lenet: Hands) -> None:
    lenet.click("conv2")
    card = lenet.window.panel("inspector").node_page.costs
    assert card.isVisible()
    assert card.rows.value("MACs per sample") == "240,000" and card.rows.value("FLOPs per sample") == "480,000"
    batch = lenet.studio.project.recipe.batch_size
    assert card.rows.value("Output") == format_bytes(4 * 16 * 10 * 10 * batch)
    assert card.rows.value("Kept for backward") == "nothing"
    lenet.click("relu2")
    assert card.rows.value("Kept for backward") == format_bytes(4 * 16 * 10 * 10 * batch)


@pytest.mark.wide
def test_the_project_page_adds_up_and_follows_the_recipe(lenet: Hands) -> None:
    lenet.studio.select([])
    rows = lenet.window.panel("inspector").project_page.costs.rows
    assert rows.value("Weights") == rows.value("Gradients") == format_bytes(4 * 61_706)
    before = rows.value("Activations")
    lenet.studio.do("Batch", lambda p: edits.set_recipe(p, batch_size=1024, optimizer="SGD", momentum=0.0))
    lenet.until(lambda: rows.value("Optimizer") == "0 B", what="the sums after the edit")
    assert rows.value("Activations") != before


# --- the heat map ------------------------------------------------------------------------------------------------------------------


def brightness(hands: Hands, name: str) -> tuple[int, int, int]:
    at = hands.middle(name)
    shot = hands.view.viewport().grab().toImage()
    ratio = shot.devicePixelRatio()
    pixel = shot.pixelColor(int((at.x() + 30) * ratio), int((at.y() + 12) * ratio))
    return pixel.red(), pixel.green(), pixel.blue()


def test_the_heat_map_tints_by_share_and_is_off_at_first(lenet: Hands) -> None:
    heat = lenet.window.overlay("heat")
    assert heat.chosen == "" and not heat.legend.isVisible() and not heat.layer.isVisible()
    plain = brightness(lenet, "conv2")
    menu = QMenu(lenet.window)
    heat.fill_menu(menu)
    assert [a.text() for a in menu.actions() if a.text()] == ["Off", *(q.title for q in QUANTITIES.values()), MEASURE]
    next(a for a in menu.actions() if a.text() == "MACs").trigger()
    menu.deleteLater()
    lenet.rest()
    ids = {n.name: n.id for n in lenet.studio.graph}
    assert heat.amounts[ids["conv2"]] == heat.most == 240_000 and heat.amounts[ids["relu1"]] == 0
    assert (
        heat.legend.isVisible()
        and "240 k" in heat.legend.accessibleName()
        and "417 k in all" in heat.legend.accessibleName()
    )
    hot, cold = brightness(lenet, "conv2"), brightness(lenet, "relu1")
    assert hot != plain and hot[0] > cold[0] and hot[1] > cold[1]
    lenet.studio.do("Wider", lambda p: edits.set_params(p, "", [ids["conv2"]], {"out_channels": 32}))
    assert heat.most == 480_000


@pytest.mark.wide
def test_the_heat_maps_choice_is_remembered(lenet: Hands) -> None:
    lenet.window.overlay("heat").choose("kept")
    assert Settings(lenet.window.settings.path)[HEAT] == "kept"
    lenet.window.overlay("heat").choose("")
    assert not lenet.window.overlay("heat").legend.isVisible()


def heat_menu(hands: Hands, text: str) -> None:
    menu = QMenu(hands.window)
    hands.window.overlay("heat").fill_menu(menu)
    next(a for a in menu.actions() if a.text() == text).trigger()
    menu.deleteLater()


@pytest.mark.wide
def test_time_is_measured_when_asked_and_never_made_up(lenet: Hands) -> None:
    heat = lenet.window.overlay("heat")
    heat_menu(lenet, "Time")
    assert not heat.amounts and "not measured" in heat.legend.accessibleName() and heat.legend.isVisible()
    heat_menu(lenet, MEASURE)
    assert heat.stopwatch.running and "measuring" in heat.legend.accessibleName()
    lenet.until(lambda: not heat.stopwatch.running)
    ids = {n.name: n.id for n in lenet.studio.graph}
    assert heat.amounts[ids["conv2"]] > 0 and "in all" in heat.legend.accessibleName()
    lenet.studio.do("Move", lambda p: edits.move(p, "", {ids["conv2"]: (5.0, 5.0)}))
    assert heat.amounts  # where a card stands costs nothing
    lenet.studio.do("Wider", lambda p: edits.set_params(p, "", [ids["conv2"]], {"out_channels": 32}))
    assert not heat.amounts and "not measured" in heat.legend.accessibleName()
    heat_menu(lenet, MEASURE)
    heat_menu(lenet, STOP)
    lenet.until(lambda: not heat.stopwatch.running)
    assert not heat.amounts
    heat.choose("")


def test_viridis_grows_brighter() -> None:
    def light(share: float) -> float:
        text = amount_colour(share)
        red, green, blue = (int(text[i : i + 2], 16) for i in (1, 3, 5))
        return 0.299 * red + 0.587 * green + 0.114 * blue

    lights = [light(n / 50) for n in range(51)]
    assert lights == sorted(lights) and amount_colour(0) == "#440154" and amount_colour(2) == "#fde725"


# --- the reference -----------------------------------------------------------------------------------------------------------------


@pytest.mark.wide
def test_f1_opens_the_page_of_the_selected_layer(lenet: Hands) -> None:
    lenet.click("pool1")
    lenet.keys("F1")
    panel = lenet.window.panel("reference")
    lenet.until(panel.isVisible, what="the reference")
    assert panel.tag == "max_pool2d"
    assert "Keep the largest value" in panel.page.toPlainText()


@pytest.mark.wide
def test_the_reference_is_searched_by_name_keyword_and_text(lenet: Hands) -> None:
    lenet.keys("F1")
    panel = lenet.window.panel("reference")
    lenet.until(panel.isVisible, what="the reference")
    lenet.type_into(panel.search.edit, "conv2")
    assert panel.tag == "conv2d"
    assert "lstm" in search("forget") and "conv2d" in search("filter") and search("zzqxv") == []
    lenet.type_into(panel.search.edit, "zzqxv")
    assert panel.nothing.isVisible() and not panel.add_button.isEnabled()


@pytest.mark.wide
def test_add_to_canvas_places_the_layer(lenet: Hands) -> None:
    lenet.keys("F1")
    panel = lenet.window.panel("reference")
    lenet.until(panel.isVisible, what="the reference")
    panel.open_page("gelu")
    before = len(lenet.studio.graph.nodes)
    lenet.press(panel, "Add to canvas")
    assert len(lenet.studio.graph.nodes) == before + 1
    assert any(n.kind == "gelu" for n in lenet.studio.graph)


@pytest.mark.wide
def test_every_page_is_text_and_loads_nothing(lenet: Hands) -> None:
    lenet.keys("F1")
    page = lenet.window.panel("reference").page
    assert page.loadResource(QTextDocument.ResourceType.ImageResource, QUrl("file:///etc/hostname")) is None
    for tag, kind in LAYERS.items():
        page.show_markdown(narrow_page(tag))
        assert kind.label in page.toPlainText(), tag
    assert isinstance(page.verticalScrollBar(), QScrollBar) and not page.openExternalLinks()


# --- the comparison ----------------------------------------------------------------------------------------------------------------


@pytest.mark.wide
def test_the_comparison_shows_pairs_templates_and_bad_files(lenet: Hands, window: Window, tmp_path: Path) -> None:
    dialog = CompareDialog(lenet.studio, window)
    dialog.show()
    QApplication.processEvents()
    texts = lambda: [w.text() for w in dialog.findChildren(type(dialog.words)) if w.isVisible()]  # noqa: E731
    assert "61,706" in texts()
    dialog.add_file(resource("templates", "mlp-mnist.vnet"))
    until(lambda: any("×0.853" in text for text in texts()))
    dialog.presets.setCurrentIndex(1)
    dialog.presets.activated.emit(1)
    until(lambda: any("1/N + 1/D_K²" in text for text in texts()) and any("×0.115" in text for text in texts()))
    bad = tmp_path / "bad.vnet"
    bad.write_text("nothing")
    dialog.add_file(bad)
    assert "bad.vnet" in dialog.problems.text() and dialog.problems.isVisible()
    dialog.close()
    dialog.deleteLater()


@pytest.mark.wide
def test_a_page_of_the_reference_shows_the_layers_drawing(lenet: Hands) -> None:
    lenet.window.run_action("help.reference")
    panel = lenet.window.panel("reference")
    drawn = [tag for tag in LAYERS if docs_page.drawing(tag) is not None]
    assert {"conv2d", "max_pool2d", "linear", "multihead_attention"} <= set(drawn)
    panel.open_page("conv2d")
    assert panel.drawing.isVisibleTo(panel) and panel.drawing.drawing == docs_page.drawing("conv2d")
    panel.open_page("relu")
    assert not panel.drawing.isVisibleTo(panel)
