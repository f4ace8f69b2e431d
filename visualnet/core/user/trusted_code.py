"""Which Python code of strangers this person has read and trusts, on this machine.

A project may hold Python source (a layer of one's own). It is text, shown and inert, until the person trusts exactly that text: what is
kept is its fingerprint, in the person's own folder, never in the file. Another text, by one letter, is not trusted.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import threading
from collections.abc import Iterable
from pathlib import Path

from visualnet.core.storage import paths, project_file
from visualnet.core.storage.regular_files import open_bounded

MAX_KNOWN = 10_000
MAX_BYTES = 1 << 20
_HEX = frozenset("0123456789abcdef")

_lock = threading.Lock()
_for_now: set[str] = set()
"""Fingerprints that are trusted until the program ends."""


def fingerprint(source: str) -> str:
    """The SHA-256 of the exact text."""
    return hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()


def is_trusted(source: str) -> bool:
    """Whether this very text may run here. Nothing else is looked at, and nothing is run to find out."""
    mark = fingerprint(source)
    return mark in _for_now or mark in _kept()


def trust(source: str) -> None:
    """Let this text run on this machine, from now on.

    Raises:
        FileError: the person's folder cannot be written.
    """
    with _lock:
        _write((*(m for m in _kept() if m != fingerprint(source)), fingerprint(source)))


def trust_for_now(source: str) -> None:
    """Let this text run until the program ends."""
    _for_now.add(fingerprint(source))


def marks_for_now() -> frozenset[str]:
    """The fingerprints of what is trusted until the program ends, for a process of it that trains."""
    return frozenset(_for_now)


def take_marks_for_now(marks: Iterable[str]) -> None:
    """Trust in this process what the one trusts that has started it; only that one may say so."""
    _for_now.update(marks)


def distrust(source: str) -> None:
    """Let this text run no more.

    Raises:
        FileError: the person's folder cannot be written.
    """
    mark = fingerprint(source)
    _for_now.discard(mark)
    with _lock:
        if mark in _kept():
            _write(tuple(m for m in _kept() if m != mark))


def _path() -> Path:
    return paths.data_dir() / "trusted-code.json"


def _kept() -> tuple[str, ...]:
    """The fingerprints in the person's folder. What cannot be read trusts nothing."""
    try:
        with open_bounded(_path(), MAX_BYTES) as file:
            if _by_others(os.fstat(file.fileno())):
                return ()
            found = json.loads(file.read(MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        return ()
    if not isinstance(found, list) or len(found) > MAX_KNOWN:
        return ()
    return tuple(m for m in found if isinstance(m, str) and len(m) == 64 and set(m) <= _HEX)


def _by_others(state: os.stat_result) -> bool:
    """Whether somebody else can have written the file. Windows keeps a person's folder to the person; its modes say nothing."""
    if not hasattr(os, "getuid"):
        return False
    return state.st_uid != os.getuid() or bool(state.st_mode & stat.S_IWOTH)


def _write(marks: tuple[str, ...]) -> None:
    project_file.write(_path(), json.dumps(marks[-MAX_KNOWN:], indent=0).encode())
    with contextlib.suppress(OSError):
        _path().chmod(0o600)  # also where new files are everybody's
