"""A search on disk: a folder with its project, its journal, the locks of its processes, and a run's folder for each trial."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from visualnet.core.project import Project, SearchSpec
from visualnet.core.storage import data_places, project_file
from visualnet.core.storage.locks import try_lock
from visualnet.core.storage.paths import runs_dir, searches_dir
from visualnet.core.storage.regular_files import descriptor
from visualnet.training.runs.network_mark import mark_of
from visualnet.training.runs.run_model import run_name

PROJECT, JOURNAL, STOP, LOCK, WORKERS = "project.vnet", "journal.jsonl", "stop", "lock", "workers"
MOST_FOLDERS = 200
"""So many of the newest folders are looked at for an earlier search."""
WAIT_S, LONGEST_S = 0.002, 60.0
"""How often a lock that another process holds is tried again, and how long."""


class LockTimeout(OSError):
    """A lock was held for longer than any process has reason to."""


def new_folder(project: Project) -> Path:
    """A folder of its own among the user's searches; it is not made yet."""
    stem = f"{time.strftime('%Y%m%d-%H%M%S')}-{run_name(project)}"[:80]
    names = (stem if i == 1 else f"{stem}-{i}" for i in range(1, 1000))
    return next(path for name in names if not (path := searches_dir() / name).exists())


def begin(folder: Path, project: Project) -> None:
    """Say in the folder what is searched; with another bound than before, the search that is there goes on to that one.

    Raises:
        ValueError: the folder holds another search, or something else.
        OSError, FileError: it cannot be written.
    """
    wanted = replace(project, runs=())
    if (folder / PROJECT).exists():
        there = read(folder)
        if not is_same(there, wanted):
            raise ValueError(f"{folder} holds a search of another network, or over other settings: name another folder")
        if there.search == wanted.search:
            return
    elif folder.is_dir() and any(folder.iterdir()):
        raise ValueError(f"{folder} holds something else: name an empty folder, or one that there is not yet")
    if Path(wanted.data.path).is_absolute() and not data_places.is_known(wanted.data.path):
        data_places.remember(
            wanted.data.path
        )  # whoever searches on these files chose them: each trial must find them again
    (folder / WORKERS).mkdir(parents=True, exist_ok=True)
    project_file.save(folder / PROJECT, wanted)


def is_search(folder: Path) -> bool:
    """Whether a folder holds a search."""
    return (folder / PROJECT).is_file() and (folder / WORKERS).is_dir()


def read(folder: Path) -> Project:
    """The project that is searched in a folder; its ``search`` says how.

    Raises:
        ValueError: there is none.
    """
    project = project_file.load(folder / PROJECT)
    if project.search is None:
        raise ValueError(f"{folder} holds a project without a search")
    return project


def place_of(folder: Path, number: int, seed: int = 0) -> Path:
    """The folder of a trial's run; ``seed`` counts its seeds.

    It is among the user's runs, named after the search, where the search is one of the user's own; else within the search's folder.
    """
    name = f"trial-{number:04d}" + (f"-seed-{seed + 1}" if seed else "")
    return runs_dir() / f"{folder.name}-{name}" if folder.parent == searches_dir() else folder / name


def is_same(there: Project, project: Project) -> bool:
    """Whether trials of both can be held against each other: only how many there are to be, and what is given up, may differ."""
    return (
        mark_of(there) == mark_of(project)
        and there.recipe == project.recipe
        and there.data == project.data
        and _compared(there.search) == _compared(project.search)
    )


def _compared(search: SearchSpec | None) -> SearchSpec | None:
    return replace(search, trials=1, minutes=0.0, pruning="none", extra={}) if search is not None else None


def find_newest(project: Project) -> Path | None:
    """The newest of the user's searches of this very project; None if it was never searched so."""
    try:
        folders = sorted(
            (
                path
                for path in searches_dir().iterdir()
                if path.name.partition("-")[2].partition("-")[2].startswith(run_name(project))
            ),
            reverse=True,
        )
    except OSError:
        return None
    for folder in folders[:MOST_FOLDERS]:
        with contextlib.suppress(ValueError, OSError):
            if is_search(folder) and is_same(read(folder), project):
                return folder
    return None


# --- stopping --------------------------------------------------------------------------------------------------------------------------


def ask_to_stop(folder: Path) -> None:
    """Have every process of the search end after the step in hand.

    Raises:
        OSError: it cannot be written.
    """
    (folder / STOP).touch()


def forget_stop(folder: Path) -> None:
    """The search is to go on.

    Raises:
        OSError: the sign cannot be taken away.
    """
    (folder / STOP).unlink(missing_ok=True)


def is_to_stop(folder: Path) -> bool:
    """Whether the search was asked to stop, or its folder is gone."""
    return (folder / STOP).exists() or not folder.is_dir()


# --- locks -----------------------------------------------------------------------------------------------------------------------------


class Lock:
    """Holds a file; the operating system lets go of it when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def try_acquire(self) -> bool:
        """Hold it if nobody else does.

        Raises:
            OSError: the file cannot be opened.
        """
        handle = descriptor(str(self.path), os.O_RDWR | os.O_CREAT)
        if not try_lock(handle):
            os.close(handle)
            return False
        self._handle = handle
        return True

    def acquire(self) -> bool:
        """Hold it, once nobody else does.

        Raises:
            LockTimeout: somebody held it for a minute.
            OSError: the file cannot be opened.
        """
        until = time.monotonic() + LONGEST_S
        while not self.try_acquire():
            if time.monotonic() > until:
                raise LockTimeout(f"{self.path} has been held by another process for {LONGEST_S:.0f} seconds")
            time.sleep(WAIT_S)
        return True

    def release(self) -> None:
        """Let go of it."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


@contextlib.contextmanager
def hold_search(folder: Path) -> Iterator[None]:
    """Be the only process that hands out trials of this search."""
    lock = Lock(folder / LOCK)
    lock.acquire()
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def join_search(folder: Path) -> Iterator[str]:
    """Be one of the search's processes: the name by which its trials say whose they are."""
    name = f"{os.getpid()}-{os.urandom(4).hex()}"
    lock = Lock(folder / WORKERS / name)
    lock.acquire()
    try:
        yield name
    finally:
        lock.release()
        with contextlib.suppress(OSError):
            lock.path.unlink()


def is_alive(folder: Path, worker: str) -> bool:
    """Whether the process of this name works on the search."""
    path = folder / WORKERS / worker
    if not worker or worker != path.name or not path.exists():
        return False
    lock = Lock(path)
    free = lock.try_acquire()
    lock.release()
    return not free


def count_workers(folder: Path) -> int:
    """How many processes work on the search now. What dead ones left is taken away."""
    alive = 0
    with contextlib.suppress(OSError):
        for path in list((folder / WORKERS).iterdir()):
            if path.suffix:
                continue  # what a process had to say
            if is_alive(folder, path.name):
                alive += 1
            else:
                path.unlink(missing_ok=True)
    return alive
