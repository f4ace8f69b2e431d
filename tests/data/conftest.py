"""Data of one's own for tests: a folder of pictures, and the source that reads it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.data.pictures_source import KIND, PictureFolder, write_pictures
from visualnet.data.sources.source import SOURCES


@pytest.fixture
def pictures_source(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of a source of pictures that is there while the test runs."""
    monkeypatch.setitem(SOURCES, KIND, PictureFolder)
    return KIND


@pytest.fixture
def pictures(tmp_path: Path, pictures_source: str) -> Path:
    """A folder with 30 cats, 20 dogs and one empty file."""
    folder = write_pictures(tmp_path / "animals", {"cat": 30, "dog": 20})
    (folder / "dog" / "zzz.png").touch()
    return folder
