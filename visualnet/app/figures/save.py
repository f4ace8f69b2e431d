"""Write a sheet of a project as a picture."""

from __future__ import annotations

from pathlib import Path

from visualnet.app.figures.picture import PictureOptions, application, make_drawing
from visualnet.app.figures.writers import Output, Step, never_cancel, write
from visualnet.core.project import MAIN, Project


def save_picture(
    project: Project,
    path: Path | str,
    theme: str = "light",
    sheet: str = MAIN,
    *,
    ids: frozenset[str] | None = None,
    scale: float = 2.0,
    page: str = "",
    transparent: bool = False,
    carry: bool = True,
    step: Step = never_cancel,
) -> None:
    """Write one sheet of the project to ``path``, with the project inside unless ``carry`` is off; the ending says how.

    Raises:
        ValueError: the ending, the style, the page or the sheet is unknown, or there is nothing to show, or (as a ``FileError``) the
            file cannot be written.
        Cancelled: ``step`` said so; there is no new file.
    """
    path = Path(path)
    output = Output(path.suffix.lower().lstrip("."), scale, page, transparent, carry)
    output.check(path)
    kept = application()
    write(make_drawing(project, PictureOptions(theme, sheet, ids)), path, output, project, step)
    del kept
