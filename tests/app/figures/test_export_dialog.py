"""The dialog that makes pictures: what is chosen is what is seen and written, and is remembered."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton, QWidget

from tests.core.drawing import chain
from tests.waiting import until
from visualnet.app.canvas.commands import clipboard
from visualnet.app.figures.export_dialog import FigureExportDialog, with_progress
from visualnet.app.figures.picture import PictureOptions, make_drawing
from visualnet.app.figures.print_dialog import printer_for
from visualnet.app.figures.writers import Output, render_bytes, render_image
from visualnet.app.state.dropped_files import local_file, nodes_in
from visualnet.app.state.studio import Studio
from visualnet.app.theme.tokens import LIGHT
from visualnet.cli.common import open_project
from visualnet.core.document import Document
from visualnet.core.errors import Cancelled, FileError
from visualnet.core.project import MAIN, DataChoice, Project
from visualnet.core.storage import project_file


@pytest.fixture
def studio(qapp: QApplication) -> Studio:
    return Studio(Document(open_project("lenet5")), LIGHT)


@pytest.fixture
def kept() -> dict[str, Any]:
    return {}


@pytest.fixture
def dialog(studio: Studio, kept: dict[str, Any], tmp_path: Path) -> Iterator[FigureExportDialog]:
    made = FigureExportDialog(studio, kept, (0.0, 0.0, 300.0, 200.0), tmp_path)
    made.show()
    yield made
    # Qt frees a picture on the offscreen clipboard after the application itself: the process would end in a crash.
    QApplication.clipboard().clear()
    made.close()
    made.deleteLater()


def choose(control: QWidget, word: str) -> None:
    part = next(b for b in control.findChildren(QPushButton) if b.text() == word)
    QTest.mouseClick(part, Qt.MouseButton.LeftButton)


def shown(dialog: FigureExportDialog) -> None:
    assert dialog.timer.isActive()
    until(lambda: not dialog.timer.isActive())


def test_a_choice_is_seen_and_remembered(
    dialog: FigureExportDialog, kept: dict[str, Any], studio: Studio, tmp_path: Path
) -> None:
    before = dialog.preview.drawing
    choose(dialog.style_, "Publication")
    choose(dialog.form, "PNG")
    choose(dialog.scale, "3×")
    QTest.mouseClick(dialog.carry, Qt.MouseButton.LeftButton, pos=dialog.carry.rect().center() / 4)
    shown(dialog)
    assert dialog.preview.drawing is not before and not dialog.preview._image.isNull()
    assert "pixels" in dialog.size_label.text() and dialog.scale.isVisible() and not dialog.page.isVisible()
    assert kept["style"] == "publication" and kept["form"] == "png" and kept["scale"] == 3
    again = FigureExportDialog(studio, kept, (0.0, 0.0, 1.0, 1.0), tmp_path)
    assert again.look.style == "publication" and again.output == Output("png", 3, "", False, dialog.carry.isChecked())
    again.deleteLater()


def test_selection_and_visible_part(studio: Studio, kept: dict[str, Any], tmp_path: Path) -> None:
    chosen = [studio.graph.named(name).id for name in ("conv1", "relu1")]
    studio.select(chosen)
    made = FigureExportDialog(studio, kept, (0.0, 0.0, 200.0, 120.0), tmp_path)
    assert made.look.ids == frozenset(chosen), "a selection of several is what one wants to show"
    assert set(made.drawing().scene.cards) == set(chosen)  # type: ignore[attr-defined]
    made.scope.choose("visible")
    assert made.drawing().area.width() <= 200
    made.style_.choose("publication")
    x, y = studio.graph.places[chosen[0]]
    made.visible_area = (x - 1, y - 1, 20.0, 20.0)
    assert made.look.ids == {chosen[0]}
    made.deleteLater()


def test_without_a_selection_it_is_not_offered_and_emptiness_is_told(dialog: FigureExportDialog) -> None:
    assert not dialog.scope.findChildren(QPushButton)[1].isEnabled()
    dialog.visible_area = (9e6, 9e6, 10.0, 10.0)
    choose(dialog.style_, "Publication")
    choose(dialog.scope, "Visible part")
    shown(dialog)
    assert "nothing on this sheet" in dialog.preview.words and not dialog.save_button.isEnabled()


def test_a_canvas_of_which_nothing_is_seen_has_no_visible_part(dialog: FigureExportDialog) -> None:
    choose(dialog.scope, "Visible part")
    for area in ((0.0, 0.0, 0.0, 300.0), (0.0, 0.0, 200.0, 0.0)):
        dialog.visible_area = area
        dialog.refresh()
        assert "No part of the canvas is seen" in dialog.preview.words
        assert not dialog.save_button.isEnabled() and not dialog.copy_button.isEnabled()
    choose(dialog.scope, "Whole sheet")
    shown(dialog)
    assert dialog.copy_button.isEnabled()


@pytest.mark.parametrize("form", ["png", "svg", "pdf"])
def test_saved_with_the_project_or_without(
    form: str, dialog: FigureExportDialog, studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "net"), ""))
    dialog.form.choose(form)
    QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    path = tmp_path / f"net.{form}"
    assert dialog.written == path
    if form == "pdf":
        assert b"network.vnet" in path.read_bytes() or b"/EmbeddedFile" in path.read_bytes()
    else:
        assert project_file.load(path) == studio.project
    bare = render_bytes(dialog.drawing(), dialog.output._replace(carry=False), studio.project)
    if form == "pdf":
        assert b"/EmbeddedFile" not in bare
    else:
        with pytest.raises(FileError, match="carries no project"):
            project_file.loads(bare, "bare")


def test_a_place_on_this_machine_never_leaves_it(studio: Studio) -> None:
    project = Project(data=DataChoice(options={"folder": "/somewhere/secret"}), graph=studio.graph)
    picture = render_bytes(make_drawing(project, PictureOptions()), Output("png", 1), project)
    assert project_file.loads(picture).data.options == {}


def test_a_failing_write_is_told_and_the_dialog_stays(
    dialog: FigureExportDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "gone" / "net.svg"), ""))
    QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    assert "could not be written" in dialog.note.text() and dialog.isVisible() and dialog.written is None


def test_transparent_pixels_and_the_scale(studio: Studio) -> None:
    drawing = make_drawing(studio.project, PictureOptions("print"))
    clear = Image.open(io.BytesIO(render_bytes(drawing, Output("png", 1, transparent=True), studio.project)))
    assert clear.mode == "RGBA" and clear.getpixel((0, 0)) == (0, 0, 0, 0)
    twice = render_image(drawing, 2)
    assert abs(twice.width() - 2 * clear.width) <= 1
    assert twice.pixelColor(0, 0).name() == "#ffffff"


def test_a_stopped_picture_leaves_no_file(studio: Studio, tmp_path: Path, dialog: FigureExportDialog) -> None:
    def stopped(_: float) -> bool:
        return False

    drawing = dialog.drawing()
    for form in ("png", "svg", "pdf"):
        with pytest.raises(Cancelled):
            render_bytes(drawing, Output(form, 1), studio.project, stopped)
    shares: list[bool] = []
    with_progress(dialog, lambda step: shares.append(step(0.5)))
    assert shares == [True]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("page", ["a4", "a3", "letter"])
def test_a_page_has_its_paper_size(page: str, studio: Studio) -> None:
    drawing = make_drawing(studio.project, PictureOptions("publication"))
    data = render_bytes(drawing, Output("pdf", 1, page), studio.project)
    wide, high = {"a4": (842, 595), "a3": (1191, 842), "letter": (792, 612)}[page]
    assert f"/MediaBox [0 0 {wide}".encode() in data or f"{high}".encode() in data.split(b"MediaBox")[1][:60]
    assert printer_for(drawing, "net").pageLayout().orientation().name == "Landscape"


def test_copied_pictures_come_back_as_nodes(dialog: FigureExportDialog, studio: Studio) -> None:
    QTest.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().mimeData().hasImage()
    other = Studio(Document(Project()), LIGHT)
    assert clipboard.paste(other)
    assert [n.kind for n in other.graph] == [n.kind for n in studio.graph]
    assert len(other.graph.wires) == len(studio.graph.wires)
    other.document.undo()
    assert not other.graph.nodes


def test_pasted_files_and_foreign_pictures(dialog: FigureExportDialog, studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "net.svg"
    path.write_bytes(render_bytes(dialog.drawing(), Output("svg"), studio.project))
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    assert local_file(mime) == str(path)
    assert "visualnet-nodes" in nodes_in(mime)
    assert nodes_in(None) == "", "the clipboard has nothing at all, not even something empty"
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "photo.jpg"))])
    with pytest.raises(FileError, match="JPEG"):
        nodes_in(mime)
    foreign = QMimeData()
    foreign.setImageData(QImage(4, 4, QImage.Format.Format_RGB32))
    with pytest.raises(FileError, match="no project"):
        nodes_in(foreign)
    told: list[str] = []
    studio.message.connect(lambda _severity, words: told.append(words))
    QGuiApplication.clipboard().setMimeData(foreign)
    assert not clipboard.paste(studio)
    assert "no project" in told[-1]


def test_print_uses_no_ground_and_dark_lines(studio: Studio) -> None:
    image = render_image(make_drawing(studio.project, PictureOptions("print", MAIN)), 1)
    small = image.scaled(120, 100)
    white = sum(small.pixelColor(x, y).lightness() > 250 for x in range(small.width()) for y in range(small.height()))
    assert white > 0.75 * small.width() * small.height()


def test_a_figure_of_too_much_says_what_to_do_instead(qapp: QApplication) -> None:
    with pytest.raises(ValueError, match="select some nodes"):
        make_drawing(chain(1_600), PictureOptions("publication"))
