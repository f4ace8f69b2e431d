"""Time series from a table: windows of steps, and the steps after them that a network is asked for."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from visualnet.core.graph import Value
from visualnet.core.project import DataFacts, FieldFacts
from visualnet.core.text.format import format_quantity
from visualnet.data.samples import Samples
from visualnet.data.sources.source import Check, Finding, Guess, SourceScan, source
from visualnet.data.sources.table_file import LONGEST_LIST, SUFFIXES, OpenedTable, TableFile, sniff_quickly
from visualnet.data.table_files.cells import read_cell
from visualnet.data.table_files.column_scan import ScannedColumn
from visualnet.data.table_files.roles import ColumnPlan, check_names, read_names
from visualnet.data.table_files.windows import (
    ASKED,
    SHOWN,
    VALUES,
    SeriesTable,
    WindowSamples,
    WindowSpec,
    carry_forward,
    list_windows,
    read_series,
)
from visualnet.layers.declaration.params import choice, count, text
from visualnet.layers.declaration.spec import Column, Spec

NONE = "none"
CALM = 0.01
"""Steps of time that differ by less than this share are alike."""


@source("series", "Time series", inputs="series", suffixes=SUFFIXES)
class Series(TableFile):
    """Windows of a CSV, TSV or Parquet table whose rows follow each other in time; the steps behind a window are predicted."""

    window: int = count(24, "Steps that the network is shown.", high=100_000)
    horizon: int = count(1, "Steps after them that are predicted.", high=10_000)
    step: int = count(1, "Steps from the beginning of a window to that of the next.", high=100_000)
    time: str = text(
        "", "The column that tells when; empty for the first with dates; “none” for the order of the rows.", read_names
    )
    group: str = text(
        "", "The column that tells several series apart; empty for the likely one; “none” for one series.", read_names
    )
    input_columns: str = text(
        "",
        "Columns that the network is shown, with commas between them; empty for all numbers.",
        read_names,
        longest=LONGEST_LIST,
    )
    target: str = text(
        "",
        "Columns that are predicted, with commas between them; empty for the last number.",
        read_names,
        longest=LONGEST_LIST,
    )
    missing: str = choice(
        "leave_out",
        "What becomes of windows that lack a value.",
        {"leave_out": "they are left out, and counted", "previous": "the last value before stands in its place"},
    )

    @classmethod
    def guess(cls, path: Path) -> Guess | None:
        sniffed = sniff_quickly(path)
        if sniffed is None:
            return None
        names, rows = sniffed.format.names, sniffed.rows[sniffed.format.header :]
        kinds = [
            [read_cell(row[at], sniffed.format.cells) for row in rows if at < len(row)]
            for at in range(min(len(names), 50))
        ]
        dates = [cells for cells in kinds if cells and all(cell.kind == "date" for cell in cells)]
        numbers = [
            cells
            for cells in kinds
            if cells and sum(cell.kind in ("number", "missing") for cell in cells) == len(cells)
        ]
        if len(rows) < 5 or not numbers:
            return None
        if not dates:
            return Guess(0.1, {}, "rows of a table in their order, as a time series")
        moments = [cell.number for cell in dates[0]]
        is_steady = all(a < b for a, b in itertools.pairwise(moments))
        alone = is_steady and kinds[0] is dates[0] and len(numbers) == len(kinds) - 1
        return Guess(0.85 if alone else 0.6, {}, f"time series of {format_quantity(len(numbers), 'column')}")

    def look_through(self, check: Check) -> SourceScan:
        opened = self.scan_table([], lambda share: check(share / 2))
        plans, findings = self._plan(opened, self._group(columns_of(opened)))
        table = self._read(opened, plans, lambda share: check(0.5 + share / 2))
        if not self.group and len(table.groups) > 1 and len(np.unique(table.moments)) == len(table.moments):
            # No moment is there twice: words beside the numbers, but one series.
            plans, findings = self._plan(opened, "")
            table = self._read(opened, plans, lambda share: check(1.0))
        findings = opened.findings + findings
        starts, lacking, short = list_windows(table, self._cut)
        findings += self._remarks(table, len(lacking), short)
        if not len(starts):
            raise ValueError(
                f"“{self.path.name}” has no window of {self.window:,} steps and {self.horizon:,} after them"
                f"{' without a missing value' if len(lacking) else ''}: shorten the window"
            )
        shown = [plan.name for plan in plans if plan.role in SHOWN]
        asked = [plan.name for plan in plans if plan.role in ASKED]
        fields = {
            "series": FieldFacts(shape=(self.window, len(shown)), axes=("T", "D")),
            "y": FieldFacts(shape=(self.horizon * len(asked),), axes=("D",)),
        }
        extra: dict[str, Any] = {"table_columns": [plan.to_dict() for plan in plans]}
        if encoding := getattr(getattr(opened.rows, "how", None), "encoding", ""):
            extra["encoding"] = encoding
        columns = ("time", "group") if len(table.groups) > 1 else ("time",)
        facts = DataFacts(
            size=len(starts), fields=fields, columns=columns, fingerprint=opened.rows.fingerprint, extra=extra
        )
        named = {role: next((plan.name for plan in plans if plan.role == role), NONE) for role in ("time", "group")}
        figures = [
            ("Windows", f"{len(starts):,}"),
            ("Series", f"{len(table.groups):,}"),
            ("Time", named["time"]),
            ("Group", named["group"]),
            ("Inputs", ", ".join(shown[:8])),
            ("Target", ", ".join(asked[:8])),
        ]
        return SourceScan(facts, tuple(findings), tuple(opened.figures + figures))

    def open(self) -> Samples:
        facts = self.known
        raw = facts.extra.get("table_columns", ())
        if not isinstance(raw, list | tuple) or not all(isinstance(each, dict) for each in raw):
            raise ValueError("what was found of the table cannot be read: look it through again")
        plans = [ColumnPlan.from_dict(each) for each in raw]
        try:
            rows, how, _ = self.open_rows(str(facts.extra.get("encoding", "")))
            changed = f"“{self.path.name}” is not the table any more that was looked through: look it through again on the data page"
            if tuple(rows.names) != tuple(plan.name for plan in plans):
                raise ValueError(changed)
            table = read_series(rows, how, plans, lambda share: None)
        except OSError as error:
            raise ValueError(f"“{self.path.name}” cannot be read: {error}") from None
        table = carry_forward(table) if self.missing == "previous" else table
        starts, _, _ = list_windows(table, self._cut)
        if len(starts) != facts.size:
            raise ValueError(changed)
        values = [plan for plan in plans if plan.role in VALUES]
        shown = np.array([at for at, plan in enumerate(values) if plan.role in SHOWN], np.int64)
        asked = np.array([at for at, plan in enumerate(values) if plan.role in ASKED], np.int64)
        return WindowSamples(table, starts, self._cut, shown, asked, self.path.name, rows.fingerprint)

    def propose_division(self, facts: DataFacts) -> tuple[str, Mapping[str, Value]]:
        return "time", {"column": "time"}  # by chance, windows of one part would overlap those of another

    def fields(self) -> dict[str, Spec]:
        found = super().fields()
        raw = self.known.extra.get("table_columns", ())
        shown = [each["name"] for each in raw if isinstance(each, dict) and each.get("role") in SHOWN]
        if len(shown) == found["series"].shape[1]:
            found["series"] = found["series"]._replace(columns=tuple(Column(str(name)) for name in shown))
        return found

    @property
    def _cut(self) -> WindowSpec:
        return WindowSpec(self.window, self.horizon, self.step)

    def _read(self, opened: OpenedTable, plans: list[ColumnPlan], check: Check) -> SeriesTable:
        try:
            table = read_series(opened.rows, opened.how, plans, check)
        except OSError as error:
            raise ValueError(f"“{self.path.name}” cannot be read: {error}") from None
        return carry_forward(table) if self.missing == "previous" else table

    def _plan(self, opened: OpenedTable, group: str) -> tuple[list[ColumnPlan], list[Finding]]:
        """The role of each column: ``time``, ``group``, ``ignored``, or of a value ``shown``, ``asked`` or ``both``."""
        columns = columns_of(opened)
        findings: list[Finding] = []
        time = self._time(columns)
        shown, target = read_names(self.input_columns), read_names(self.target)
        check_names((*shown, *target, *(name for name in (time, group) if name)), list(columns))
        numbers = [
            n
            for n, c in columns.items()
            if c.main == "number" and c.kind not in ("id", "empty") and n not in (time, group)
        ]
        for name in (*shown, *target):
            if columns[name].main != "number":
                raise ValueError(f"the column “{name}” holds no numbers: a series is one of numbers")
        if not numbers and not (shown and target):
            raise ValueError(f"“{self.path.name}” has no column of numbers for a series")
        shown = shown or tuple(numbers)
        asked = target or (shown[-1],)
        if not target:
            findings.append(self.finding("hint", f"“{asked[0]}” is taken as what is predicted; an option names others"))
        if group and not self.group:
            findings.append(
                self.finding("hint", f"“{group}” is taken to tell several series apart; an option says otherwise")
            )
        plans = []
        for name, column in columns.items():
            given = {(True, True): "both", (True, False): "shown", (False, True): "asked"}
            role = {time: "time", group: "group"}.get(name) or given.get((name in shown, name in asked), "ignored")
            kind = column.main if role in ("time", *VALUES) else column.kind
            plans.append(ColumnPlan(name, kind, role, (), column.missing))
            if role in VALUES and column.odd:
                counted = format_quantity(column.odd, "cell")
                words = (
                    f"{counted} of “{name}” not a number (“{column.odd_example}”), taken as missing: {column.odd_lines}"
                )
                findings.append(
                    self.finding("warning", words, column.odd_lines.first[0] if column.odd_lines.first else 0)
                )
        left_out = [plan.name for plan in plans if plan.role == "ignored"]
        if left_out and not self.input_columns:
            names = ", ".join(f"“{name}”" for name in left_out[:5])
            findings.append(self.finding("hint", f"columns left out, since they hold no numbers of a series: {names}"))
        return plans, findings

    def _time(self, columns: Mapping[str, ScannedColumn]) -> str:
        """The column that tells when, or nothing."""
        if self.time:
            if self.time == NONE and NONE not in columns:
                return ""
            if self.time in columns and columns[self.time].main == "word":
                raise ValueError(f"the column “{self.time}” holds neither dates nor numbers: it cannot tell when")
            return self.time
        return next((name for name, column in columns.items() if column.main == "date"), "")

    def _group(self, columns: Mapping[str, ScannedColumn]) -> str:
        """The column that tells series apart, or that may: the first of words."""
        if self.group:
            return "" if self.group == NONE and NONE not in columns else self.group
        words = [name for name, column in columns.items() if column.main == "word" and column.kind == "category"]
        return words[0] if words else ""

    def _remarks(self, table: SeriesTable, lacking: int, short: list[str]) -> list[Finding]:
        found = []
        if table.lacking.count:
            words = f"{format_quantity(table.lacking.count, 'row')} without a time left out: {table.lacking}"
            found.append(self.finding("warning", words, table.lacking.first[0]))
        if short:
            names = ", ".join(f"“{name}”" for name in short[:5]) + (", …" if len(short) > 5 else "")
            words = f"{len(short):,} series of fewer than {self.window + self.horizon:,} steps left out"
            found.append(self.finding("warning", f"{words}: {names}" if short != [""] else words))
        if lacking:
            found.append(self.finding("warning", f"{format_quantity(lacking, 'window')} with a missing value left out"))
        if not table.was_sorted:
            found.append(self.finding("hint", "the rows are not in the order of time: they are put in that order"))
        inner = np.ones(len(table.moments), bool)
        inner[np.concatenate(([0], table.ends[:-1]))] = False
        steps = np.diff(table.moments, prepend=0)[inner]
        if repeated := int((steps == 0).sum()):
            words = f"{format_quantity(repeated, 'row')} with a time that is there already, in one series"
            found.append(self.finding("warning", words))
        usual = float(np.median(steps)) if len(steps) else 0.0
        if usual > 0 and (longer := int((steps > usual * (1 + CALM)).sum())):
            words = f"{format_quantity(longer, 'step')} of time longer than usual: windows run over the gaps"
            found.append(self.finding("hint", words))
        return found


def columns_of(opened: OpenedTable) -> dict[str, ScannedColumn]:
    """The columns of a table by their names."""
    return {column.name: column for column in opened.scan.columns}
