"""What can be opened, of what is dragged or pasted: a project, a picture that may carry one, or any file or folder that may hold data."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData

from visualnet.core.edits import clipboard
from visualnet.core.errors import FileError
from visualnet.core.project import MAIN
from visualnet.core.storage import embedded_project, project_file
from visualnet.training.capsules.names import SUFFIX as CAPSULE

ENDINGS = (project_file.SUFFIX, CAPSULE, *embedded_project.PICTURES, ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".pdf")
"""Pictures of other kinds are taken too, to be refused with the reason."""
_PNG, _SVG = "image/png", "image/svg+xml"


def local_file(mime: QMimeData) -> str:
    """The one local file in it, or nothing."""
    urls = mime.urls()
    if len(urls) == 1 and urls[0].isLocalFile() and urls[0].toLocalFile().lower().endswith(ENDINGS):
        return urls[0].toLocalFile()
    return ""


def droppable(mime: QMimeData) -> str:
    """The one local file or folder in it, whatever it holds; or nothing."""
    urls = mime.urls()
    return urls[0].toLocalFile() if len(urls) == 1 and urls[0].isLocalFile() else ""


def is_openable(path: Path) -> bool:
    """Whether a file is opened as a project, or refused as one with the reason; anything else may be data."""
    return path.name.lower().endswith(ENDINGS) and not path.is_dir()


def nodes_in(mime: QMimeData | None) -> str:
    """Copied nodes, as text: the clipboard's own, or all those of a project in a picture or a file on it. Nothing was copied yet: None.

    Raises:
        ValueError: there is a picture or a file, and it carries no project; the words say so.
    """
    if mime is None:
        return ""
    if path := local_file(mime):
        project = project_file.load(path)
    elif picture := next((bytes(mime.data(f).data()) for f in (_PNG, _SVG) if mime.hasFormat(f)), b""):
        project = project_file.loads(picture, "the picture on the clipboard")
    elif mime.hasImage() and not mime.hasText():
        raise FileError(
            "the picture on the clipboard", "this picture carries no project", way_out="Paste its file instead."
        )
    else:
        return mime.text()
    return clipboard.copy(project, MAIN, project.graph.nodes)
