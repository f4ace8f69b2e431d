"""Pictures of the whole graph, in every format."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from visualnet.app.figures.picture import PRINT
from visualnet.app.figures.save import save_picture
from visualnet.app.theme.tokens import DARK, LIGHT
from visualnet.core import edits
from visualnet.core.errors import FileError
from visualnet.core.graph import Port
from visualnet.core.project import MAIN, Project


@pytest.fixture
def project() -> Project:
    made = edits.add_node(Project(name="small"), MAIN, "input", name="image")
    made = edits.add_node(made, MAIN, "conv2d", name="first_filters")
    return edits.connect(made, MAIN, Port("n1", "x"), Port("n2", "image"))


def test_svg_holds_the_words_as_text(qapp: QApplication, project: Project, tmp_path: Path) -> None:
    save_picture(project, tmp_path / "net.svg")
    text = (tmp_path / "net.svg").read_text(encoding="utf-8")
    assert "first_filters" in text
    assert "32×26×26" in text
    assert LIGHT.canvas in text


def test_png_is_sharp_and_wears_the_theme(qapp: QApplication, project: Project, tmp_path: Path) -> None:
    save_picture(project, tmp_path / "net.png", theme="dark")
    image = QImage(str(tmp_path / "net.png"))
    assert image.pixelColor(0, 0) == QColor(DARK.canvas)
    assert image.width() > 2 * (168 + 64 + 168)


def test_pdf_is_one(qapp: QApplication, project: Project, tmp_path: Path) -> None:
    save_picture(project, tmp_path / "net.pdf")
    assert (tmp_path / "net.pdf").read_bytes().startswith(b"%PDF")


def test_what_cannot_be_written_says_why(qapp: QApplication, project: Project, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\.svg, \.png or \.pdf"):
        save_picture(project, tmp_path / "net.bmp")
    with pytest.raises(ValueError, match="nothing on this sheet"):
        save_picture(Project(), tmp_path / "net.svg")
    with pytest.raises(ValueError, match="no style"):
        save_picture(project, tmp_path / "net.svg", theme="pink")
    with pytest.raises(FileError, match="folder is gone"):
        save_picture(project, tmp_path / "missing" / "net.svg")


def test_on_paper_wires_are_thin(qapp: QApplication, project: Project, tmp_path: Path) -> None:
    assert PRINT.wire_width < LIGHT.wire_width
    save_picture(project, tmp_path / "net.svg", "print")
    assert 'stroke-width="1.2"' in (tmp_path / "net.svg").read_text("utf-8")
