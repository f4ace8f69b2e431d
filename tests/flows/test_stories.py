"""Shorter stories, each from a person's point of view."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QPushButton, QToolButton

from tests.flows.hands import Hands
from visualnet.app.features.start_from.trained_button import USE
from visualnet.app.shell.project_files import templates
from visualnet.app.shell.window import Window
from visualnet.app.theme.apply import ThemeKeeper
from visualnet.core import edits
from visualnet.core.document import Document
from visualnet.core.graph import Init
from visualnet.core.process.autosave import orphans
from visualnet.core.storage import project_file
from visualnet.core.user.settings import Settings
from visualnet.layers.initialization import LARGE


def opened(window: Window, hands: Hands, name: str = "lenet5") -> None:
    """Open a template as the start page does."""
    window.pages["start_page"].template_chosen.emit(name)
    hands.rest(0.2)
    assert window.stack.currentWidget() is window.canvas


def test_first_start_shows_templates_and_never_an_empty_canvas(window: Window) -> None:
    assert window.covered
    assert set(templates()) >= {"perceptron-points", "mlp-mnist", "lenet5", "resnet-small", "vit-small", "gru-rows"}


@pytest.mark.few(1)
@pytest.mark.parametrize("name", ["perceptron-points", "mlp-mnist", "lenet5", "resnet-small", "vit-small", "gru-rows"])
def test_every_template_opens_without_a_problem(window: Window, hands: Hands, name: str) -> None:
    opened(window, hands, name)
    assert [p for p in hands.studio.problems() if p.severity != "hint"] == []
    assert window.runner.why_not() == ""
    assert not hands.studio.document.modified


@pytest.mark.wide
def test_break_it_read_why_and_mend_it(window: Window, hands: Hands) -> None:
    opened(window, hands)
    hands.set_param("conv1", "stride", "3")
    problems = window.panel("problems")
    assert any(p.severity == "error" for p in hands.studio.problems())
    assert not window.actions_["train.start"].isEnabled()
    hands.keys("F8")
    assert hands.studio.selection, "F8 goes to the node"
    row = next(r for r in problems.rows if r.problem == problems.model.current)
    hands.until(lambda: row.buttons.count() > 0, what="repairs")
    hands.press(row, row.buttons.itemAt(0).widget().text())
    assert not [p for p in hands.studio.problems() if p.severity == "error"]
    assert window.actions_["train.start"].isEnabled()
    hands.keys("Ctrl+Z")
    assert [p for p in hands.studio.problems() if p.severity == "error"], "a repair is undone like any edit"
    hands.keys("Ctrl+Z")
    assert hands.node("conv1").params.get("stride") is None
    assert hands.studio.problems() == ()


@pytest.mark.wide
def test_spinning_a_number_is_one_step_and_shapes_follow(window: Window, hands: Hands) -> None:
    opened(window, hands)
    before = hands.studio.project
    hands.click("conv1")
    row = window.panel("inspector").node_page.form.rows["out_channels"]
    row.field.setFocus()
    for expected in (7, 8, 9):
        QTest.keyClick(row.field, Qt.Key.Key_Up)
        facts = hands.studio.facts
        assert facts is not None
        assert facts[hands.node("conv1").id].leaving["features"].shape[0] == expected
    hands.keys("Ctrl+Z")
    assert hands.studio.project is before


def test_delete_copy_paste_duplicate_undo_redo(window: Window, hands: Hands) -> None:
    opened(window, hands)
    before = hands.studio.project
    hands.click("fc1")
    hands.view.setFocus()
    for action in ("edit.copy", "edit.paste"):
        window.actions_.trigger(action)
    assert len(hands.studio.graph.nodes) == len(before.graph.nodes) + 1
    window.actions_.trigger("edit.duplicate")
    assert len(hands.studio.graph.nodes) == len(before.graph.nodes) + 2
    window.actions_.trigger("edit.delete")
    window.actions_.trigger("edit.undo")
    window.actions_.trigger("edit.undo")
    window.actions_.trigger("edit.undo")
    assert hands.studio.project is before
    window.actions_.trigger("edit.redo")
    assert len(hands.studio.graph.nodes) == len(before.graph.nodes) + 1


@pytest.mark.wide
def test_foreign_text_on_the_clipboard_is_refused_with_words(window: Window, hands: Hands) -> None:
    opened(window, hands)
    QApplication.clipboard().setText("import os; os.remove('x')")
    before = hands.studio.project
    window.actions_.trigger("edit.paste")
    assert hands.studio.project is before
    assert window.toast.text


@pytest.mark.wide
def test_a_block_opens_in_a_tab_and_shows_its_inside(window: Window, hands: Hands) -> None:
    opened(window, hands, "resnet-small")
    hands.click("stage1")
    window.actions_.trigger("graph.open_block")
    assert hands.studio.sheet == "residual"
    assert window.canvas.tabs.count() == 2
    facts = hands.studio.facts
    assert facts is not None
    assert facts[hands.node("conv1").id].leaving["features"].text == "16×28×28"
    hands.set_param("conv1", "kernel_size", "5")
    hands.set_param("conv1", "padding", "2")
    window.canvas.tabs.setCurrentIndex(0)
    assert hands.studio.sheet == ""
    assert not hands.studio.analysis.errors()


def test_pause_resume_stop(window: Window, hands: Hands) -> None:
    opened(window, hands)
    window.actions_.trigger("train.start")
    hands.until(lambda: window.runner.state == "running", what="running")
    hands.until(
        lambda: window.runner.model is not None and len(window.runner.model.steps.get("loss", ())) > 5, what="a curve"
    )
    window.actions_.trigger("train.pause")
    hands.until(lambda: window.runner.state == "paused", what="paused")
    model = window.runner.model
    assert model is not None
    hands.rest(0.2)
    steps = len(model.steps["loss"])
    hands.rest(0.4)
    assert len(model.steps["loss"]) == steps, "a paused training stands still"
    window.actions_.trigger("train.resume")
    hands.until(lambda: len(model.steps["loss"]) > steps, what="more steps")
    window.actions_.trigger("train.stop")
    hands.until(lambda: window.runner.state == "idle", what="stopped")
    assert model.state == "stopped"
    assert window.runner.can_resume()


@pytest.mark.wide
def test_closing_while_training_asks_stops_and_joins(
    window: Window, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(window, hands)
    window.actions_.trigger("train.start")
    hands.until(lambda: window.runner.state == "running", what="running")
    asked: list[str] = []

    def cancel(box: QMessageBox) -> object:
        asked.append(box.text())
        return QMessageBox.StandardButton.Cancel

    monkeypatch.setattr(QMessageBox, "exec", cancel)
    window.close()
    assert window.isVisible()
    assert window.runner.state == "running"
    assert asked == ["Stop the training of LeNet-5?"]


@pytest.mark.wide
def test_failing_layer_is_named_and_the_window_lives_on(window: Window, hands: Hands) -> None:
    opened(window, hands)
    # Weights so large that five layers in a row overflow; the one where it happens is named.
    ids = [hands.node(n).id for n in ("conv1", "conv2", "fc1", "fc2", "logits")]
    window.studio.do("Absurd weights", lambda p: edits.set_node(p, "", ids, init=Init("normal", {"std": LARGE})))
    window.actions_.trigger("train.start")
    hands.until(lambda: window.runner.state == "idle" and window.banner.isVisible(), what="words about the failure")
    problem = hands.studio.runtime_problem
    assert problem is not None
    assert problem.node in hands.studio.graph.nodes, problem
    hands.set_param("fc1", "out_features", "100")
    assert size_of(hands, "fc1") == "100", "edits go on"


def size_of(hands: Hands, name: str) -> str:
    facts = hands.studio.facts
    assert facts is not None
    return next(iter(facts[hands.node(name).id].leaving.values())).text


def test_unsaved_work_is_asked_about_and_survives_cancel(
    window: Window, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(window, hands)
    hands.set_param("fc1", "out_features", "100")
    monkeypatch.setattr(QMessageBox, "exec", lambda self: QMessageBox.StandardButton.Cancel)
    assert not window.project_files.may_leave()
    hands.keys("Ctrl+W")
    assert hands.studio.project.name == "LeNet-5"
    assert not window.close()
    assert window.isVisible()


def test_a_broken_file_says_where_and_why_and_the_present_work_stays(
    window: Window, hands: Hands, tmp_path: Path
) -> None:
    opened(window, hands)
    before = hands.studio.project
    path = tmp_path / "broken.vnet"
    text = templates()["lenet5"].read_text("utf-8")
    path.write_text(text.replace('"kind": "conv2d"', '"kind": 7', 1), "utf-8")
    assert not window.project_files.open(path)
    assert hands.studio.project is before
    assert "broken.vnet" in window.banner.text
    assert "kind" in window.banner.text


@pytest.mark.wide
def test_a_newer_file_opens_readonly_and_says_so(
    window: Window, hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = json.loads(templates()["lenet5"].read_text("utf-8"))
    raw["format"] = 999
    raw["later"] = {"kept": True}
    path = tmp_path / "newer.vnet"
    path.write_text(json.dumps(raw), "utf-8")
    old = path.read_bytes()
    assert window.project_files.open(path)
    assert "newer" in window.banner.text
    hands.set_param("fc1", "out_features", "100")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: ("", ""))
    assert not window.project_files.save()
    assert path.read_bytes() == old


@pytest.mark.wide
def test_a_readonly_folder_leaves_the_old_file_whole(
    window: Window, hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "locked" / "net.vnet"
    path.parent.mkdir()
    project_file.save(path, project_file.load(templates()["lenet5"]))
    assert window.project_files.open(path)
    hands.set_param("fc1", "out_features", "100")
    old = path.read_bytes()
    path.parent.chmod(0o500)
    if (
        hasattr(os, "geteuid") and os.geteuid() == 0
    ):  # root may write anywhere: here the folder refuses in the system's stead

        def refused(*_: object, **__: object) -> None:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

        monkeypatch.setattr("visualnet.core.storage.temporaries._made", refused)
    try:
        assert not window.project_files.save()
    finally:
        path.parent.chmod(0o700)
    assert path.read_bytes() == old
    assert "Save elsewhere…" in [b.text() for b in window.banner.findChildren(QPushButton)]


@pytest.mark.wide
def test_a_full_disk_leaves_the_old_file_whole_and_offers_another_place(
    window: Window, hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "net.vnet"
    project_file.save(path, project_file.load(templates()["lenet5"]))
    assert window.project_files.open(path)
    hands.set_param("fc1", "out_features", "100")
    old = path.read_bytes()

    def full(_fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert not window.project_files.save()
    assert path.read_bytes() == old
    assert "Save elsewhere…" in [b.text() for b in window.banner.findChildren(QPushButton)]


@pytest.mark.wide
def test_a_file_changed_by_another_program_is_not_overwritten(window: Window, hands: Hands, tmp_path: Path) -> None:
    path = tmp_path / "net.vnet"
    project_file.save(path, project_file.load(templates()["lenet5"]))
    assert window.project_files.open(path)
    hands.set_param("fc1", "out_features", "100")
    project_file.save(path, project_file.load(templates()["mlp-mnist"]))
    theirs = path.read_bytes()
    assert not window.project_files.save()
    assert path.read_bytes() == theirs
    assert window.banner.isVisible()
    window.project_files.tick()  # what looks at the files once a second leaves these answers alone
    hands.press(window.banner, "Replace it")
    assert path.read_bytes() != theirs


@pytest.mark.wide
def test_a_crash_loses_nothing_that_was_drawn(window: Window, hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    """The journal of a dead process is offered at the next start, with the edits in it."""
    opened(window, hands)
    hands.set_param("fc1", "out_features", "77")
    window.project_files.tick()
    assert orphans() == [], "a living window's journal is never offered"


@pytest.mark.wide
def test_theme_and_workspace_are_remembered(window: Window, hands: Hands, qapp: QApplication) -> None:
    opened(window, hands)
    window.actions_.trigger("view.theme_light")
    assert not window.studio.theme.dark
    window.actions_.trigger("view.workspace_inspect")
    again = Settings(window.settings.path)
    assert again.data["theme"] == "light"
    assert again.data["workspace"] == "inspect"
    assert ThemeKeeper(qapp, again.data["theme"]).theme.name == "light"


def test_every_command_is_found_in_the_palette(window: Window, hands: Hands) -> None:
    opened(window, hands)
    window.actions_.trigger("help.command_palette")
    assert window.palette_popup.isVisible()
    QTest.keyClicks(window.palette_popup.search.edit, "tidy")
    QTest.keyClick(window.palette_popup.search.edit, Qt.Key.Key_Return)
    hands.rest(0.4)
    assert not window.palette_popup.isVisible()
    assert (
        hands.studio.document.undo_label in ("", "Tidy", "Tidy the sheet") or "idy" in hands.studio.document.undo_label
    )


@pytest.mark.wide
def test_a_document_with_an_unknown_layer_opens_and_keeps_it(window: Window, hands: Hands, tmp_path: Path) -> None:
    path = tmp_path / "future.vnet"
    text = templates()["lenet5"].read_text("utf-8")
    path.write_text(text.replace('"kind": "relu", "name": "relu1"', '"kind": "hyper_relu", "name": "relu1"'), "utf-8")
    assert window.project_files.open(path)
    assert any(p.code == "unknown-kind" for p in hands.studio.problems())
    document = Document.open(path)
    document.do("Rename", lambda p: edits.set_name(p, "other"))
    document.save()
    assert "hyper_relu" in path.read_text("utf-8")


@pytest.mark.wide
def test_a_template_is_looked_into_with_its_trained_weights_at_once(window: Window, hands: Hands) -> None:
    import torch  # noqa: F401  what looks into a network waits for it

    opened(window, hands)
    window.show_space("train")
    probes = window.runner.probes
    hands.until(lambda: probes.seen is not None and not probes.trained, what="looked at untrained")
    (button,) = [b for b in window.findChildren(QToolButton) if b.text() == USE and b.isVisible()]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.studio.project.recipe.start_from == "trained/lenet5"
    hands.until(lambda: probes.trained, what="looked at trained")
    assert not button.isVisible() and not window.actions_["train.use_trained"].isEnabled()
    window.studio.document.undo()
    hands.until(lambda: not probes.trained, what="untrained again")
    assert button.isVisible()


@pytest.mark.wide
def test_a_layer_is_added_set_and_left_by_keys_alone(window: Window, hands: Hands) -> None:
    opened(window, hands)
    view, studio = window.canvas.view, window.studio
    studio.select([studio.graph.named("conv2").id])
    view.setFocus()
    before = studio.project
    QTest.keyClick(view, Qt.Key.Key_Tab)
    field = view.quick_add_popup.field
    hands.until(field.hasFocus)
    QTest.keyClick(field, Qt.Key.Key_Tab)
    assert studio.project is before and not view.quick_add_popup.isVisible(), "Tab twice adds nothing"
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Return)
    number = window.panel("inspector").node_page.form.rows["out_channels"].field
    assert number.hasFocus() and number.selectedText() == "16"
    QTest.keyClicks(number, "20")
    QTest.keyClick(number, Qt.Key.Key_Return)
    assert studio.graph.named("conv2").params["out_channels"] == 20 and view.hasFocus()
    window.show_space("train")
    hands.rest()
    studio.select([studio.graph.named("relu1").id])
    view.setFocus()
    window.run_action("graph.edit_parameters")
    page = window.panel("inspector").node_page
    assert page.isVisible(), "it comes up where it was shut"
    assert page.isAncestorOf(QApplication.focusWidget())
