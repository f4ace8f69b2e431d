"""What is written aside before it takes a file's or folder's place, and what a killed process left of that.

While it is written it is locked, and its name tells the machine: `.net.vnet.visualnet-3f9a1c-8d1f0e6a2b47.tmp`. The operating system lets
go of the lock when the process ends, however it ends. So what bears such a name, was made on this machine and can be locked is surely
dead. A lock of another machine may not be seen through a shared drive: what others made is left alone for a week.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import re
import shutil
import stat
import threading
import time
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from types import TracebackType

from visualnet.core.storage.locks import try_lock
from visualnet.core.storage.regular_files import descriptor

MAX_ENTRIES = 20_000
"""So many names of a folder are looked at."""
MAX_FOLDERS = 2_000
DAY_S = 24 * 3600
WEEK_S = 7 * DAY_S
TRIES = 8

_NAME = re.compile(r"\..{1,40}\.visualnet-([0-9a-f]{6})-[0-9a-f]{12}\.tmp", re.DOTALL)
EARLIER_BESIDE = re.compile(r"\..*\.vnet\.[a-z0-9_]{8}\.tmp", re.DOTALL)
"""What versions before this one called a document's: unlocked, so only their age tells that they are dead."""
EARLIER_OWN = re.compile(r"\..+\.[a-z0-9_]{8}\.tmp|settings-[a-z0-9_]{8}", re.DOTALL)
EARLIER_RUN = re.compile(r"\.(last|best\.safetensors)-[0-9a-f]{8}|\.project\.vnet\.[a-z0-9_]{8}\.tmp")


@lru_cache(maxsize=1)
def _machine() -> str:
    return hashlib.blake2b(platform.node().encode("utf-8", "surrogatepass"), digest_size=3).hexdigest()


def _name(target: Path) -> Path:
    return target.with_name(f".{target.name[:40]}.visualnet-{_machine()}-{os.urandom(6).hex()}.tmp")


class ReplacementFile:
    """A new file beside the one that it is to replace: locked, and gone at the end of ``with`` unless it was put in place."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.path, self.handle = _made(target, folder=False)

    def put_in_place(self) -> None:
        """Give it the target's name, in one step."""
        if os.name == "nt":  # an open file cannot be renamed there
            self.close()
        os.replace(self.path, self.target)

    def close(self) -> None:
        """Write no more."""
        if self.handle >= 0:
            handle, self.handle = self.handle, -1
            with contextlib.suppress(OSError):
                os.close(handle)

    def __enter__(self) -> ReplacementFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if kind is not None:
            with contextlib.suppress(OSError):
                os.unlink(self.path)
        self.close()


@contextlib.contextmanager
def folder_aside(target: Path) -> Iterator[Path]:
    """A new folder beside a file or folder, locked; it and what is still in it are gone at the end.

    Raises:
        OSError: it cannot be made.
    """
    path, handle = _made(target, folder=True)
    try:
        yield path
    finally:
        with contextlib.suppress(OSError):  # what cannot be taken away now is dead at the next start
            shutil.rmtree(path, ignore_errors=True)
        if handle >= 0:
            with contextlib.suppress(OSError):
                os.close(handle)


def _made(target: Path, folder: bool) -> tuple[Path, int]:
    """A new, locked file or folder. Between making and locking another start may have tidied it away: then another one is made."""
    for _ in range(TRIES):
        path = _name(target)
        if folder:
            path.mkdir()
        handle = -1
        try:
            handle = _opened(path, folder, new=True)
            _hold(handle)
            if handle < 0 or _is_still(path, handle):
                return path, handle
        except BaseException:
            _forget(path, handle, folder)
            raise
        _forget(path, handle, folder)
    raise FileNotFoundError(2, "what is written aside is taken away at once by another program", str(target))


def _opened(path: Path, folder: bool, new: bool) -> int:
    """A descriptor to hold it by; −1 where a folder can have none."""
    if not folder:
        return descriptor(path, os.O_RDWR | (os.O_CREAT | os.O_EXCL if new else 0), 0o600)
    if os.name == "nt":
        return -1
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)


def _hold(handle: int) -> None:
    """Lock it. Where that fails, another start is about to take it away, or nothing can be locked on this drive."""
    if handle >= 0 and not try_lock(handle):
        time.sleep(0.01)
        try_lock(handle)


def _is_still(path: Path, handle: int) -> bool:
    try:
        return os.name == "nt" or os.stat(path).st_ino == os.fstat(handle).st_ino
    except FileNotFoundError:
        return False


def _forget(path: Path, handle: int, folder: bool) -> None:
    with contextlib.suppress(OSError):
        os.rmdir(path) if folder else os.unlink(path)
    if handle >= 0:
        with contextlib.suppress(OSError):
            os.close(handle)


# --- what is left of the dead -----------------------------------------------------------------------------------------------------------


class Deadline:
    """When to look no further: a moment of ``time.monotonic``, or a word."""

    def __init__(self, seconds: float, stop: threading.Event | None = None) -> None:
        self._until, self._stop = time.monotonic() + seconds, stop

    def __bool__(self) -> bool:
        return time.monotonic() > self._until or (self._stop is not None and self._stop.is_set())


def remove_stale_temporaries(folder: Path, halt: Deadline, earlier: re.Pattern[str] | None = None) -> int:
    """Take away what dead processes left aside in a folder; how many. Whatever may be in use, or is not surely ours, stays."""
    removed = 0
    try:
        with os.scandir(folder) as found:
            for entry in islice(found, MAX_ENTRIES):
                if halt:
                    break
                removed += _swept(Path(entry.path), entry.name, earlier)
    except OSError:
        pass  # a folder that cannot be looked into is not ours to tidy
    return removed


def sweep_all(data: Path, documents: Iterable[Path], halt: Deadline) -> int:
    """The same for the person's data folder with its runs, and for the folders of these documents."""
    removed = sum(remove_stale_temporaries(data / part, halt, EARLIER_OWN) for part in ("", "journal", "blocks"))
    try:
        with os.scandir(data / "runs") as found:
            for entry in islice(found, MAX_FOLDERS):
                if halt:
                    break
                if entry.is_dir(follow_symlinks=False):
                    removed += sweep_run(Path(entry.path), halt)
    except OSError:
        pass
    for folder in dict.fromkeys(path.parent for path in documents):
        removed += remove_stale_temporaries(folder, halt, EARLIER_BESIDE)
    return removed


def sweep_run(folder: Path, halt: Deadline) -> int:
    """The same for the folder of one run."""
    return remove_stale_temporaries(folder, halt, EARLIER_RUN)


def _swept(path: Path, name: str, earlier: re.Pattern[str] | None) -> bool:
    match = _NAME.fullmatch(name)
    if match is None and (earlier is None or earlier.fullmatch(name) is None):
        return False
    try:
        found = path.lstat()
        folder = stat.S_ISDIR(found.st_mode)
        if not (folder or stat.S_ISREG(found.st_mode)) or (hasattr(os, "getuid") and found.st_uid != os.getuid()):
            return False
        alone = 0 if match is not None and match[1] == _machine() and os.name != "nt" else WEEK_S if match else DAY_S
        if time.time() - found.st_mtime < alone:
            return False
        return _remove_dead(path, folder)
    except OSError:
        return False


def _remove_dead(path: Path, folder: bool) -> bool:
    handle = _opened(path, folder, new=False)
    try:
        if handle >= 0 and not try_lock(handle):
            return False
        shutil.rmtree(path) if folder else path.unlink()
        return True
    finally:
        if handle >= 0:
            os.close(handle)
