"""Kept runs, searches, capsules and trainings elsewhere, a state each, for ``python -m tests.pictures OUT --only NAME``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from PySide6.QtWidgets import QMenu

from visualnet.core import edits
from visualnet.core.storage.paths import runs_dir
from visualnet.core.storage.project_file import load
from visualnet.resources import resource

if TYPE_CHECKING:
    from tests.pictures.photographer import Photographer

RATES = (0.001, 0.01, 0.03, 0.1, 0.3, 1.0)


def kept_runs(p: Photographer) -> None:
    """The page All runs: empty, a table with curves, groups, bands, settings, difference, notes, menus and the export."""
    p.window.actions_.trigger("train.all_runs")
    view: Any = p.window.pages["run_list"].view  # type: ignore[attr-defined]
    view.search.edit.setText("state:nothing-yet")
    p.rest(0.6)
    p.shot("runs-empty")
    view.search.edit.setText("")
    _train_some()
    view.store.refresh()
    p.until(lambda: view.model.rowCount() >= 3 * len(RATES))
    view.search.edit.setText("project:XOR")
    p.rest(0.6)
    for at in range(0, 12):
        view.table.selectionModel().select(
            view.model.index(at, 0),
            view.table.selectionModel().SelectionFlag.Select | view.table.selectionModel().SelectionFlag.Rows,
        )
    p.until(lambda: view.curves.chart.chart is not None and len(view.curves.chart.chart.bands) >= 12)
    p.shot("runs-table")
    view.set_group("optimizer")
    p.shot("runs-grouped")
    view.model.set_folded(True)
    view.curves.bands.setChecked(True)
    p.shot("runs-closed-groups")
    view.curves.bands.setChecked(False)
    view.set_group("")
    view.table.clearSelection()
    for side, name in ((1, "settings"), (2, "difference"), (3, "notes")):
        view.side.set_current(side)
        view._show_side(side)
        view.choose("20261101-100005-XOR" if name == "notes" else "20261101-100001-XOR")
        if name == "difference":
            at = view.model.row_of("20261101-100011-XOR")
            flags = view.table.selectionModel().SelectionFlag
            view.table.selectionModel().select(view.model.index(at, 0), flags.Select | flags.Rows)
        p.rest(0.5)
        p.shot(f"runs-{name}")
    for button, name in ((view.more, "more"), (view.grouping, "group-menu")):
        _menu(p, button.menu(), f"runs-{name}")
    view.choose("20261101-100001-XOR")
    flags = view.table.selectionModel().SelectionFlag
    at = view.model.row_of("20261101-100011-XOR")
    view.table.selectionModel().select(view.model.index(at, 0), flags.Select | flags.Rows)
    view.run_actions.export()
    p.dialogs("runs-export")
    view.side.set_current(0)
    view._show_side(0)


def searching(p: Photographer) -> None:
    """The page Search: empty, drawn up, its trials and what mattered."""
    p.open("perceptron-points")
    p.window.studio.do("Data", lambda project: edits.set_data(project, options={"n": 120, "shape": "blobs"}))
    p.window.studio.do("Epochs", lambda project: edits.set_recipe(project, epochs=3, device="cpu"))
    p.window.actions_.trigger("train.search")
    view: Any = p.window.pages["search"].view  # type: ignore[attr-defined]
    p.shot("search-empty")
    for address in ("lr", "optimizer"):
        view.add(address)
    view.settings.trials.setValue(10)
    p.shot("search-space")
    view.toggle()
    p.until(lambda: not view.searcher.running, 300)
    for at in range(view.tabs.count()):
        view.tabs.setCurrentIndex(at)
        p.shot(f"search-tab-{at}")


def elsewhere(p: Photographer) -> None:
    """The dialogs that pack and verify a run, export for a cluster and show the queue; the menu Train with its submenus."""
    studio = p.open("perceptron-points")
    studio.do("Epochs", lambda project: edits.set_recipe(project, epochs=2, device="cpu"))
    p.until(lambda: not p.window.runner.why_not())
    p.window.train()
    p.until(lambda: p.window.runner.state == "idle" and bool(studio.project.runs))
    from visualnet.app.features.capsules.feature import folder_of_run
    from visualnet.app.features.capsules.pack_dialog import PackDialog
    from visualnet.app.features.capsules.verify_dialog import VerifyDialog
    from visualnet.app.features.cluster_and_queue import queue_dialog
    from visualnet.app.features.cluster_and_queue.cluster_dialog import ClusterDialog

    folder = folder_of_run(studio)
    assert folder is not None
    p.dialog(PackDialog(studio, folder, p.window), "pack")
    p.dialog(VerifyDialog(studio, folder, p.window), "verify")
    p.dialog(ClusterDialog(studio, p.window), "cluster")
    p.dialog(queue_dialog.QueueDialog(studio, p.window), "queue-empty")
    queue_dialog.add(studio)
    p.dialog(queue_dialog.QueueDialog(studio, p.window), "queue")
    for menu in p.window.topbar.findChildren(QMenu):
        if menu.title().replace("&", "") == "Train":
            _menu(p, menu, "menu-train")
            for line in menu.actions():
                if isinstance(sub := line.menu(), QMenu):
                    _menu(p, sub, f"menu-train-{line.text().lower().replace('&', '').replace(' ', '-')}")


def _menu(p: Photographer, menu: QMenu, name: str) -> None:
    menu.aboutToShow.emit()
    menu.ensurePolished()
    menu.resize(menu.sizeHint())
    p.rest(0.2)
    p.picture(menu, name)


def _train_some() -> None:
    """Short trainings of one network with several rates, optimizers and seeds, named, tagged and put into groups."""
    from visualnet.data.loading import load as load_data
    from visualnet.training.loop.session import Session
    from visualnet.training.run_records.annotations import annotate
    from visualnet.training.run_records.create_run_folder import begin_run

    project, number = load(resource("templates", "xor.vnet")), 0
    for optimizer, seed in (("SGD", 0), ("Adam", 0), ("Adam", 1)):
        for lr in RATES:
            recipe = replace(project.recipe, lr=lr, optimizer=optimizer, seed=seed, epochs=12, device="cpu")
            run = replace(project, recipe=recipe)
            folder = begin_run(run, runs_dir() / f"20261101-1{number:05d}-XOR")
            number += 1
            if (folder / "record.json").exists():
                continue
            Session(run, load_data(run.data), lambda _: None, folder=folder, threads=1).run()
            said: dict[str, Any] = {"name": f"{optimizer}, rate {lr:g}{', again' if seed else ''}"}
            if number % 5 == 0:
                said |= {"tags": ("baseline", "thesis")}
            if number == 6:
                said |= {
                    "notes": "# What I tried\n\nA rate of **1** is too much for SGD:\n\n- it jumps\n- it ends *above* Adam"
                }
            annotate(folder, **said)
