"""Pictures of the guide's page *How to read your network*: what the network does, seen in the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visualnet.core import edits

if TYPE_CHECKING:
    from tests.pictures.guide_window import Guide

SEEN = ("feature_maps", "filters", "saliency", "grad_cam", "weight_spread", "predictions", "embedding_pca")
"""Observations that one sees at once in the panel *See inside*."""


def see_inside(g: Guide) -> None:
    """Eight pictures of LeNet, after two epochs, in a window of their own."""
    from PySide6.QtWidgets import QDockWidget, QWidget

    g.open("lenet5", "conv2", "inspect")
    panel = g.window.show_panel("see_inside")
    dock: QWidget = panel
    while not isinstance(dock, QDockWidget):
        dock = dock.parentWidget()
    dock.setFloating(True)
    dock.resize(1280, 700)
    for name in SEEN:
        panel.add(name)
    g.train(lambda r: len(r.model.epochs) >= 2, 12)
    g.hands.rest(2.0)
    g.stop()
    g.hands.rest(1.5)
    g.keep("see-inside", of=dock)
    for view in list(panel.views):
        panel.remove(view)
    dock.setFloating(False)


def feeds(g: Guide) -> None:
    """Channels of conv1 weighed by hand."""
    g.open("lenet5", "conv1", "inspect")
    g.train(lambda r: len(r.model.epochs) >= 2, 12)
    g.stop()
    g.select("conv1")
    g.window.actions_.trigger("view.feed_by_hand")
    g.hands.rest(1.0)
    g.keep("feeds")
    g.window.actions_.trigger("view.remove_feeds")


def dashboard(g: Guide) -> None:
    """Dead units on the cards, gradients on the wires."""
    g.open("lenet5")
    g.window.actions_.trigger("view.dashboard")
    g.train(lambda r: len(r.model.epochs) >= 2, 12)
    g.hands.rest(1.5)
    g.keep("dashboard", g.area(g.window.canvas.view))
    g.stop()
    g.window.actions_.trigger("view.dashboard")


def back_propagation(g: Guide) -> None:
    """A gradient on its way back through XOR."""
    import torch  # noqa: F401  # what the window does in the background

    g.open("xor", space="inspect")
    panel = g.window.show_panel("backprop")
    g.hands.until(lambda: panel.passes is not None)
    for _ in range(7):
        g.press_key(panel.list, "Right")
    g.hands.rest(0.5)
    g.keep("back-propagation")


def experiments(g: Guide) -> None:
    """Three learning rates, two seeds of each."""
    g.window.actions_.trigger("train.experiments")
    view = g.window.pages["experiments"].view  # type: ignore[attr-defined]
    view.gallery.choose("learning-rates")
    view.seeds.setValue(2)
    view.toggle()
    g.hands.until(lambda: not view.experimenter.busy, 300)
    g.hands.rest(0.5)
    g.keep("experiments")


def where_it_trains(g: Guide) -> None:
    """The places where a network can be trained, with the one that is chosen."""
    g.open("lenet5")
    menu = g.window.actions_.submenu("train.place")
    assert menu is not None
    menu.aboutToShow.emit()
    menu.ensurePolished()
    menu.resize(menu.sizeHint())
    g.keep("where-it-trains", of=menu)


def search(g: Guide) -> None:
    """A learning rate and an optimizer, sixteen trials."""
    g.open("perceptron-points")
    g.window.studio.do("Data", lambda p: edits.set_data(p, options={"n": 200, "shape": "blobs"}))
    g.window.studio.do("Epochs", lambda p: edits.set_recipe(p, epochs=4, device="cpu"))
    g.window.actions_.trigger("train.search")
    view = g.window.pages["search"].view  # type: ignore[attr-defined]
    for address in ("lr", "optimizer"):
        view.add(address)
    view.settings.trials.setValue(16)
    view.toggle()
    g.hands.until(lambda: not view.searcher.running, 300)
    view.tabs.setCurrentIndex(1)
    g.hands.rest(0.5)
    g.keep("search")


def all_runs(g: Guide) -> None:
    """Six short trainings of one network, their curves over each other."""
    from msgspec.structs import replace

    from visualnet.core.storage.paths import runs_dir
    from visualnet.core.storage.project_file import load
    from visualnet.data.loading import load as load_data
    from visualnet.resources import resource
    from visualnet.training.loop.session import Session
    from visualnet.training.run_records.annotations import annotate
    from visualnet.training.run_records.create_run_folder import begin_run

    project = load(resource("templates", "xor.vnet"))
    for at, (lr, optimizer) in enumerate([(r, o) for o in ("SGD", "Adam") for r in (0.03, 0.1, 0.5)]):
        recipe = replace(project.recipe, lr=lr, optimizer=optimizer, epochs=12, device="cpu")
        run = replace(project, recipe=recipe)
        folder = begin_run(run, runs_dir() / f"20261101-10000{at}-XOR")
        Session(run, load_data(run.data), lambda _: None, folder=folder, threads=1).run()
        annotate(folder, name=f"{optimizer}, rate {lr:g}", tags=("baseline",) if at == 1 else ())
    g.window.actions_.trigger("train.all_runs")
    view = g.window.pages["run_list"].view  # type: ignore[attr-defined]
    view.search.edit.setText('project:"XOR by hand" rate')
    g.hands.until(lambda: view.model.rowCount() == 6)
    view.table.selectAll()
    g.hands.until(lambda: view.curves.chart.chart is not None and len(view.curves.chart.chart.bands) == 6)
    g.hands.rest(0.5)
    g.keep("all-runs")
