"""Which columns of a table a network is shown and which it is asked for: as a person says, or guessed and said."""

from __future__ import annotations

import csv
import difflib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from visualnet.core.text.format import format_quantity
from visualnet.core.text.hidden_characters import visible
from visualnet.data.table_files.cells import CellFormat, read_cell, spell_word
from visualnet.data.table_files.column_scan import MOST_CATEGORIES, MOST_CLASSES, ScannedColumn, TableScan

TARGET_NAMES = ("target", "label", "labels", "class", "classes", "category", "y", "output", "outcome", "response")
"""A column with such a name is what a network is asked for, unless a person says otherwise."""
NO_TARGET = "none"
MOST_GUESSED_CLASSES = 20
"""A target of whole numbers with more different ones is a quantity, unless a person says otherwise."""
MOST_REMARKS = 30
MOST_LETTERS = 2_000_000
"""So long are all categories of all inputs together at most: they are saved with the project."""
IGNORED = {
    "id": "it is different in every row",
    "text": f"it has more than {MOST_CATEGORIES:,} different words",
    "constant": "it is the same in all rows",
    "empty": "it is empty",
}


class ColumnChoices(NamedTuple):
    """What a person says of the columns; empty where it is to be guessed."""

    target: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    task: str = ""


class ColumnPlan(NamedTuple):
    """How a column is read. ``role`` is ``input``, ``target`` or ``ignored`` (``reason`` says why); ``kind`` is ``number``, ``date``,
    ``category`` or what the scan called it; ``values`` are its categories in the order in which they are counted."""

    name: str
    kind: str
    role: str = "ignored"
    values: tuple[str, ...] = ()
    missing: int = 0
    low: float | None = None
    high: float | None = None
    reason: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As it stands in a project's file."""
        found = {name: value for name, value in self._asdict().items() if value is not None and value != ""}
        del found["values"]
        # The names of classes stand among the facts already.
        return {**found, "values": list(self.values)} if self.values and self.role != "target" else found

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any], classes: tuple[str, ...] = ()) -> ColumnPlan:
        """The plan that `to_dict` wrote; a target that is a category has these classes.

        Raises:
            ValueError: it is none.
        """
        try:
            known = {name: raw[name] for name in cls._fields if name in raw}
            values = classes if known.get("role") == "target" else tuple(map(str, raw.get("values", ())))
            return cls(**{**known, "values": values})
        except TypeError:
            raise ValueError("what was found of the table cannot be read: look it through again") from None


class Remark(NamedTuple):
    """Something to say of a column: ``error``, ``warning`` or ``hint``."""

    severity: str
    words: str
    line: int = 0


def read_names(text: str) -> tuple[str, ...]:
    """Names of columns with commas between them; one that has a comma stands in quotation marks."""
    row = next(csv.reader([text], skipinitialspace=True), [])
    return tuple(name.strip() for name in row if name.strip())


def check_names(wanted: Sequence[str], names: Sequence[str]) -> None:
    """Raise ValueError, with words, if a column is not there."""
    for name in wanted:
        if name not in names:
            near = difflib.get_close_matches(name, names[:2_000], 1)
            also = (
                f"did you mean “{near[0]}”?"
                if near
                else f"there are {', '.join(names[:6])}{' …' if len(names) > 6 else ''}"
            )
            raise ValueError(f"there is no column “{visible(name)}”; {also}")


def guess_targets(names: Sequence[str], wishes: ColumnChoices) -> tuple[str, ...]:
    """Targets before anything of the columns is known: as a person says, by name, or the last column."""
    if wishes.target:
        return () if wishes.target == (NO_TARGET,) and NO_TARGET not in names else wishes.target
    free = [name for name in names if name not in wishes.inputs and name not in wishes.ignored]
    named = [name for name in free if name.strip().lower() in TARGET_NAMES]
    return tuple(named[-1:] or free[-1:]) if len(names) > 1 else ()


def choose_roles(scan: TableScan, how: CellFormat, wishes: ColumnChoices) -> tuple[list[ColumnPlan], list[Remark]]:
    """A plan for every column, and what a person should know of it.

    Raises:
        ValueError: a column that was named is not there or cannot be what it should; or no column is left for a network to be shown.
    """
    names = [column.name for column in scan.columns]
    check_names((*wishes.inputs, *wishes.ignored, *wishes.categories), names)
    remarks: list[Remark] = []
    targets = _targets(scan, names, wishes)
    check_names(targets, names)
    plans = []
    for column in scan.columns:
        if column.name in targets:
            plan = _plan_target(column, scan.rows, wishes, how, len(targets), remarks)
        else:
            plan = _plan_input(column, wishes, how)
        plans.append(plan)
        _remark_cells(column, plan, remarks)
    letters = sum(len(value) + 4 for plan in plans if plan.role == "input" for value in plan.values)
    if letters > MOST_LETTERS:
        raise ValueError(
            f"the categories of the inputs together have {letters:,} letters; {MOST_LETTERS:,} are kept: name fewer inputs"
        )
    if not any(plan.role == "input" for plan in plans):
        reasons = "; ".join(f"“{plan.name}”: {plan.reason}" for plan in plans[:5] if plan.reason)
        raise ValueError(
            f"no column is left for a network to be shown{f' ({reasons})' if reasons else ''}: name the inputs"
        )
    remarks = _shortened(remarks)
    _remark_ignored(plans, wishes, remarks)
    _remark_target(plans, wishes, remarks)
    return plans, remarks


def _targets(scan: TableScan, names: list[str], wishes: ColumnChoices) -> tuple[str, ...]:
    """The targets: a guessed one has to be good for it."""
    first = guess_targets(names, wishes)
    if wishes.target or not first:
        return first
    kinds = {column.name: column.kind for column in scan.columns}
    if kinds[first[0]] in ("number", "category") or first[0].strip().lower() in TARGET_NAMES:
        return first
    free = [name for name in names if name not in wishes.inputs and name not in wishes.ignored]
    good = [name for name in free if kinds[name] in ("number", "category")]
    return tuple(good[-1:]) if len(good) > 1 or wishes.inputs else ()


def _plan_target(
    column: ScannedColumn, rows: int, wishes: ColumnChoices, how: CellFormat, count: int, remarks: list[Remark]
) -> ColumnPlan:
    different = _different(column, how)
    as_classes = column.main == "word" or column.name in wishes.categories
    if wishes.task:
        as_classes = wishes.task == "classes"
    elif not as_classes and column.main == "number" and count == 1:
        few = different is not None and len(different) <= MOST_GUESSED_CLASSES
        as_classes = few and column.whole and rows >= 3 * len(different or ())
    if not as_classes:
        if column.main == "word":
            raise ValueError(
                f"the target “{column.name}” holds words, no numbers: choose classes as the task, or another target"
            )
        return _plan(column, column.main, "target")
    if count > 1:
        raise ValueError(
            f"“{column.name}” is one of {count} targets; several targets have to be numbers: name one alone for classes"
        )
    if different is None:
        raise ValueError(
            f"the target “{column.name}” has more than {MOST_CLASSES:,} different values: these are no classes"
        )
    if not different:
        raise ValueError(f"the target “{column.name}” is empty in all rows")
    if len(different) == 1:
        remarks.append(
            Remark(
                "error",
                f"the target “{column.name}” is “{next(iter(different))}” in all rows: there is nothing to tell apart",
            )
        )
    alone = [name for name, number in different.items() if number == 1]
    if alone and len(different) > 1:
        shown = ", ".join(f"“{name}”" for name in alone[:5]) + (", …" if len(alone) > 5 else "")
        counted = format_quantity(len(alone), "class", "classes")
        words = f"{counted} of “{column.name}” with one sample alone, which cannot be in two parts: {shown}"
        remarks.append(Remark("warning", words))
    if len(different) > 1_000:
        remarks.append(
            Remark(
                "hint",
                f"“{column.name}” has {len(different):,} classes, {rows / len(different):.1f} samples each on average",
            )
        )
    return _plan(column, "category", "target", tuple(different))


def _plan_input(column: ScannedColumn, wishes: ColumnChoices, how: CellFormat) -> ColumnPlan:
    own = column.kind if column.main == "word" else column.main  # it can be divided by, as what it is
    if column.name in wishes.ignored:
        return _plan(column, own, reason="as you said")
    asked = column.name in wishes.inputs
    if wishes.inputs and not asked:
        return _plan(column, own, reason="it is not among the inputs that you named")
    kind = "category" if column.main == "word" or column.name in wishes.categories else column.main
    if not asked and column.kind in IGNORED and column.name not in wishes.categories:
        return _plan(column, own, reason=IGNORED[column.kind])
    if column.kind == "empty":
        raise ValueError(f"the input “{column.name}” is empty in all rows")
    if kind != "category":
        return _plan(column, kind, "input")
    different = _different(column, how)
    if different is None or len(different) > MOST_CATEGORIES:
        if asked or column.name in wishes.categories:
            raise ValueError(
                f"the input “{column.name}” has more than {MOST_CATEGORIES:,} different values: these are no categories"
            )
        return _plan(column, "text", reason=IGNORED["text"])
    return _plan(column, kind, "input", tuple(different))


def _plan(
    column: ScannedColumn, kind: str, role: str = "ignored", values: tuple[str, ...] = (), reason: str = ""
) -> ColumnPlan:
    is_number = column.main == "number" and column.low <= column.high
    lacking = column.missing + column.infinite.count
    missing = lacking + (column.odd if kind in ("number", "date") else 0)
    low, high = (column.low, column.high) if is_number else (None, None)
    return ColumnPlan(column.name, kind, role, values, missing, low, high, reason)


def _different(column: ScannedColumn, how: CellFormat) -> dict[str, int] | None:
    """How often each value stands there, in the order in which values are counted: numbers by size, words by letter."""
    if column.counts is None:
        return None
    if column.main != "number":
        words: Counter[str] = Counter()
        for text, often in column.counts.items():
            words[spell_word(text)] += often
        return {word: words[word] for word in sorted(words)}
    numbers: Counter[float] = Counter()
    for text, often in column.counts.items():
        cell = read_cell(text, how)
        if cell.kind == "number":
            numbers[cell.number] += often
    return {spell_number(number): numbers[number] for number in sorted(numbers)}


def spell_number(number: float) -> str:
    """A number as the name of a class; what is spelled can be read back."""
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def _remark_cells(column: ScannedColumn, plan: ColumnPlan, remarks: list[Remark]) -> None:
    """Say which cells of a column that is used count as missing."""
    if plan.role == "ignored":
        return
    if column.odd and plan.kind in ("number", "date"):
        wanted = "a number" if plan.kind == "number" else "a date"
        counted = f"{format_quantity(column.odd, 'cell')} of “{column.name}” not {wanted}"
        words = f"{counted} (“{column.odd_example}”), taken as missing: {column.odd_lines}"
        remarks.append(Remark("warning", words, _first(column.odd_lines.first)))
    if column.infinite.count:
        words = f"{format_quantity(column.infinite.count, 'cell')} of “{column.name}” infinite, taken as missing: {column.infinite}"
        remarks.append(Remark("warning", words, _first(column.infinite.first)))
    if column.missing and plan.role == "input":
        words = f"{format_quantity(column.missing, 'cell')} of “{column.name}” missing: {column.missing_lines}"
        remarks.append(Remark("hint", words, _first(column.missing_lines.first)))
    if column.grouped:
        words = f"numbers of “{column.name}” were read with separators of thousands; an option says which mark is the decimal one"
        remarks.append(Remark("hint", words))


def _first(lines: list[int]) -> int:
    return lines[0] if lines else 0


def _shortened(remarks: list[Remark]) -> list[Remark]:
    """The gravest remarks; how many more there are is said."""
    ordered = sorted(remarks, key=lambda remark: ("error", "warning", "hint").index(remark.severity))
    if len(ordered) <= MOST_REMARKS:
        return ordered
    more = ordered[MOST_REMARKS:]
    return [
        *ordered[:MOST_REMARKS],
        Remark(more[0].severity, f"{len(more):,} further remarks of this kind on other columns"),
    ]


def _remark_ignored(plans: list[ColumnPlan], wishes: ColumnChoices, remarks: list[Remark]) -> None:
    """Say which columns were left out without having been asked for."""
    for kind, reason in IGNORED.items():
        names = [
            plan.name
            for plan in plans
            if plan.role == "ignored" and plan.reason == reason and plan.name not in wishes.ignored
        ]
        if names:
            shown = ", ".join(f"“{name}”" for name in names[:5]) + (
                f" and {len(names) - 5:,} more" if len(names) > 5 else ""
            )
            counted = "column" if len(names) == 1 else f"{len(names):,} columns"
            severity = "hint" if kind != "text" else "warning"
            remarks.append(
                Remark(severity, f"{counted} {shown} left out: {reason}; name the inputs to have it otherwise")
            )


def _remark_target(plans: list[ColumnPlan], wishes: ColumnChoices, remarks: list[Remark]) -> None:
    targets = [plan for plan in plans if plan.role == "target"]
    if not targets and wishes.target != (NO_TARGET,):
        remarks.append(Remark("warning", "no column was found that a network could be asked for: name the target"))
    elif targets and not wishes.target:
        target = targets[0]
        what = format_quantity(len(target.values), "class", "classes") if target.kind == "category" else "a number"
        remarks.append(Remark("hint", f"“{target.name}” is taken as the target ({what}); an option names another one"))
