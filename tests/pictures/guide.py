"""The pictures of the user guide, each made by doing what its page says: ``python -m tests.pictures.guide [NAME ...]`` writes them.

Light theme, a window of 1280×720 px or a part of one, in docs/guide/pictures. A picture that cannot be made is a step that the guide
describes wrongly.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.pictures.guide_inside import (
    all_runs,
    back_propagation,
    dashboard,
    experiments,
    feeds,
    search,
    see_inside,
    where_it_trains,
)
from tests.pictures.guide_window import FOLDER, SIZE, Guide

# --- getting started --------------------------------------------------------------------------------------------------------


def start_page(g: Guide) -> None:
    """What the program opens with."""
    g.window.actions_.trigger("help.start_page")
    g.keep("start-page")


def lenet(g: Guide) -> None:
    """LeNet-5, conv1 selected, the formula in the inspector."""
    g.open("lenet5", "conv1", panels=True)
    g.keep("lenet")


def broken(g: Guide) -> None:
    """The stride of conv1 is 3; the problem and its repairs."""
    g.open("lenet5", panels=True)
    g.hands.set_param("conv1", "stride", "3")
    g.hands.keys("F8")
    g.hands.rest(1.0)
    g.keep("broken")


def training(g: Guide) -> None:
    """LeNet-5 while it learns."""
    g.open("lenet5", "conv2", "train")
    view = g.window.canvas.view
    view.zoom_by(2.0)
    view.centerOn(view.canvas.cards[g.hands.node("relu2").id].rect.center())
    g.train(lambda r: len(r.model.epochs) >= 4, 12)
    g.keep("training")
    g.stop()


def own_network(g: Guide) -> None:
    """A network from nothing, by keys; what training needs comes by one button."""
    g.window.project_files.new()
    g.hands.rest(0.3)
    g.add("input", "flatten", "linear 32", "relu", "linear 10")
    g.hands.rest(0.5)
    g.hands.press(g.window.panel("problems").lacking, "Add loss, target and accuracy")
    g.hands.rest(0.5)
    assert not g.window.studio.problems()
    g.window.actions_.trigger("view.problems")
    g.window.toast.hide()
    g.window.studio.select([])
    g.hands.keys("Ctrl+9")
    g.hands.rest(0.6)
    g.keep("own-network", g.area(g.window.canvas.view))


# --- canvas -----------------------------------------------------------------------------------------------------------------


def quick_add(g: Guide) -> None:
    """Quick add with figures typed behind the name."""
    g.open("lenet5", "pool2")
    g.quick_add("conv 5x5 16 s2")
    popup = g.window.canvas.view.quick_add_popup
    g.keep("quick-add", g.area(popup).adjusted(-20, -20, 20, 20) & g.area(g.window.canvas.view))
    popup.close_()


def refused_wire(g: Guide) -> None:
    """A wire over a port that it does not fit: the port says why."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    g.open("lenet5")
    view = g.window.canvas.view
    start, end = g.hands.port("flatten", "y", True), g.hands.port("loss", "target", False)
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    for step in range(1, 9):
        QTest.mouseMove(view.viewport(), start + (end - start) * (step / 8))
        g.hands.rest(0.05)
    g.keep("refused-wire", g.area(view) & g.cards("flatten", "fc1", "relu4", "label", "accuracy", wide=40, high=22))
    g.press_key(view, "Escape")
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, end)
    g.hands.rest(0.2)


def card_menu(g: Guide) -> None:
    """What the right button offers on a card."""
    g.open("lenet5", "conv1")
    view = g.window.canvas.view
    menu = view.menu_at(view.mapFromScene(view.canvas.cards[g.window.studio.selection[0]].rect.center()))
    menu.ensurePolished()
    menu.resize(menu.sizeHint())
    g.keep("card-menu", of=menu)


def frame_and_note(g: Guide) -> None:
    """A frame round some cards, a note beside them."""
    from visualnet.core.edits import annotate

    g.open("lenet5")
    studio = g.window.studio
    nodes = [g.hands.node(name) for name in ("conv1", "relu1", "pool1")]
    studio.select([node.id for node in nodes])
    g.window.actions_.trigger("graph.frame")
    g.hands.rest(0.3)
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    field = QApplication.focusWidget()
    QTest.keyClicks(field, "Finds strokes")
    g.press_key(field, "Return")
    x, y = studio.graph.places[g.hands.node("digit").id]
    words = "Why 5×5?\nA stroke of a digit is about that wide."
    studio.do("Note", lambda project: annotate.add_annotation(project, "", "note", (x + 300, y, 300, 100), words)[0])
    studio.select([])
    view = g.window.canvas.view
    view.setFocus()
    view.fit_at_once()
    g.hands.rest(0.6)
    g.keep("frame-and-note", g.area(view))


# --- shapes and repairs -----------------------------------------------------------------------------------------------------


def why(g: Guide) -> None:
    """The formula of a size, letters over figures."""
    g.open("lenet5", "conv2", panels=False)
    g.keep("why", g.area(g.window.panel("inspector")))


def repair_preview(g: Guide) -> None:
    """The pointer rests on a repair: the canvas shows what it would make."""
    g.open("lenet5", panels=True)
    g.hands.set_param("conv1", "stride", "3")
    g.hands.keys("F8")
    g.hands.rest(1.0)
    panel = g.window.panel("problems")
    row = next(row for row in panel.rows if row.isVisible() and row.current)
    g.hands.until(lambda: row.buttons.count() > 0)
    row.hover_preview.ask(row.buttons.itemAt(0).widget(), at_once=True)
    g.hands.rest(1.2)
    g.keep("repair-preview")


def explain(g: Guide) -> None:
    """The formulas as large as the window."""
    from PySide6.QtWidgets import QDialog

    g.open("lenet5", "conv2")
    g.window.panel("inspector").node_page.enlarge()
    g.hands.rest(0.6)
    for dialog in g.window.findChildren(QDialog):
        if dialog.isVisible():
            dialog.resize(960, 600)
            g.keep("explain", of=dialog)
            dialog.close()


# --- blocks -----------------------------------------------------------------------------------------------------------------


def in_place(g: Guide) -> None:
    """A block opened where it stands."""
    g.open("resnet-small")
    g.select("stage1")
    g.window.canvas.view.setFocus()
    g.window.actions_.trigger("graph.open_inside")
    g.hands.rest(0.6)
    g.keep("in-place")
    g.window.canvas.inside.collapse()


def block_inspector(g: Guide) -> None:
    """What can be set of a block: its parameters, how often it repeats."""
    from visualnet.app.widgets.section import Section

    g.open("resnet-small", "stage1")
    inspector = g.window.panel("inspector")
    g.hands.rest(0.5)
    for section in inspector.findChildren(Section):
        if section.isVisible():
            section.set_opened(section.accessibleName() == "Block")
    g.hands.rest(0.5)
    g.keep("block-inspector", g.area(inspector).adjusted(0, 0, 0, -120))


# --- training and watching --------------------------------------------------------------------------------------------------


def recipe(g: Guide) -> None:
    """The recipe with all that it holds, and the data."""
    g.open("lenet5", "conv2", "train")
    pane = g.window.panel("recipe")
    g.hands.rest(0.5)
    g.keep("recipe", g.area(pane))


def runs(g: Guide) -> None:
    """Two runs of one network, with their curves over each other."""
    from PySide6.QtCore import Qt

    from visualnet.app.features.runs.panel import CURVES
    from visualnet.core import edits

    g.open("mlp-mnist", space="train")
    studio = g.window.studio
    for lr in (0.0005, 0.01):
        studio.do("lr", lambda p, lr=lr: edits.set_recipe(p, lr=lr))
        g.train_to_end(8)
    panel = g.window.show_panel("runs")
    g.hands.rest(0.5)
    g.keep("runs", g.area(panel))
    model = panel.table.model()
    for row in range(model.rowCount()):
        model.setData(model.index(row, CURVES), Qt.CheckState.Checked.value, Qt.ItemDataRole.CheckStateRole)
    g.hands.rest(0.5)
    curves = g.window.show_panel("training").curves
    g.hands.rest(1.0)
    g.keep("runs-compared", g.area(curves))


def feature_maps(g: Guide) -> None:
    """The workspace Inspect: what conv1 makes of a digit."""
    g.open("lenet5", "conv1", "inspect")
    g.train(lambda r: len(r.model.epochs) >= 3, 12)
    g.window.show_space("inspect")
    g.hands.rest(0.8)
    g.keep("feature-maps", g.area(g.window.panel("maps")))
    g.stop()


def presentation(g: Guide) -> None:
    """The canvas and one formula alone, in a window of the size of the other pictures (there is no screen to fill here)."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    g.open("lenet5")
    g.window.setWindowState = lambda state: None  # type: ignore[method-assign]
    g.hands.keys("F11")
    g.hands.rest(0.5)
    g.hands.click("conv1")
    g.hands.rest(0.5)
    QTest.keyClick(g.window.windowHandle(), Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    g.window.canvas.find_bar.hide()
    g.hands.rest(0.3)
    g.keep("presentation")
    g.hands.keys("F11")
    del g.window.setWindowState
    g.hands.rest(0.5)


def attention(g: Guide) -> None:
    """Where a patch of the digit looks."""
    g.open("vit-small", space="inspect")
    studio = g.window.studio
    node = studio.graph.named("encoder")
    studio.open_sheet("encoder", (node.id,))
    g.select("attention")
    g.window.spaces.reveal("attention")
    g.train(lambda r: len(r.model.epochs) >= 2, 12)
    g.window.spaces.reveal("attention")
    g.hands.rest(1.5)
    g.keep("attention", g.area(g.window.panel("attention")))
    g.stop()


def regions(g: Guide) -> None:
    """The border that a network draws between two half moons."""
    g.open("perceptron-points", space="train")
    g.train_to_end(30)
    g.window.actions_.trigger("train.picture")
    g.hands.rest(0.8)
    g.keep("regions", g.area(g.window.canvas.view))
    g.window.actions_.trigger("train.picture")


def heat_map(g: Guide) -> None:
    """Cards tinted by their parameters."""
    g.open("lenet5")
    g.window.overlay("heat").choose("parameters")
    g.keep("heat-map", g.area(g.window.canvas.view))
    g.window.overlay("heat").choose("")


def map_sizes(g: Guide) -> None:
    """Cards as boxes to scale."""
    g.open("lenet5")
    g.window.actions_.trigger("view.map_sizes")
    g.hands.rest(0.3)
    g.keep("map-sizes", g.area(g.window.canvas.view))
    g.window.actions_.trigger("view.map_sizes")


# --- sharing ----------------------------------------------------------------------------------------------------------------


def figure(g: Guide) -> None:
    """The dialog that makes a picture, with a figure as papers have them."""
    from visualnet.app.figures.export_dialog import FigureExportDialog

    g.open("lenet5")
    dialog = FigureExportDialog(g.window.studio, {}, (0, 0, 800, 600), Path.home(), g.window)
    dialog.resize(960, 480)
    dialog.show()
    g.hands.press(dialog, "Publication")
    g.keep("figure", of=dialog)
    dialog.close()


def cluster(g: Guide) -> None:
    """The dialog that writes a folder for a cluster."""
    from visualnet.app.features.cluster_and_queue.cluster_dialog import ClusterDialog

    g.open("lenet5")
    dialog = ClusterDialog(g.window.studio, g.window)
    dialog.nodes.setValue(2)
    dialog.processes.setValue(4)
    dialog.folder.setText("/shared/lenet5-cluster")
    dialog.show()
    g.keep("cluster", of=dialog)
    dialog.close()


def _code(g: Guide, at: int, name: str, place: str) -> None:
    g.open("lenet5", "conv1")
    g.window.actions_.trigger("view.code")
    panel = g.window.panel("code")
    panel.switch.part(at).click()
    g.hands.until(lambda: place in panel.text.toPlainText())
    g.tall("code", 560, wide=True)
    g.window.canvas.view.fit_at_once()
    found = panel.text.document().find(place)
    found.clearSelection()
    panel.text.setTextCursor(found)
    panel.text.centerCursor()
    g.keep(name)
    panel.switch.part(0).click()
    g.window.actions_.trigger("view.code")


def code(g: Guide) -> None:
    """The network as Python, beside the canvas."""
    _code(g, 0, "code", "class")


def training_script(g: Guide) -> None:
    """The loop of the training script."""
    _code(g, 1, "training-script", "optimizer.step()")


def differences(g: Guide) -> None:
    """What sets the open network apart from its template."""
    from visualnet.app.features.differences.comparison import comparison_of

    g.open("lenet5")
    before = g.window.studio.project
    g.hands.set_param("conv1", "out_channels", "12")
    g.window.actions_.trigger("view.differences")
    comparison_of(g.window.studio).against(before, "lenet5")
    g.window.studio.select([])
    g.window.canvas.view.fit_at_once()
    g.keep("differences")
    g.window.actions_.trigger("view.differences")


def first_weights(g: Guide) -> None:
    """How the weights of fc1 start: He's way, its formula and the histogram."""
    g.open("lenet5", "fc1")
    section = g.window.panel("inspector").node_page.first_weights
    section.init.activated.emit(section.init.findData("kaiming_normal"))
    section.set_opened(True)
    section.toggled.emit(True)
    g.hands.until(lambda: bool(section.histograms.spreads), what="the histogram")
    g.keep("first-weights", of=section)


def find_rate(g: Guide) -> None:
    """The range test of LeNet-5."""
    from visualnet.app.features.estimates.rate_dialog import RateDialog

    g.open("lenet5-28")
    dialog = RateDialog(g.window.studio, g.window)
    dialog.show()
    g.hands.until(lambda: not dialog.running, what="the test's end")
    g.keep("find-rate", of=dialog)
    dialog.close()


def data(g: Guide) -> None:
    """A folder of pictures of one's own, opened: its samples by class."""
    import tempfile

    from PIL import Image, ImageDraw

    from visualnet.data.inspect_source import choose

    g.open("lenet5-28")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "shapes"
        for kind, name in enumerate(("circle", "square", "triangle")):
            (folder / name).mkdir(parents=True)
            for at in range(40):
                picture = Image.new("RGB", (64, 64), (238, 240, 244))
                pen, side, x, y = ImageDraw.Draw(picture), 18 + at * 7 % 24, 6 + at * 5 % 18, 6 + at * 11 % 18
                colour = ((110, 168, 254), (230, 159, 0), (0, 158, 115), (204, 121, 167))[at % 4]
                corners = [(x, y + side), (x + side, y + side), (x + side / 2, y)]
                box = (x, y, x + side, y + side)
                (pen.ellipse, pen.rectangle, pen.polygon)[kind](corners if kind == 2 else box, fill=colour)
                picture.save(folder / name / f"{at:02}.png")
        choice, found = choose("image_folder", folder, {})
        from visualnet.app.features.data_page.own_data_dialog import take_own_data

        take_own_data(g.window.studio, choice, found)
        page = g.window.panel("data")
        g.hands.until(lambda: page.examiner.copies is not None)
        g.hands.rest(1.0)
        g.window.toast.hide()
        g.keep("data")
        g.window.studio.document.undo()
        g.hands.rest(0.3)


def evaluate(g: Guide) -> None:
    """A trained MLP, judged; the samples of a cell of its confusion matrix."""
    g.open("mlp-mnist", space="train")
    g.train_to_end(2)
    g.window.actions_.trigger("train.evaluate")
    panel = g.window.panel("evaluation")
    g.hands.until(lambda: panel.evaluation is not None)
    g.tall("evaluation", 420)
    g.hands.rest(0.4)
    chart = panel.charts.chart.chart
    cell = max((at for at in chart.counts if at[0] != at[1]), key=lambda at: chart.counts[at])
    panel.charts.show_samples(chart.samples[cell], f"“{chart.names[cell[0]]}” answered as “{chart.names[cell[1]]}”")
    g.keep("evaluate", g.area(panel))


def try_it(g: Guide) -> None:
    """A seven drawn with the mouse: what a trained LeNet-5 says of it, and its feature maps."""
    import torch  # noqa: F401  # what the window does in the background

    from visualnet.core import edits

    g.open("lenet5", space="inspect")
    g.window.show_panel("maps")
    g.window.studio.do("Start from", lambda p: edits.set_recipe(p, start_from="trained/lenet5"))
    panel = g.window.show_panel("try_it")
    g.hands.until(lambda: panel.editors)
    pad = panel.editors["image"].pad
    g.hands.rest(0.2)
    side = min(pad.width(), pad.height())
    left = (pad.width() - side) // 2
    for begin, end in (((0.3, 0.25), (0.7, 0.25)), ((0.7, 0.25), (0.45, 0.8))):
        here, there = (QPoint(left + int(side * x), int(side * y)) for x, y in (begin, end))
        QTest.mousePress(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, here)
        for step in range(1, 9):
            QTest.mouseMove(pad, here + (there - here) * (step / 8))
        QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, there)
    g.hands.until(lambda: g.window.runner.probes.seen is not None and g.window.runner.probes.seen.own)
    g.hands.rest(0.5)
    g.window.toast.hide()
    g.keep("try-it", g.area(panel))


PICTURES: dict[str, Callable[[Guide], None]] = {
    each.__name__.replace("_", "-"): each
    for each in (
        start_page, lenet, broken, training, own_network, quick_add, refused_wire, card_menu, frame_and_note, why, repair_preview,
        explain, in_place, block_inspector, recipe, runs, first_weights, find_rate, feature_maps, attention, regions, presentation,
        heat_map, map_sizes, figure, cluster, code, training_script, differences, data, evaluate, try_it, see_inside, feeds, dashboard,
        back_propagation, experiments, where_it_trains, search, all_runs,
    )
}  # fmt: skip
PICTURES["runs-compared"] = runs
"""The steps that make each picture, by its name."""


def main(names: list[str]) -> None:
    """Make these pictures, or all."""
    from tests.pictures.photographer import Photographer  # sets the platform and a home of its own before Qt is there

    # isort: split
    from PySide6.QtWidgets import QApplication, QMessageBox

    from tests.flows.hands import Hands
    from visualnet.app.shell.closing_dialog import ClosingDialog

    FOLDER.mkdir(parents=True, exist_ok=True)
    QMessageBox.exec = lambda self: QMessageBox.StandardButton.Discard  # type: ignore[method-assign,assignment]
    ClosingDialog.exec = ClosingDialog.discard_all  # type: ignore[method-assign,assignment]
    photographer = Photographer(QApplication([]), FOLDER, "light", SIZE)
    for step in dict.fromkeys(PICTURES[name] for name in names or PICTURES):
        photographer.window.show_space("build")
        photographer.window.spaces.reset()
        photographer.window.activateWindow()  # a dialog of the picture before may have taken the keys along
        step(Guide(Hands(photographer.window)))
        for tab in list(photographer.window.project_files.tabs):
            photographer.window.project_files.tabs.remove(tab)
        photographer.window.actions_.trigger("help.start_page")
    photographer.close()


if __name__ == "__main__":
    main(sys.argv[1:])
