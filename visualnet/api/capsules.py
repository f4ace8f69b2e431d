"""Runs that came in one file: ``load_capsule("run.vnetz").predict(images)``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from visualnet.api.training import Run
from visualnet.training.capsules.manifest import Manifest
from visualnet.training.capsules.opening import unpack_among_runs, unpack_capsule

if TYPE_CHECKING:
    from visualnet.training.verifying.replay import ReplayVerdict


class Capsule(Run):
    """A run that came in a capsule: all that a `Run` has; ``manifest`` says what was inside and where it was made."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        super().__init__(folder)
        self.manifest = manifest

    def verify(self) -> ReplayVerdict:
        """Train the run again and compare its losses to the last bit: ``.kind`` is ``equal``, ``departs`` or ``cannot``, ``.describe()``
        says where and why."""
        from visualnet.training.verifying.replay import verify_run

        return verify_run(self.folder)


def load_capsule(path: str | os.PathLike[str], folder: str | os.PathLike[str] | None = None) -> Capsule:
    """The run in a ``.vnetz`` file. All of it is checked before anything is written.

    Args:
        folder: a new folder to unpack it into; left out, one among this person's runs, which is used again for the same capsule.

    Raises:
        FileError: it is no capsule, was changed, or cannot be unpacked.
    """
    opened = unpack_capsule(Path(path), Path(folder)) if folder is not None else unpack_among_runs(Path(path))
    return Capsule(opened.folder, opened.manifest)
