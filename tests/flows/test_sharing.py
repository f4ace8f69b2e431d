"""Sharing: a picture made here opens here, by drop, by paste and by name; nodes travel in a mail."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton, QWidget

from tests.flows.hands import Hands
from visualnet.app.figures.export_dialog import FigureExportDialog
from visualnet.app.shell.window import Window

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def drop(target: QWidget, path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    action = Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPoint(300, 300), action, mime, LEFT, NONE)
    QApplication.sendEvent(target, enter)
    assert enter.isAccepted(), "the pointer says that it can be dropped here"
    QApplication.sendEvent(target, QDropEvent(QPointF(300, 300), action, mime, LEFT, NONE))


def export(window: Window, hands: Hands, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl+Shift+E, PNG, Save."""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))

    def work() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, FigureExportDialog)
        png = next(b for b in dialog.form.findChildren(QPushButton) if b.text() == "PNG")
        QTest.mouseClick(png, LEFT)
        QTest.mouseClick(dialog.save_button, LEFT)

    QTimer.singleShot(0, work)
    QTest.keyClick(
        window.canvas.view, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    hands.until(path.exists, what="the picture")


def test_a_picture_is_exported_dropped_and_opens_as_unsaved_work(
    window: Window, hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.project_files.open_template("lenet5")
    hands.rest()
    sent = window.studio.project
    picture = tmp_path / "mailed.png"
    export(window, hands, picture, monkeypatch)
    held = picture.read_bytes()
    window.project_files.new()
    hands.rest()
    drop(window, picture)
    hands.until(lambda: window.studio.project == sent, what="the project of the picture")
    assert window.studio.document.path is None, "saving asks for a name"
    assert picture.read_bytes() == held


@pytest.mark.wide
def test_a_photo_is_refused_with_words_on_the_start_page_too(window: Window, hands: Hands, tmp_path: Path) -> None:
    photo = tmp_path / "cat.jpg"
    photo.write_bytes(b"\xff\xd8\xff\xe0 and so on")
    assert window.covered
    drop(window.pages["start_page"], photo)
    hands.until(window.banner.isVisible, what="the words")
    assert "JPEG" in window.banner.text and "only PNG and SVG" in window.banner.text


@pytest.mark.wide
def test_nodes_go_through_a_mail(window: Window, hands: Hands) -> None:
    window.project_files.open_template("lenet5")
    hands.rest()
    view = window.canvas.view
    QTest.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    text = QApplication.clipboard().text()
    count = len(window.studio.graph.nodes)
    window.project_files.new()
    hands.rest()
    mail = "\n".join("> " + line for line in ["Look at this:", "", *text.split("\n"), "Yours, A."])
    QApplication.clipboard().setText(mail)
    QTest.keyClick(view, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert len(window.studio.graph.nodes) == count
    QTest.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not window.studio.graph.nodes


@pytest.mark.wide
def test_ctrl_p_prints_one_page_and_cancel_prints_none(
    window: Window, hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.project_files.open_template("lenet5")
    hands.rest()
    paper = tmp_path / "paper.pdf"
    answers = [QPrintDialog.DialogCode.Rejected, QPrintDialog.DialogCode.Accepted]

    def answer(dialog: QPrintDialog) -> QPrintDialog.DialogCode:
        dialog.printer().setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        dialog.printer().setOutputFileName(str(paper))
        return answers.pop(0)

    monkeypatch.setattr(QPrintDialog, "exec", answer)
    for printed in (False, True):
        QTest.keyClick(window.canvas.view, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
        assert paper.exists() is printed
    page = paper.read_bytes()
    assert page.startswith(b"%PDF") and page.count(b"/Type /Page\n") == 1 and len(page) > 5_000
