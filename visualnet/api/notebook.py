"""How projects show themselves in a notebook. Registered with IPython by name, so that nothing is imported before it is shown."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visualnet.core.storage.regular_files import read_text

if TYPE_CHECKING:
    from visualnet.core.project import Project


MOST = 64 << 20
"""So many bytes of SVG are shown at most."""


def svg_of(project: Project) -> str:
    """The main sheet as SVG text, without the project inside."""
    from visualnet.app.figures.save import save_picture

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.svg"
        save_picture(project, path, carry=False)
        return read_text(path, MOST)


def register(shell: Any) -> None:
    """Let an IPython shell show projects as pictures."""
    shell.display_formatter.formatters["image/svg+xml"].for_type_by_name("visualnet.core.project", "Project", svg_of)
