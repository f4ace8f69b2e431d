"""The user's own folders: settings, runs, journals and logs.

`VISUALNET_HOME` moves all of them, so that tests and portable copies never touch the person's files.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import platformdirs


def data_dir() -> Path:
    """The folder that holds all that the program keeps for this person; made on demand."""
    home = os.environ.get("VISUALNET_HOME")
    return _made(Path(home) if home else Path(platformdirs.user_data_dir("visualnet", appauthor=False)))


def runs_dir() -> Path:
    """One folder for each training run."""
    return _made(data_dir() / "runs")


def experiments_dir() -> Path:
    """One folder for each experiment, with a run's folder for each of its runs."""
    return _made(data_dir() / "experiments")


def searches_dir() -> Path:
    """One folder for each search, with a run's folder for each of its trials."""
    return _made(data_dir() / "searches")


def journal_dir() -> Path:
    """Recovery copies of open documents."""
    return _made(data_dir() / "journal")


def blocks_dir() -> Path:
    """The person's own blocks."""
    return _made(data_dir() / "blocks")


def weights_dir() -> Path:
    """Copies of files of weights that trainings start from."""
    return _made(data_dir() / "weights")


def log_dir() -> Path:
    """The program's log and crash reports."""
    return _made(data_dir() / "logs")


def settings_path() -> Path:
    """The file of remembered choices; it may not exist yet."""
    return data_dir() / "settings.json"


def _made(path: Path) -> Path:
    """The folder. Where it cannot be made (a file has its name, the disk is full), whoever uses it is told so then."""
    with contextlib.suppress(OSError):
        path.mkdir(parents=True, exist_ok=True)
    return path
