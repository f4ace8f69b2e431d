"""What else the window can show, a state each, for ``python -m tests.pictures --only NAME``: every view is rendered and looked at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QScrollArea, QWidget

from tests.pictures.guide_inside import SEEN
from tests.pictures.network_inside import backprop, dashboard, rcnn, writing
from tests.pictures.runs import elsewhere, kept_runs, searching
from tests.pictures.systems import flow, gan, generate, own_points, play, zoo
from visualnet.app.features.differences.comparison import comparison_of
from visualnet.core import edits
from visualnet.core.edits import annotate
from visualnet.core.user import trusted_code

if TYPE_CHECKING:
    from tests.pictures.photographer import Photographer


def tabs(p: Photographer) -> None:
    """Several projects, one of them training behind the others."""
    p.open("lenet5")
    p.window.studio.do("Epochs", lambda project: edits.set_recipe(project, epochs=40))
    p.window.train()
    p.until(lambda: p.window.runner.model is not None and len(p.window.runner.model.epochs) >= 1)
    p.open("vit-small")
    p.open("resnet-small")
    p.window.show_space("build")
    p.shot("tabs")
    p.window.show_space("train")
    p.shot("tabs-train")
    p.window.project_files.tabs.show(p.window.project_files.tabs.all[0])
    p.window.runner.stop()
    p.until(lambda: p.window.runner.state == "idle")
    p.shot("trained")


def history(p: Photographer) -> None:
    """Every step, some of them taken back."""
    studio = p.open("lenet5")
    conv, pool = (studio.graph.named(name).id for name in ("conv1", "pool1"))
    studio.do("Set kernel_size", lambda project: edits.set_params(project, "", [conv], {"kernel_size": 3}))
    studio.do("Rename pool1", lambda project: edits.rename(project, "", pool, "shrink"))
    studio.do("Add ReLU", lambda project: edits.add_node(project, "", "relu", at=(700, 700)))
    studio.document.undo()
    p.window.actions_.trigger("view.history")
    p.shot("history")


def differences(p: Photographer) -> None:
    """What was changed since the template, on the canvas and as a list."""
    studio = p.open("lenet5")
    before = studio.project
    conv, relu = (studio.graph.named(name).id for name in ("conv1", "relu3"))
    studio.do("Kernel", lambda project: edits.set_params(project, "", [conv], {"out_channels": 12}))
    studio.do("Remove relu3", lambda project: edits.remove(project, "", [relu]))
    studio.do("Add dropout", lambda project: edits.add_node(project, "", "dropout", at=(700, 760)))
    studio.select([])
    p.window.actions_.trigger("view.differences")
    p.shot("differences-none")
    comparison_of(p.window.studio).against(before, "lenet5")
    p.shot("differences")


def problems(p: Photographer) -> None:
    """Several problems in groups; what a repair would do."""
    studio = p.open("lenet5")
    conv, fc = (studio.graph.named(name).id for name in ("conv1", "fc2"))
    studio.do("Stride", lambda project: edits.set_params(project, "", [conv], {"stride": 3}))
    studio.do("Add", lambda project: edits.add_node(project, "", "linear", at=(900, 760)))
    studio.do("Cut", lambda project: edits.disconnect(project, "", next(w for w in project.graph.wires if w[0] == fc)))
    studio.select([])
    panel = p.window.panel("problems")
    panel.bar.grouping.setCurrentIndex(1) if hasattr(panel.bar, "grouping") else None
    p.window.actions_.trigger("graph.next_problem")
    p.rest(1.0)
    p.shot("problems-grouped")
    row = next(row for row in panel.rows if row.isVisible() and row.current)
    p.until(lambda: row.buttons.count() > 0, 5)
    row.hover_preview.ask(row.buttons.itemAt(0).widget(), at_once=True)
    p.shot("repair")


def explain(p: Photographer) -> None:
    """The typeset formulas, large."""
    p.open("lenet5")
    p.select("conv2")
    page = p.window.panel("inspector").node_page
    p.below(page)
    p.shot("formulas")
    page.enlarge()
    p.rest()
    p.dialogs("explain")


def first_weights(p: Photographer) -> None:
    """How weights start: the way, its values, its formula, and a histogram of one draw."""
    studio = p.open("lenet5")
    p.select("fc1")
    section = p.window.panel("inspector").node_page.first_weights
    section.init.activated.emit(section.init.findData("kaiming_normal"))
    section.set_opened(True)
    section.toggled.emit(True)
    p.until(lambda: bool(section.histograms.spreads))
    _scroll_to(section)
    p.shot("first-weights")
    studio.select([n.id for n in studio.graph if n.kind in ("conv2d", "linear")])
    p.until(lambda: len(section.histograms.spreads) > 2)
    _scroll_to(section)
    p.shot("first-weights-of-all")


def start_from(p: Photographer) -> None:
    """A file of weights with another head, matched."""
    import torch

    from visualnet.app.features.start_from.dialog import StartFromDialog
    from visualnet.compiling.module import compile_project

    studio = p.open("lenet5")
    given = dict(compile_project(studio.project, studio.analysis, seed=3).net.state_dict())
    given |= {name: torch.zeros(26, *tensor.shape[1:]) for name, tensor in given.items() if tensor.shape[0] == 10}
    path = p.folder / "letters.pt"
    torch.save(given, path)
    dialog = StartFromDialog(studio, p.window)
    dialog.open_file(path)
    p.until(lambda: dialog.use.isEnabled())
    dialog.ways.setCurrentIndex(2)
    dialog.ways.activated.emit(2)
    p.dialog(dialog, "start-from")
    path.unlink()


def finding(p: Photographer) -> None:
    """The range test over the learning rate, and the batch sizes that fit."""
    from visualnet.app.features.estimates.rate_dialog import RateDialog

    studio = p.open("lenet5-28")
    dialog = RateDialog(studio, p.window)
    p.until(lambda: not dialog.running)
    p.dialog(dialog, "find-rate")
    from visualnet.app.features.estimates.batch_dialog import BatchDialog

    sizes = BatchDialog(studio, p.window)
    p.until(lambda: not sizes.running)
    p.dialog(sizes, "find-batch")


def _scroll_to(section: QWidget) -> None:
    page = section.parentWidget()
    while page is not None and not isinstance(page, QScrollArea):
        page = page.parentWidget()
    if page is not None:
        page.verticalScrollBar().setValue(section.mapTo(page.widget(), QPoint(0, 0)).y())


def blocks(p: Photographer) -> None:
    """Blocks: in small, opened in place, on a sheet of their own; the library."""
    studio = p.open("resnet-small")
    view = p.window.canvas.view
    view.zoom_by(0.62)
    p.shot("miniatures")
    view.fit_at_once()
    block = next(node for node in studio.graph.nodes.values() if node.block)
    studio.select([block.id])
    p.window.canvas.inside.open(block.id)
    p.shot("inside")
    p.window.canvas.inside.collapse()
    studio.open_sheet(block.block, (block.id,))
    studio.select([])
    p.rest(0.5)
    p.shot("crumbs")
    tree = p.window.panel("palette").tree
    tree.scrollToBottom()
    p.shot("library")


def adding(p: Photographer) -> None:
    """Quick add, with something typed."""
    p.open("lenet5")
    p.window.canvas.view.quick_add()
    p.window.canvas.view.quick_add_popup.field.setText("conv 5x5 16 s2")
    p.shot("adding")
    p.window.canvas.view.quick_add_popup.close_()


def exporting(p: Photographer) -> None:
    """The picture's dialog, with a figure for a paper."""
    from visualnet.app.figures.export_dialog import FigureExportDialog

    studio = p.open("lenet5")
    for style, name in (("light", "picture"), ("publication", "figure")):
        dialog = FigureExportDialog(studio, {}, (0, 0, 800, 600), Path.home(), p.window)
        dialog.style_.choose(style)
        dialog.refresh()
        p.dialog(dialog, f"export-{name}")


def about(p: Photographer) -> None:
    """The note of a network, beside it and before it is opened."""
    p.open("resnet-18-small")
    p.window.actions_.trigger("help.about_network")
    p.shot("about")


def comparison(p: Photographer) -> None:
    """Networks beside each other."""
    from visualnet.analysis.compare.teaching_pairs import PAIRS
    from visualnet.app.features.comparison.dialog import CompareDialog

    studio = p.open("lenet5")
    dialog = CompareDialog(studio, p.window)
    p.dialog(dialog, "compare-one", close=False)
    dialog.show_pair(next(iter(PAIRS)))
    p.dialog(dialog, "compare")


def reference(p: Photographer) -> None:
    """A page of the reference, with its drawing."""
    p.open("lenet5")
    p.select("conv2")
    p.window.actions_.trigger("help.reference")
    p.shot("reference")


def heat(p: Photographer) -> None:
    """Cards tinted by their parameters."""
    p.open("lenet5")
    p.window.overlay("heat").choose("parameters")
    p.shot("heat")
    p.window.overlay("heat").choose("")


def sizes(p: Photographer) -> None:
    """Cards as boxes to scale: near, far, and with sequences."""
    for name in ("lenet5", "unet", "vit-small"):
        p.open(name)
        p.window.overlay("map_sizes").show_sizes(True)
        p.rest(0.4)
        p.shot(f"sizes-{name}")
        p.window.overlay("map_sizes").show_sizes(False)


def cards(p: Photographer) -> None:
    """Folded cards, muted ones, frames and notes; from top to bottom."""
    studio = p.open("lenet5")
    view, at = p.window.canvas.view, studio.graph.places
    studio.select([studio.graph.named(name).id for name in ("relu1", "relu2", "pool1")])
    p.window.actions_.trigger("graph.fold")
    p.select("relu3")
    p.window.actions_.trigger("graph.mute")
    p.select("relu4")
    p.window.actions_.trigger("graph.disable")
    studio.select([studio.graph.named(name).id for name in ("conv2", "relu2", "pool2", "flatten")])
    p.window.actions_.trigger("graph.frame")
    p.rest(0.3)
    x, y = at[studio.graph.named("loss").id]
    area = (x + 320, y - 60, 260, 120)
    words = "Why cross-entropy?\nIt punishes confident mistakes most."
    studio.do("Note", lambda project: annotate.add_annotation(project, "", "note", area, words)[0])
    studio.select([])
    view.setFocus()
    view.fit_at_once()
    p.shot("frames")
    studio = p.open("unet-small")
    p.window.actions_.trigger("arrange.tidy_down")
    p.rest(2.0)
    view.fit_at_once()
    p.shot("down")


def custom(p: Photographer) -> None:
    """A layer of one's own that is not trusted, and the question."""
    from visualnet.app.features.inspector.sections.code_section import TrustDialog

    studio = p.open("lenet5")
    source = "class Half(nn.Module):\n    def forward(self, x):\n        return x * 0.5\n"
    settings = {"source": source, "arguments": "", "tensors": ""}
    relu = studio.graph.named("relu1").id
    x, y = studio.graph.places[relu]
    studio.do("Add", lambda project: edits.add_node(project, "", "python", at=(x, y + 80), id="n90", params=settings))
    studio.do(
        "Join", lambda project: edits.connect(project, "", (studio.graph.named("conv1").id, "features"), ("n90", "x"))
    )
    assert not trusted_code.is_trusted(source)
    studio.select(["n90"])
    p.shot("untrusted")
    p.dialog(TrustDialog("python1", source, p.window), "trust")


def start(p: Photographer) -> None:
    """All of the start page."""
    p.window.show_page("start_page")
    area = p.window.pages["start_page"].findChild(QScrollArea)
    bar = area.verticalScrollBar()
    for number in range(4):
        bar.setValue(round(bar.maximum() * number / 3))
        p.shot(f"start-{number}")
    bar.setValue(0)


def help_(p: Photographer) -> None:
    """The keys, the menus."""
    from visualnet.app.widgets.dialogs.shortcuts_dialog import ShortcutsDialog

    p.open("lenet5")
    p.dialog(ShortcutsDialog(p.window.actions_, p.window), "shortcuts")
    for menu in p.window.topbar.findChildren(QMenu):
        if menu.title().replace("&", "") in ("File", "View", "Graph", "Select"):
            menu.ensurePolished()
            menu.aboutToShow.emit()
            p.picture(menu, f"menu-{menu.title().replace('&', '').lower()}")
    p.select("conv1")
    menu = p.window.canvas.view.menu_at(
        p.window.canvas.view.mapFromScene(p.window.canvas.view.canvas.cards[p.window.studio.selection[0]].rect.center())
    )
    if menu is not None:
        p.picture(menu, "menu-card")


def readme(p: Photographer) -> None:
    """The picture of the README: docs/pictures/train-dark.png, at 1440x900."""
    studio = p.open("lenet5")
    studio.do("Epochs", lambda project: edits.set_recipe(project, epochs=20))
    p.window.show_space("train")
    p.select("conv2")
    p.rest(2.0)
    p.window.train()
    p.until(lambda: p.window.runner.model is not None and len(p.window.runner.model.epochs) >= 9)
    p.window.canvas.view.fit_at_once()
    p.rest(1.0)
    p.shot("train")
    p.window.runner.stop()
    p.until(lambda: p.window.runner.state == "idle")


def changes(p: Photographer) -> None:
    """Settings that are changed while it trains: the marks on the curves, and the recipe with the rate that was really used."""
    studio, runner = p.open("lenet5"), p.window.runner
    studio.do("Epochs", lambda project: edits.set_recipe(project, epochs=12))
    p.window.show_space("train")
    p.window.train()
    steps: list[dict[str, Any]] = [{"lr": 0.003}, {"schedule": "cosine"}, {"weight_decay": 0.01}, {"batch_size": 128}]
    for at, fields in enumerate(steps, 1):
        p.until(lambda at=at: runner.model is not None and len(runner.model.epochs) >= at)
        studio.do("Set", lambda project, fields=fields: edits.set_recipe(project, **fields))
    p.select("conv2")
    p.window.actions_.trigger("graph.freeze")
    p.until(lambda: len(runner.model.changes) >= 5 and len(runner.model.epochs) >= 7)
    p.shot("changes")
    runner.stop()
    p.until(lambda: p.window.runner.state == "idle")


def large(p: Photographer) -> None:
    """Text at one and a half times its size."""
    p.window.keeper.set_text_size(150)
    p.open("lenet5")
    p.select("conv1")
    p.shot("large")
    p.window.show_space("train")
    p.shot("large-train")
    p.window.show_space("build")
    p.window.show_page("start_page")
    p.shot("large-start")
    p.window.keeper.set_text_size(100)


def code(p: Photographer) -> None:
    """The panel *Code*: the model, its training, and why a training cannot be printed."""
    p.open("lenet5")
    p.window.actions_.trigger("view.code")
    panel = p.window.panel("code")
    for at, name in enumerate(("model", "training")):
        panel.switch.part(at).click()
        p.until(panel.copy.isEnabled)
        p.shot(f"code-{name}")
    p.open("resnet-18")
    p.until(lambda: "cannot be" in panel.words.text())
    p.shot("code-refused")
    panel.switch.part(0).click()
    p.window.actions_.trigger("view.code")


def inside(p: Photographer) -> None:
    """See inside with eight pictures, the dashboard, feeds, back-propagation."""
    import torch  # noqa: F401  # what the window does in the background

    p.open("lenet5")
    window = p.window
    window.show_space("inspect")
    panel = window.show_panel("see_inside")
    p.shot("see-inside-empty")
    names = (*SEEN, "occlusion")
    views = [panel.add(name) for name in names]
    window.train()
    p.until(lambda: window.runner.model is not None and len(window.runner.model.epochs) >= 2)
    views[-1].compute()
    window.actions_.trigger("view.dashboard")
    p.rest(3)
    window.runner.stop()
    p.until(lambda: window.runner.state == "idle")
    p.rest(2)
    p.shot("see-inside")
    window.actions_.trigger("view.dashboard")
    for at, view in enumerate(views):
        view.enlarge.click()
        view.help.click()
        p.rest(0.5)
        p.shot(f"see-inside-{names[at]}")
        view.enlarge.click()
    window.show_panel("feeds")
    window.studio.select([window.studio.graph.named("conv1").id])
    window.actions_.trigger("view.feed_by_hand")
    p.rest(1)
    p.shot("feeds")
    window.actions_.trigger("view.remove_feeds")
    p.open("xor")
    step = window.show_panel("backprop")
    p.until(lambda: step.passes is not None)
    p.shot("backprop")


FURTHER: dict[str, Callable[[Photographer], None]] = {
    made.__name__.strip("_"): made
    for made in (
        tabs, history, differences, problems, explain, first_weights, start_from, finding, blocks, adding, exporting, about, comparison,
        reference, heat, sizes, cards, custom, start, help_, large, code, changes, inside, readme, backprop,
        dashboard, rcnn, writing, kept_runs, searching, elsewhere,
        gan, flow, play, generate, own_points, zoo,
    )
}  # fmt: skip
"""Every further state by name."""
