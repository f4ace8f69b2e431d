"""What is done beside the window once it stands: torch is imported, and what killed processes left is tidied away."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from visualnet.app.state.settings import Settings
from visualnet.core.storage.temporaries import Halt, sweep_all
from visualnet.core.user.paths import data_dir
from visualnet.pytorch import NoTorch, need_torch

SWEEP_S = 3.0
"""Tidying up takes no longer; the next start goes on."""


class WarmUp:
    """Imports torch beside the window, so that the first Train does not wait for it."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, unless torch is there already."""
        if "torch" not in sys.modules:
            self._thread = threading.Thread(target=self._load, name="import torch")
            self._thread.start()

    @staticmethod
    def _load() -> None:
        try:
            need_torch()
        except NoTorch:
            return  # told where it is needed: a network can be drawn without it
        import visualnet.compiling.module
        import visualnet.training.session  # noqa: F401

    def join(self) -> None:
        """Wait for it: a thread that still imports when Python ends would abort the process."""
        if self._thread is not None:
            self._thread.join()


class Tidying:
    """Takes away what dead processes left in the person's data folder and beside the files that were opened lately."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._documents: list[Path] = []
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, with what was opened until now: also the file that the program was started with."""
        self._documents = [file.path for file in self._settings.files()]
        self._thread = threading.Thread(target=self._tidy, name="tidy up")
        self._thread.start()

    def _tidy(self) -> None:
        sweep_all(data_dir(), self._documents, Halt(SWEEP_S, self._stop))

    def join(self) -> None:
        """End it."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
