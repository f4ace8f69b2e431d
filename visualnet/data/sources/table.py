"""A table in a file: columns that a network is shown, and the column that it is asked for."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visualnet.core.project import DataFacts, FieldFacts, PreparationStep
from visualnet.core.text.format import format_quantity
from visualnet.data.samples import Samples
from visualnet.data.sources.source import Check, Finding, Guess, SourceScan, source
from visualnet.data.sources.table_file import LONGEST_LIST, SUFFIXES, OpenedTable, TableFile, sniff_quickly
from visualnet.data.table_files.cells import MISSING, CellFormat, read_cell
from visualnet.data.table_files.roles import ColumnChoices, ColumnPlan, choose_roles, guess_targets, read_names
from visualnet.layers.declaration.layer import Column, Spec
from visualnet.layers.declaration.params import choice, flag, text

if TYPE_CHECKING:
    from visualnet.data.table_files.own_rows import RowReader
    from visualnet.data.table_files.table_samples import ColumnLayout

MOST_LOOKED_AT = 2_000
"""So many cells are looked at to guess whether they are texts."""
LONG_TEXT = 40
"""Words with so many letters on average are a text to read, no category."""


@source("table", "Table", inputs="features", suffixes=SUFFIXES)
class Table(TableFile):
    """Rows of a CSV, TSV or Parquet file: numbers, categories and dates, with a class or a number to predict."""

    target: str = text(
        "",
        "The column to predict; several numbers with commas between them; “none” for no target.",
        read_names,
        longest=LONGEST_LIST,
    )
    task: str = choice(
        "auto",
        "What is predicted.",
        {"auto": "a class or a number, as the target looks", "classes": "a class", "number": "a number"},
    )
    input_columns: str = text(
        "",
        "The columns that the network is shown, with commas between them; empty for all that are good for it.",
        read_names,
        longest=LONGEST_LIST,
    )
    ignored_columns: str = text(
        "", "Columns that are left out, with commas between them.", read_names, longest=LONGEST_LIST
    )
    category_columns: str = text(
        "", "Columns of numbers that are categories, with commas between them.", read_names, longest=LONGEST_LIST
    )
    missing: str = choice(
        "keep",
        "What becomes of rows that lack an input.",
        {"keep": "they stay, and the preparation fills them in", "leave_out": "they are left out, and listed"},
    )
    month: bool = flag(False, "Dates give their month (1 to 12) too.", more=True)
    weekday: bool = flag(False, "Dates give their day of the week (Monday 0 to Sunday 6) too.", more=True)
    hour: bool = flag(False, "Dates give their hour (0 to 23) too.", more=True)

    @classmethod
    def guess(cls, path: Path) -> Guess | None:
        if path.suffix.lower() in (".parquet", ".pq") and path.is_file():
            return Guess(0.9, {}, "a table (Parquet)")
        sniffed = sniff_quickly(path)
        if sniffed is None:
            return None
        names, rows = sniffed.format.names, sniffed.rows[sniffed.format.header :]
        if len(names) < 2 or not rows:
            return Guess(0.2, {}, "a table of one column") if path.suffix.lower() in (".csv", ".tsv") else None
        looked_at = itertools.islice((cell for row in rows[:50] for cell in row), MOST_LOOKED_AT)
        texts = [cell for cell in looked_at if read_cell(cell, sniffed.format.cells).kind == "word"]
        long = bool(texts) and sum(map(len, texts)) / len(texts) > LONG_TEXT
        score = 0.4 if long else 0.8 if path.suffix.lower() in (".csv", ".tsv", ".tab") else 0.5
        return Guess(score, {}, f"a table of {format_quantity(len(names), 'column')}")

    @property
    def wishes(self) -> ColumnChoices:
        """What is said of the columns."""
        return ColumnChoices(
            read_names(self.target),
            read_names(self.input_columns),
            read_names(self.ignored_columns),
            read_names(self.category_columns),
            "" if self.task == "auto" else self.task,
        )

    def likely_targets(self, names: list[str]) -> tuple[str, ...]:
        return (*guess_targets(names, self.wishes), *self.wishes.categories)

    def look_through(self, check: Check) -> SourceScan:
        opened = self.scan_table(None, check)
        plans, remarks = choose_roles(opened.scan, opened.how, self.wishes)
        findings = opened.findings + [self.finding(r.severity, r.words, r.line) for r in remarks]
        layout = self._layout(plans)
        size = self._count_rows(opened, layout, findings, check)
        if not size:
            raise ValueError(f"“{self.path.name}” has no row with all that is wanted")
        fields, classes = _fields(layout)
        names = tuple(plan.name for plan in plans if plan.name != "label" or plan.role == "target")
        extra: dict[str, Any] = {"table_columns": [plan.to_dict() for plan in plans]}
        encoding = getattr(getattr(opened.rows, "how", None), "encoding", "")
        if encoding:
            extra["encoding"] = encoding
        if opened.how != CellFormat():
            extra["cells"] = [opened.how.decimal, opened.how.day_first]
        facts = DataFacts(
            size=size,
            fields=fields,
            classes=classes,
            columns=names,
            fingerprint=opened.rows.fingerprint,
            extra=extra,
        )
        return SourceScan(facts, tuple(findings), tuple(opened.figures + _figures(layout)))

    def _count_rows(self, opened: OpenedTable, layout: ColumnLayout, findings: list[Finding], check: Check) -> int:
        """How many rows are kept; those that lack the target, or an input where that is wanted, are listed."""
        from visualnet.data.table_files.rows import Lines
        from visualnet.data.table_files.table_samples import keep_rows

        plans = layout.plans
        wanted = [plans[at] for at in layout.targets]
        if not any(plan.missing for plan in wanted) and not layout.whole_rows:
            return opened.scan.rows
        lacking, incomplete = Lines(), Lines()
        reduced = layout if layout.whole_rows else layout._replace(plans=tuple(_without_input(plan) for plan in plans))
        size = sum(len(kept.lines) for kept in keep_rows(opened.rows, opened.how, reduced, check, lacking, incomplete))
        for lines, words in ((lacking, "without a target"), (incomplete, "that lack an input")):
            if lines.count:
                found = f"{format_quantity(lines.count, 'row')} {words} left out: {lines}"
                findings.append(self.finding("warning", found, lines.first[0]))
        return size

    def open(self) -> Samples:
        from visualnet.data.table_files.table_samples import TableSamples

        facts = self.known
        try:
            rows, how, _ = self.open_rows(str(facts.extra.get("encoding", "")))
            layout = self._layout(self._plans(facts))
            if tuple(rows.names) != tuple(plan.name for plan in layout.plans):
                raise ValueError(
                    f"“{self.path.name}” has other columns than those that were looked through: look it through again"
                )
            return TableSamples(rows, how, layout, facts.size, self.path.name)
        except OSError as error:
            raise ValueError(f"“{self.path.name}” cannot be read: {error}") from None

    def row_reader(self) -> RowReader:
        from visualnet.data.table_files.own_rows import RowReader

        layout = self._layout(self._plans(self.known))
        return RowReader(layout.plans, self._cell_format(), layout.parts)

    def _cell_format(self) -> CellFormat:
        """How cells of the file were read when it was looked through."""
        kept = self.known.extra.get("cells")
        decimal, day_first = kept if isinstance(kept, list | tuple) and len(kept) == 2 else (".", True)
        missing = MISSING | frozenset(read_names(self.missing_words))
        return CellFormat("," if decimal == "," else ".", bool(day_first), missing)

    def propose(self, facts: DataFacts) -> tuple[PreparationStep, ...]:
        columns = self._feature_columns(facts)
        steps = []
        if any(column.missing for column in columns):
            steps.append(PreparationStep(kind="fill_missing"))
        if any(column.categories for column in columns):
            steps.append(PreparationStep(kind="one_hot"))
        return tuple(steps)

    def fields(self) -> dict[str, Spec]:
        found = super().fields()
        columns = self._feature_columns(self.known)
        found["features"] = found["features"]._replace(columns=columns)
        if "y" in found:
            targets = tuple(Column(plan.name) for plan in self._plans(self.known) if plan.role == "target")
            found["y"] = found["y"]._replace(columns=targets)
        return found

    def _layout(self, plans: list[ColumnPlan]) -> ColumnLayout:
        from visualnet.data.table_files.table_samples import ColumnLayout, DateParts

        return ColumnLayout(tuple(plans), DateParts(self.month, self.weekday, self.hour), self.missing == "leave_out")

    def _plans(self, facts: DataFacts) -> list[ColumnPlan]:
        raw = facts.extra.get("table_columns", ())
        if not isinstance(raw, list | tuple) or not all(isinstance(each, dict) for each in raw):
            raise ValueError("what was found of the table cannot be read: look it through again")
        return [ColumnPlan.from_dict(each, facts.classes) for each in raw]

    def _feature_columns(self, facts: DataFacts) -> tuple[Column, ...]:
        found: list[Column] = []
        parts = [part for part in ("month", "weekday", "hour") if getattr(self, part)]
        for plan in self._plans(facts):
            if plan.role == "input":
                lacks = bool(plan.missing) and self.missing == "keep"
                found.append(Column(plan.name, len(plan.values), lacks, plan.values))
                found += [Column(f"{plan.name} {part}", 0, lacks) for part in parts if plan.kind == "date"]
        return tuple(found)


def _without_input(plan: ColumnPlan) -> ColumnPlan:
    return plan._replace(role="ignored") if plan.role == "input" else plan


def _fields(layout: ColumnLayout) -> tuple[dict[str, FieldFacts], tuple[str, ...]]:
    """The fields of a sample, and the names of its classes."""
    fields = {"features": FieldFacts(shape=(len(layout.plans_of_features()),), axes=("D",))}
    targets = [layout.plans[at] for at in layout.targets]
    if targets and targets[0].kind == "category":
        fields["label"] = FieldFacts(dtype="int", classes=len(targets[0].values))
        return fields, targets[0].values
    if targets:
        fields["y"] = FieldFacts(shape=(len(targets),), axes=("D",))
    return fields, ()


def _figures(layout: ColumnLayout) -> list[tuple[str, str]]:
    def named(role: str) -> str:
        names = [plan.name for plan in layout.plans if plan.role == role]
        return ", ".join(names[:8]) + (f" and {len(names) - 8:,} more" if len(names) > 8 else "") if names else "none"

    return [("Target", named("target")), ("Inputs", named("input")), ("Left out", named("ignored"))]
