"""A trash in a folder of the test's own, laid out as on Linux, so that no test throws anything into the person's."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QFile

from visualnet.app.services.run import run_edits


def use_trash(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have runs thrown away there; where they lie then."""
    files, info = folder / "files", folder / "info"
    files.mkdir(parents=True)
    info.mkdir()

    class MovedFile(QFile):
        def moveToTrash(self) -> bool:
            place = files / Path(self.fileName()).name
            (info / f"{place.name}.trashinfo").write_text("[Trash Info]")
            Path(self.fileName()).rename(place)
            self.setFileName(str(place))
            return True

    monkeypatch.setattr(run_edits, "QFile", MovedFile)
    return files
