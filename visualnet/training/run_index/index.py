"""The runs of a folder: kept in an index that is refreshed by marks of the folders, and asked for rows."""

from __future__ import annotations

import contextlib
import difflib
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from visualnet.core.storage.paths import data_dir, runs_dir
from visualnet.training.process import address
from visualnet.training.process.liveness import is_trained
from visualnet.training.run_index.database import identity, open_index, remove_index, write
from visualnet.training.run_index.facts import (
    RunFacts,
    RunRow,
    columns,
    from_columns,
    log_size,
    mark_folder,
    read_facts,
)
from visualnet.training.run_index.filter_line import FilterError, Term
from visualnet.training.run_index.query import COLUMNS, FLAGS, Scope, build_query, ids_json
from visualnet.training.run_records.record import RECORD, RUNNING

BATCH = 200
"""Runs that are written at once: what was read is kept when the refresh is cut off."""
OVER = ("done", "failed", "stopped")
Check = Callable[[float], None]


class RefreshResult(NamedTuple):
    """What a refresh found: runs that are new or changed, and those that are gone."""

    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def default_index() -> RunIndex:
    """The index of the person's own runs."""
    return RunIndex(runs_dir(), data_dir() / "index" / "runs.sqlite")


class RunIndex:
    """The runs below ``root``, a folder each. ``file`` None: held in memory. Safe between threads: one at a time is served, and while
    one looks at the folders the others are."""

    def __init__(self, root: Path, file: Path | None = None) -> None:
        self.root, self._file = root, file
        self._lock, self._refreshing = threading.RLock(), threading.Lock()
        self._connection = open_index(file)
        self._identity = identity(file)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    def refresh(self, check: Check | None = None) -> RefreshResult:
        """Take in what changed in the folders; ``check`` is called with the share that is done, and may raise to cut it off.

        An index that another program broke or took away meanwhile is made anew; where it cannot be written, it goes on in memory.
        """
        with self._refreshing:
            try:
                if self._file is not None and identity(self._file) != self._identity:
                    self._open_anew()
                return self._refresh(check)
            except sqlite3.OperationalError as error:
                if "locked" in str(error) or "busy" in str(error):
                    return RefreshResult()  # another window is at it: what it finds is seen with the next refresh
                return self._recover(error, check)
            except sqlite3.DatabaseError as error:
                return self._recover(error, check)

    def _recover(self, error: sqlite3.DatabaseError, check: Check | None) -> RefreshResult:
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            self._go_on_in_memory()  # the file is whole, and of use when there is space again
            return self._refresh(check)
        self._open_anew(broken=True)
        try:
            return self._refresh(check)
        except sqlite3.DatabaseError:  # nor can a new one be written
            self._go_on_in_memory()
        return self._refresh(check)

    def _go_on_in_memory(self) -> None:
        with self._lock:
            self._connection.close()
            self._connection = open_index(None)
            self._identity = identity(self._file)

    def _open_anew(self, broken: bool = False) -> None:
        with self._lock:
            self._connection.close()
            if broken and self._file is not None and identity(self._file) == self._identity:
                remove_index(self._file)
            self._connection = open_index(self._file)
            self._identity = identity(self._file)

    def _refresh(self, check: Check | None) -> RefreshResult:
        with self._lock:
            known = self._connection.execute("SELECT id, mark, state FROM runs").fetchall()
        kept = {i: (mark, state) for i, mark, state in known}
        now, found = time.time(), {}
        for entry in _list_folders(self.root):
            with contextlib.suppress(OSError):
                found[entry.name] = (entry.path, mark_folder(entry, now))
        stale = [
            name
            for name, (path, mark) in found.items()
            if not mark or not _is_same(path, mark, *kept.get(name, ("", "")))
        ]
        changed: list[str] = []
        for start in range(0, len(stale), BATCH):
            if check is not None:
                check(start / len(stale))
            read = {name: _read(*found[name]) for name in stale[start : start + BATCH]}
            with self._lock, write(self._connection):
                self._forget([name for name in read if name in kept])
                for told, mark in filter(None, read.values()):
                    self._put(told, mark)
            changed += [name for name, facts in read.items() if facts is not None]
        gone = [name for name in kept if name not in found or (name in stale and name not in changed)]
        if gone:
            with self._lock, write(self._connection):
                self._forget(gone)
        return RefreshResult(tuple(changed), tuple(gone))

    def _forget(self, ids: Sequence[str]) -> None:
        some = ids_json(ids)
        self._connection.execute("DELETE FROM facts WHERE run IN (SELECT value FROM json_each(?))", [some])
        self._connection.execute("DELETE FROM tags WHERE run IN (SELECT value FROM json_each(?))", [some])
        self._connection.execute("DELETE FROM runs WHERE id IN (SELECT value FROM json_each(?))", [some])

    def _put(self, facts: RunFacts, mark: str) -> None:
        row = columns(facts.row)
        self._connection.execute(
            f"INSERT OR REPLACE INTO runs (mark, words, {COLUMNS}) VALUES ({', '.join('?' * (len(row) + 2))})",
            (mark, facts.words, *row),
        )
        self._connection.executemany(
            "INSERT OR REPLACE INTO facts VALUES (?, ?, ?, ?, ?)",
            [(name, row[0], *_cells(value)) for name, value in facts.facts.items()],
        )
        self._connection.executemany(
            "INSERT OR REPLACE INTO tags VALUES (?, ?)", [(tag.casefold(), row[0]) for tag in facts.row.tags]
        )

    # --- asking -------------------------------------------------------------------------------------------------------

    def rows(
        self,
        terms: Sequence[Term] = (),
        sort: str = "started",
        descending: bool = True,
        scope: Scope = Scope(),  # noqa: B008
    ) -> list[RunRow]:
        """The runs that fit all of the terms, in order; a run without the value of the order comes last."""
        statement, values = build_query(terms, sort, descending, scope)
        return [from_columns(kept) for kept in self._ask(statement, values)]

    def check_filter(self, terms: Sequence[Term]) -> None:
        """Say where a filter names what no run has.

        Raises:
            FilterError: it does; the words name what is like it.
        """
        known = set(self.names()) | {"tag", "is"} | set(RunRow._fields)
        for term in terms:
            if term.field and term.field not in known:
                near = difflib.get_close_matches(term.field, known, n=3, cutoff=0.5)
                like = f"; there is {', '.join(near)}" if near else ""
                raise FilterError(f"no run here has “{term.field}”{like}", 0)
            states = {"done", "stopped", "failed", "interrupted", "waiting", RUNNING, *FLAGS}
            if term.field == "is" and (wrong := [value for value in term.values if value not in states]):
                raise FilterError(f"“is:{wrong[0]}” is nothing that a run can be: {', '.join(sorted(states))}", 0)

    def names(self) -> list[str]:
        """Every setting and figure that some run has, by name."""
        # One step through the tree of the primary key for each name, rather than through every fact.
        statement = (
            "WITH RECURSIVE n(name) AS (SELECT min(name) FROM facts UNION ALL "
            "SELECT (SELECT min(name) FROM facts WHERE name > n.name) FROM n WHERE n.name IS NOT NULL) "
            "SELECT name FROM n WHERE name IS NOT NULL"
        )
        return [name for (name,) in self._ask(statement, [])]

    def values(self, name: str, ids: Collection[str] | None = None) -> dict[str, float | str]:
        """What each run has under this name, a number or a text, by id."""
        statement, given = "SELECT run, number, text FROM facts WHERE name = ?", [name]
        if ids is not None:
            statement += " AND run IN (SELECT value FROM json_each(?))"
            given.append(ids_json(ids))
        return {run: number if text is None else text for run, number, text in self._ask(statement, given)}

    def facts_of(self, run: str) -> dict[str, float | str]:
        """Everything that is known of a run, by name."""
        found = self._ask("SELECT name, number, text FROM facts WHERE run = ? ORDER BY name", [run])
        return {name: number if text is None else text for name, number, text in found}

    def ids(self) -> set[str]:
        """Every run."""
        return {run for (run,) in self._ask("SELECT id FROM runs", [])}

    def tags(self) -> list[str]:
        """Every tag that some run has."""
        return [tag for (tag,) in self._ask("SELECT DISTINCT tag FROM tags ORDER BY tag", [])]

    def disk_used(self) -> int:
        """Bytes that all runs take."""
        return int(self._ask("SELECT total(size) FROM runs", [])[0][0])

    def _ask(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return self._connection.execute(statement, values).fetchall()
            except sqlite3.DatabaseError as error:
                self._recover(error, None)
                return self._connection.execute(statement, values).fetchall()


def _list_folders(root: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(root) as entries:
            return [e for e in entries if not e.name.startswith(".") and e.is_dir(follow_symlinks=False)]
    except OSError:
        return []


def _is_same(path: str, mark: str, kept: str, state: str) -> bool:
    if not state or kept != (mark if state in OVER else f"{mark} {log_size(path)}"):
        return False
    if state in OVER:
        return True
    # A process that is killed changes nothing in the folder; of one elsewhere it may be seen later that it goes on.
    if state == RUNNING:
        return is_trained(Path(path))
    return not (os.path.isfile(os.path.join(path, address.FILE)) and is_trained(Path(path)))


def _read(path: str, mark: str) -> tuple[RunFacts, str] | None:
    """What a folder says, with the mark that it had before; None where it holds no run, or is gone by now."""
    folder, size = Path(path), log_size(path)
    try:
        if size < 0 and not (folder / RECORD).is_file():
            return None
        told = read_facts(folder)
    except (ValueError, OSError):
        return None
    return told, mark if told.row.state in OVER or not mark else f"{mark} {size}"


def _cells(value: Any) -> tuple[float | None, str | None, str | None]:
    if isinstance(value, bool):
        value = str(value).lower()
    if isinstance(value, int | float):
        return float(value), None, None
    return None, str(value), str(value).casefold()
