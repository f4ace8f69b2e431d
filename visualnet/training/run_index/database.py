"""The file of an index: opened, checked, and made anew where it is lost, broken, or of another version.

Two windows may use one file: SQLite's write-ahead log lets both read while one writes. Where no file can be used at all (the disk is full,
the folder may not be written), the index is held in memory: it is then made from the folders each time.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

VERSION = 3
PROGRAM = 0x564E4954
"""SQLite's application id of our files."""
WAIT_S = 2.0
_SCHEMA = """
CREATE TABLE runs (
    id TEXT PRIMARY KEY, mark TEXT NOT NULL, name TEXT, project TEXT, network TEXT, state TEXT, started REAL, duration REAL,
    epochs INTEGER, planned INTEGER, steps INTEGER, best REAL, best_by TEXT, best_is TEXT, data TEXT, device TEXT, size INTEGER, tags TEXT,
    grp TEXT, archived INTEGER, hidden INTEGER, notes INTEGER, resumable INTEGER, words TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE facts (
    name TEXT NOT NULL, run TEXT NOT NULL, number REAL, text TEXT, folded TEXT, PRIMARY KEY (name, run)
) WITHOUT ROWID;
CREATE INDEX facts_of_run ON facts (run);
CREATE TABLE tags (tag TEXT NOT NULL, run TEXT NOT NULL, PRIMARY KEY (tag, run)) WITHOUT ROWID;
CREATE INDEX tags_of_run ON tags (run);
"""


def open_index(file: Path | None) -> sqlite3.Connection:
    """A connection to the index in this file, empty where it had to be made anew; in memory where there is no file to be had."""
    if file is not None:
        for _ in range(2):
            with contextlib.suppress(sqlite3.Error, OSError):
                return _open(file)
            remove_index(file)
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    _make(connection)
    return connection


def identity(file: Path | None) -> tuple[int, int] | None:
    """What tells that the file at this path is still the one that was opened."""
    try:
        found = os.stat(file) if file is not None else None
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if found is not None else None


def _open(file: Path) -> sqlite3.Connection:
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.exists() and not file.is_file():
        raise OSError(f"{file} is no file")
    connection = sqlite3.connect(file, timeout=WAIT_S, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        made = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not tables:
            _make(connection)
        elif (made, version) != (PROGRAM, VERSION) or not {"runs", "facts", "tags"} <= tables:
            raise sqlite3.DatabaseError("an index of another version")
    except BaseException:
        connection.close()
        raise
    return connection


def _make(connection: sqlite3.Connection) -> None:
    with write(connection):
        if not connection.execute(
            "SELECT 1 FROM sqlite_master WHERE name = 'runs'"
        ).fetchone():  # else another was first
            for statement in filter(str.strip, _SCHEMA.split(";")):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {PROGRAM}")
            connection.execute(f"PRAGMA user_version = {VERSION}")


class write:  # noqa: N801
    """A transaction that writes: all of it, or nothing."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._connection.execute("COMMIT")
        elif self._connection.in_transaction:  # else SQLite has taken it back by itself, as the disk is full
            self._connection.execute("ROLLBACK")


def remove_index(file: Path) -> None:
    """Take the file of an index away, with what SQLite keeps beside it."""
    for end in ("", "-wal", "-shm"):
        with contextlib.suppress(OSError):
            os.unlink(f"{file}{end}")
