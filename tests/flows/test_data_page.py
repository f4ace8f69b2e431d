"""The data page: from a folder dropped on the window to samples, figures, findings and repairs; data that moved or changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QFileDialog, QLabel

from tests.data.pictures_source import write_pictures
from tests.flows.hands import LEFT, NONE, Hands
from tests.waiting import until
from visualnet.app.features.data_page.own_data_dialog import OwnDataDialog
from visualnet.app.shell.window import Window
from visualnet.core import edits
from visualnet.core.project import DataChoice
from visualnet.core.storage.data_places import is_known


def answer_dialog(look: Callable[[OwnDataDialog], object] = lambda dialog: None, accept: bool = True) -> None:
    """When the dialog about own data comes up: wait for what it finds, look at it, and answer."""

    def act() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, OwnDataDialog) or (dialog.result_ is None and dialog.fault.isHidden()):
            QTimer.singleShot(20, act)
            return
        look(dialog)
        cancel = dialog.buttons.button(QDialogButtonBox.StandardButton.Cancel)
        QTest.mouseClick(dialog.use if accept else cancel, LEFT)

    QTimer.singleShot(0, act)


def drop(window: Window, path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    target, action = window.stack.currentWidget() if window.covered else window, Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPoint(40, 40), action, mime, LEFT, NONE)
    QApplication.sendEvent(target, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(target, QDropEvent(QPointF(40, 40), action, mime, LEFT, NONE))


def known(page: Any) -> bool:
    examiner = page.examiner
    return examiner.figures is not None and not examiner.busy


@pytest.fixture
def animals(tmp_path: Path) -> Path:
    """30 cats, 20 dogs, an empty file, and eight cats that are also called dogs."""
    folder = write_pictures(tmp_path / "animals", {"cat": 30, "dog": 20})
    (folder / "dog" / "zzz.png").touch()
    for at in range(8):
        shutil.copy(folder / "cat" / f"{at:03}.png", folder / "dog" / f"copy{at}.png")
    return folder


def test_a_folder_dropped_on_the_window_is_shown_measured_and_repaired(
    window: Window, hands: Hands, animals: Path
) -> None:
    seen: list[Any] = []
    answer_dialog(lambda dialog: seen.append((dialog.kind.currentText(), dialog.facts.value("Samples"))))
    drop(window, animals)
    hands.until(lambda: window.panel("data") is not None and window.studio.project.data.path)
    assert seen[0][1] == "58" and "folder" in seen[0][0].lower()
    data = window.studio.project.data
    assert data.path == animals.as_posix() and data.facts is not None and data.facts.size == 58 and is_known(data.path)
    assert window.spaces.current == "data" and window.studio.document.undo_label == "Choose the data"

    page = window.panel("data")
    hands.until(lambda: known(page) and page.examiner.copies is not None)
    assert (
        page.words.full_text.endswith("58 samples, 46 training, 12 validation") or "46 training" in page.words.full_text
    )
    grid = page.samples.grid
    hands.until(lambda: not grid.grab().isNull() and str(grid.samples.index(0).data()).startswith("cat"))
    page.samples.part.setCurrentIndex(2)
    page.samples.part.activated.emit(2)
    hands.until(
        lambda: grid.samples.rowCount() == len(page.examiner.opened.parts[1]) and "12" in page.samples.words.text()
    )
    QTest.mouseClick(grid.viewport(), LEFT, NONE, grid.visualRect(grid.samples.index(1)).center())
    viewer = page.samples.viewer
    hands.until(lambda: viewer.display.picture.contents)
    hands.until(lambda: page.samples.stack.currentWidget() is viewer and "validation" in viewer.words.text())
    first = viewer.words.text()
    QTest.keyClick(viewer, Qt.Key.Key_Right)
    hands.until(lambda: viewer.words.text() != first)
    QTest.keyClick(viewer, Qt.Key.Key_Escape)
    hands.until(lambda: page.samples.stack.currentWidget() is page.samples.all)

    hands.press(page, "Figures")
    balance = page.figures.balance
    hands.until(lambda: [(c.name, c.total) for c in balance.classes] == [("cat", 30), ("dog", 28)])
    hands.until(lambda: len(page.figures.histograms.spreads) == 3)
    QTest.mouseClick(balance, LEFT, NONE, QPoint(60, round(balance.height() * 2.5 / 3)))
    hands.until(lambda: page.samples.label.currentText() == "dog" and grid.samples.rowCount() == 28)

    hands.press(page, "Findings")
    hands.until(lambda: any(entry.place == "dog/zzz.png" for entry in page.findings.model.entries))
    entries = page.findings.model.entries
    copies = [entry for entry in entries if len(entry.samples) == 2]
    assert len(copies) == 8 and all("of different classes" in entry.words for entry in copies)
    at = entries.index(copies[0])
    index = page.findings.model.index(at, 0)
    QTest.mouseClick(page.findings.list.viewport(), LEFT, NONE, page.findings.list.visualRect(index).center())
    hands.until(lambda: grid.samples.index_of_row.tolist() == list(copies[0].samples))
    hands.press(page, "Show all")
    hands.until(lambda: grid.samples.rowCount() == 58)

    hands.press(page, "Findings")
    window.activateWindow()  # offscreen nobody does so after a dialog
    hands.press(page, "Leave copies out")
    hands.until(lambda: known(page))
    assert sum(map(len, page.examiner.opened.parts)) == 50 and page.findings.together.isHidden()
    assert window.studio.document.undo_label == "Leave copies out"
    hands.keys("Ctrl+Z")
    assert window.studio.document.undo_label == "Choose the data"
    hands.until(lambda: known(page))
    assert sum(map(len, page.examiner.opened.parts)) == 58
    hands.keys("Ctrl+Z")
    assert window.studio.project.data.path == ""


@pytest.mark.wide
def test_a_shipped_set_is_chosen_and_what_cannot_be_read_changes_nothing(
    window: Window, hands: Hands, tmp_path: Path, animals: Path
) -> None:
    window.project_files.open_template("lenet5-28")
    before = window.studio.project
    empty = tmp_path / "nothing.xyz"
    empty.write_bytes(b"\0\1\2")
    drop(window, empty)
    hands.until(lambda: "can be read" in window.toast.text)
    looked: list[int] = []
    answer_dialog(lambda dialog: looked.append(dialog.kind.count()), accept=False)
    drop(window, animals)
    hands.until(lambda: looked)
    assert window.studio.project is before

    window.actions_.trigger("view.workspace_data")
    page = window.panel("data")
    hands.until(lambda: known(page))
    hands.press(page, "Choose")
    items = page.choosing.list
    row = next(r for r in range(items.count()) if items.item(r).text() == "Points in the plane")
    items.setCurrentRow(row)
    assert "Source" in page.choosing.source.text()
    hands.press(page, "Use these data")
    assert window.studio.project.data.name == "points"
    hands.until(lambda: known(page) and page.samples.grid.wide)
    assert page.stack.currentWidget() is page.samples
    assert page.switch.isVisible() and page.narrow_switch.isHidden()
    window.show_space("train")
    window.show_panel("data")
    hands.until(page.narrow_switch.isVisible, what="beside the recipe the names of the parts have no room")
    page.narrow_switch.setCurrentIndex(2)
    page.narrow_switch.activated.emit(2)
    assert page.stack.currentWidget() is page.figures and page.switch.isHidden()


@pytest.mark.wide
def test_data_that_moved_are_pointed_to_and_data_that_changed_are_looked_through_again(
    window: Window, hands: Hands, animals: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from visualnet.data.inspect_source import choose

    window.project_files.new()
    choice, _ = choose("image_folder", animals, {})
    window.studio.do("Choose", lambda p: edits.choose_data(p, choice))
    window.actions_.trigger("view.workspace_data")
    page = window.panel("data")
    hands.until(lambda: known(page))
    assert page.banner.isHidden()

    moved = tmp_path / "elsewhere"
    shutil.move(animals, moved)
    window.studio.do("Choose", lambda p: edits.choose_data(p, DataChoice(name="points")))
    hands.keys("Ctrl+Z")
    hands.until(lambda: page.banner.isVisible())
    assert "is not there any more" in page.banner.text
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(moved))
    hands.press(page.banner, "Locate…")
    hands.until(lambda: window.studio.project.data.path == moved.as_posix() and known(page))
    assert "the same data" in window.toast.text and page.banner.isHidden()

    shutil.rmtree(moved / "dog")
    hands.press(page, "Look through again")
    hands.until(lambda: page.banner.isVisible())
    assert "have changed" in page.banner.text
    hands.press(page.banner, "as they are now")
    hands.until(lambda: known(page))
    facts = window.studio.project.data.facts
    assert facts is not None and facts.classes == ("cat",) and page.banner.isHidden()


@pytest.mark.wide
def test_a_hundred_thousand_samples_scroll_and_only_what_is_seen_is_decoded(window: Window, hands: Hands) -> None:
    window.project_files.new()
    window.studio.do("Choose", lambda p: edits.choose_data(p, DataChoice(name="points", options={"n": 100_000})))
    window.actions_.trigger("view.workspace_data")
    page = window.panel("data")
    grid = page.samples.grid
    hands.until(lambda: grid.samples.rowCount() == 100_000, what="all samples")
    grid.scrollToBottom()
    until(lambda: grid.samples.index(99_999).data() != "sample 99,999", "the last one is seen")
    assert len(grid.samples._contents) < 1_000


def judge(window: Window, hands: Hands, report: Path) -> None:
    """Judge the run, and write the report."""
    window.actions_.trigger("train.evaluate")
    panel = window.panel("evaluation")
    hands.until(lambda: panel.evaluation is not None and not panel.evaluator.running, what="an evaluation")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(report), ""))
        hands.press(panel, "Report")
        hands.until(report.exists, what="the report")
    text = report.read_text(encoding="utf-8")
    assert "Accuracy" in text and "95 %" in text and "<script src" not in text
    assert all(name in text for name in window.studio.project.data.facts.classes)


def train_on_what_was_dropped(
    window: Window, hands: Hands, path: Path, kind: str, draw: Callable[[Any, Any], Any]
) -> Any:
    """Drop, accept, draw a network on the fields that came, train one epoch by the key; the page of the data."""
    import visualnet as vn

    window.project_files.new()
    chosen: list[str] = []

    def take(dialog: OwnDataDialog) -> None:
        chosen.append(str(dialog.kind.currentData()))

    answer_dialog(take)
    drop(window, path)
    hands.until(lambda: window.studio.project.data.path and window.spaces.current == "data")
    assert chosen == [kind]
    window.activateWindow()
    net = vn.Graph(project=window.studio.project)
    fields = window.studio.fields
    assert fields is not None
    logits = draw(net, fields)
    net.output(logits)
    net.cross_entropy(logits, net.target("label"))
    net.set(epochs=1, device="cpu")
    window.studio.do("Draw", lambda p: msgspec.structs.replace(p, graph=net.project.graph, recipe=net.project.recipe))
    assert not [p.words for p in window.studio.problems() if p.severity == "error"]
    hands.until(lambda: window.actions_["train.start"].isEnabled())
    window.actions_.trigger("train.start")
    hands.until(lambda: len(hands.studio.project.runs) == 1 and window.runner.state == "idle", what="the end")
    assert hands.studio.project.runs[0].state == "done"
    judge(window, hands, path.with_name("report.html"))
    window.actions_.trigger("view.workspace_data")
    page = window.panel("data")
    hands.until(lambda: known(page))
    return page


@pytest.mark.wide
def test_a_table_from_drop_to_report(window: Window, hands: Hands, tmp_path: Path) -> None:
    path = tmp_path / "flowers.csv"
    lines = [
        f"{2 + at % 2 * 3 + at / 100:.2f},{('white', 'blue')[at % 3 % 2]},2024-03-{1 + at % 28:02},{('rose', 'iris')[at % 2]}"
        for at in range(60)
    ]
    path.write_text("\n".join(["petal,colour,picked,species", *lines]), encoding="utf-8")
    page = train_on_what_was_dropped(
        window,
        hands,
        path,
        "table",
        lambda net, fields: net.linear(net.input(*fields["features"].shape, field="features"), 2),
    )
    spreads = {each.title: each for each in page.figures.histograms.spreads}
    assert not spreads["petal"].words and spreads["colour"].words == ("white", "blue"), "categories by their words"
    told = [each.text() for each in page.figures.facts.findChildren(QLabel)]
    assert "60" not in told and "60 samples" in page.words.full_text, "how many there are is said once"
    page.samples.open_row(0)
    table = page.samples.viewer.display.table
    hands.until(lambda: table.rowCount())
    assert [table.item(row, 0).text() for row in range(table.rowCount())] == ["petal", "colour", "picked"]
    assert table.item(1, 1).text() in ("white", "blue"), "a category by its word"
    assert table.item(2, 1).text() == "2024-03-01" and "2024-03" in spreads["picked"].text, "a date as one"


@pytest.mark.wide
def test_texts_from_drop_to_report(window: Window, hands: Hands, tmp_path: Path) -> None:
    folder = tmp_path / "reviews"
    for label, words in (("good", "a warm and funny film"), ("bad", "a cold and slow film")):
        (folder / label).mkdir(parents=True)
        for at in range(20):
            (folder / label / f"{at}.txt").write_text(f"{words} {at}", encoding="utf-8")

    def draw(net: Any, fields: Any) -> Any:
        text = net.input(*fields["text"].shape, field="text", dtype="int")
        return net.linear(net.flatten(net.embedding(text, fields["text"].classes, 4)), 2)

    page = train_on_what_was_dropped(window, hands, folder, "text", draw)
    page.samples.open_row(0)
    hands.until(lambda: "film" in page.samples.viewer.display.text.toPlainText())


@pytest.mark.wide
def test_pictures_from_drop_to_report(window: Window, hands: Hands, animals: Path) -> None:
    page = train_on_what_was_dropped(
        window, hands, animals, "image_folder",
        lambda net, fields: net.linear(net.flatten(net.input(*fields["image"].shape)), 2),
    )  # fmt: skip
    hands.press(page, "Prepare")
    assert page.sections["prepare"].list.count() == len(window.studio.project.data.preparation) > 0
