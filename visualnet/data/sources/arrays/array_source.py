"""Arrays in NumPy's files: rows of a .npy or .npz file, with classes, numbers or masks."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from visualnet.core.project import DataFacts, FieldFacts, PreparationStep
from visualnet.core.text.format import format_bytes, format_quantity
from visualnet.core.text.hidden_characters import clean
from visualnet.data.samples import Samples
from visualnet.data.sources.arrays.array_samples import Array, ArrayFileSamples, FieldForm, find_not_finite, spell_value
from visualnet.data.sources.arrays.npy_files import ArrayRows, StoredArray, digest_file, is_numpy, read_headers
from visualnet.data.sources.arrays.roles import Pair, channels_last, field_of, list_beside, pair_arrays
from visualnet.data.sources.source import Check, FileSource, Finding, Guess, SourceScan, source
from visualnet.layers.declaration.params import choice, text
from visualnet.layers.declaration.spec import Column, Spec

MOST_CLASSES = 20_000
MOST_GUESSED_CLASSES = 20
"""A target of whole numbers with more different ones is a quantity, unless a person says otherwise or they count from 0 on."""
SHOWN = 10


@source("arrays", "NumPy arrays", inputs="image series features", suffixes="npy npz")
class NumpyArrays(FileSource):
    """Arrays that NumPy saved (.npy, .npz): their rows are images, series or features; a second array holds classes, numbers or masks."""

    input_array: str = text("", "The array that the network is shown; empty for X, images, data …", clean)
    target_array: str = text("", "The array that is predicted; empty for y, labels …; “none” for no target.", clean)
    kind: str = choice(
        "auto",
        "What a row is.",
        {
            "auto": "as its shape looks",
            "features": "a list of numbers",
            "series": "steps of a time, each with one or more numbers",
            "image": "an image, with its channels as first or last axis",
        },
    )
    task: str = choice(
        "auto",
        "What is predicted.",
        {"auto": "a class or a number, as the target looks", "classes": "a class", "number": "a number"},
    )

    @classmethod
    def guess(cls, path: Path) -> Guess | None:
        if path.suffix.lower() not in (".npy", ".npz") or not path.is_file():
            return None
        try:
            if not is_numpy(path):
                return None
            pair = pair_arrays(_arrays(path), "", "")[0]
            what = field_of(pair.shown, "auto")
        except (ValueError, OSError):
            return Guess(0.3, {}, "a file of NumPy's")
        words = format_quantity(pair.shown.shape[0], "row")
        return Guess(0.95, {}, f"NumPy arrays: {words} of {what} {'×'.join(map(str, pair.shown.shape[1:])) or '1'}")

    def look_through(self, check: Check) -> SourceScan:
        pairs = self._pairs()
        shown, asked, alone = self._forms(pairs)
        findings: list[Finding] = []
        bad, places = find_not_finite([pair.shown for pair in pairs], check)
        rows = np.arange(len(bad))
        if bad.any() and shown.field == "features":
            words = f"{format_quantity(int(bad.sum()), 'row')} with numbers that are missing or infinite: {_listed(np.flatnonzero(bad))}"
            findings.append(Finding("hint", words, self.path.name))
        elif bad.any():
            counted = format_quantity(int(bad.sum()), "row")
            words = f"{counted} with numbers that are none or infinite left out: {_listed(np.flatnonzero(bad))}"
            findings.append(Finding("warning", words, self.path.name))
            rows = rows[~bad]
        lacking = self._lacking_targets(pairs, asked)
        if lacking.any():
            words = f"{format_quantity(int(lacking.sum()), 'row')} without a target left out: {_listed(np.flatnonzero(lacking))}"
            findings.append(Finding("warning", words, self.path.name))
            rows = rows[~lacking[rows]]
        if not len(rows):
            raise ValueError(f"“{self.path.name}” has no row with all that is wanted")
        findings += [Finding(severity, words, self.path.name) for severity, words in alone]
        fields = {form.field: _facts_of(form) for form in (shown, asked) if form is not None}
        columns = (("label",) if asked is not None and asked.field == "label" else ()) + (
            ("part",) if len(pairs) > 1 else ()
        )
        extra: dict[str, Any] = (
            {"lacking": np.flatnonzero(places).tolist()} if shown.field == "features" and places.any() else {}
        )
        facts = DataFacts(
            size=len(rows),
            fields=fields,
            classes=asked.classes if asked is not None and asked.field == "label" else (),
            columns=columns,
            fingerprint=self._fingerprint(pairs, check),
            extra=extra,
        )
        return SourceScan(facts, tuple(findings), _figures(pairs))

    def open(self) -> Samples:
        facts = self.known
        pairs = self._pairs()
        shown, asked, _ = self._forms(pairs)
        fields: list[tuple[FieldForm, Sequence[StoredArray]]] = [(shown, [pair.shown for pair in pairs])]
        if asked is not None:
            fields.append((asked, [pair.asked for pair in pairs if pair.asked is not None]))
        found = {form.field: _facts_of(form) for form, _ in fields}
        kept = ~self._lacking_targets(pairs, asked)
        if shown.field != "features":
            kept &= ~find_not_finite([pair.shown for pair in pairs], lambda share: None)[0]
        if found != facts.fields or kept.sum() != facts.size:
            raise ValueError(
                f"“{self.path.name}” does not hold the arrays any more that were looked through: look it through again"
            )
        parts = [pair.part or "train" for pair in pairs]
        return ArrayFileSamples(fields, parts, np.flatnonzero(kept), self._fingerprint(pairs, lambda share: None))

    def fields(self) -> dict[str, Spec]:
        found = super().fields()
        lacking = self.known.extra.get("lacking")
        if "features" in found and isinstance(lacking, list | tuple):
            width = found["features"].shape[0]
            columns = tuple(Column(f"column {at + 1}", 0, at in set(lacking)) for at in range(width))
            found["features"] = found["features"]._replace(columns=columns)
        return found

    def propose(self, facts: DataFacts) -> tuple[PreparationStep, ...]:
        return (PreparationStep(kind="fill_missing"),) if facts.extra.get("lacking") else ()

    def _pairs(self) -> list[Pair]:
        self.check_place()
        try:
            arrays = _arrays(self.path)
        except OSError as error:
            raise ValueError(f"“{self.path.name}” cannot be read: {error}") from None
        if not arrays:
            raise ValueError(f"“{self.path.name}” holds no arrays")
        try:
            return pair_arrays(arrays, self.input_array, self.target_array)
        except ValueError as error:
            raise ValueError(f"“{self.path.name}”: {error}") from None

    def _forms(self, pairs: list[Pair]) -> tuple[FieldForm, FieldForm | None, list[tuple[str, str]]]:
        """What the arrays become, and what a person should know of the classes."""
        first = pairs[0].shown
        field, rank = field_of(first, self.kind), len(first.shape) - 1
        shape, last = first.shape[1:], False
        if field == "image":
            last = channels_last(first)
            shape = (1, *shape) if rank == 2 else (shape[2], *shape[:2]) if last else shape
        elif field == "features":
            shape = shape or (1,)
        else:
            shape = (*shape, 1) if rank == 1 else shape
        shown = FieldForm(field, tuple(map(int, shape)), last)
        targets = [pair.asked for pair in pairs if pair.asked is not None]
        if not targets:
            return (
                shown,
                None,
                [] if self.target_array else [("warning", "no array was found that a network could be asked for")],
            )
        form, remarks = self._target_form(targets, shown)
        return shown, form, remarks

    def _target_form(self, targets: list[StoredArray], shown: FieldForm) -> tuple[FieldForm, list[tuple[str, str]]]:
        first = targets[0]
        shape = first.shape[1:] if first.shape[1:] != (1,) else ()
        if (
            len(shape) >= 2
            and shown.field == "image"
            and first.dtype.kind in "bui"
            and tuple(shape[-2:]) == shown.shape[1:]
        ):
            highest = max(int(ArrayRows(stored).fetch(np.arange(stored.shape[0])).max()) for stored in targets)
            return FieldForm("mask", tuple(shape[-2:]), classes=tuple(map(str, range(highest + 1)))), []
        if len(shape) > 1 or first.dtype.kind not in "buifUS":
            raise ValueError(
                f"the target “{first.name}” is of shape {'×'.join(map(str, first.shape))} and {first.dtype}: "
                "classes, numbers, or masks of the images' size are wanted"
            )
        values = np.concatenate([ArrayRows(stored).fetch(np.arange(stored.shape[0])) for stored in targets])
        if len(shape) == 1:
            is_one_hot = self.task != "number" and bool(np.isin(values, (0, 1)).all() and (values.sum(1) == 1).all())
            if is_one_hot:
                return FieldForm(
                    "label", (), is_one_hot=True, classes=tuple(f"class {at}" for at in range(shape[0]))
                ), []
            return FieldForm("y", (int(shape[0]),)), []
        return self._class_form(first.name, values.reshape(len(values)))

    def _class_form(self, name: str, values: Array) -> tuple[FieldForm, list[tuple[str, str]]]:
        """Classes or a number, as the values look or a person says."""
        is_words = values.dtype.kind in "US"
        known = values if is_words or values.dtype.kind != "f" else values[np.isfinite(values)]
        different = np.unique(known)
        whole = is_words or bool((different == np.floor(different)).all())
        counts_up = (
            not is_words and whole and len(different) > 0 and different[0] == 0 and different[-1] == len(different) - 1
        )
        few = len(different) <= MOST_GUESSED_CLASSES or (counts_up and len(different) <= 1_000)
        as_classes = (
            self.task == "classes"
            or is_words
            or (self.task == "auto" and whole and few and len(values) >= 3 * len(different))
        )
        if not as_classes:
            return FieldForm("y", (1,)), []
        if self.task == "number":
            raise ValueError(f"the target “{name}” holds words, no numbers: choose classes as the task")
        if len(different) > MOST_CLASSES:
            raise ValueError(
                f"the target “{name}” has more than {MOST_CLASSES:,} different values: these are no classes"
            )
        counts = Counter(spell_value(value) for value in known.tolist())
        names = tuple(dict.fromkeys(spell_value(value) for value in different.tolist()))
        remarks = []
        if len(names) == 1:
            remarks.append(
                ("error", f"the target “{name}” is “{names[0]}” in all rows: there is nothing to tell apart")
            )
        if alone := [n for n in names if counts[n] == 1]:
            shown = ", ".join(f"“{n}”" for n in alone[:5]) + (", …" if len(alone) > 5 else "")
            counted = format_quantity(len(alone), "class", "classes")
            remarks.append(("warning", f"{counted} with one sample alone, which cannot be in two parts: {shown}"))
        return FieldForm("label", (), classes=names), remarks

    def _lacking_targets(self, pairs: list[Pair], asked: FieldForm | None) -> Array:
        if asked is None or asked.field == "mask":
            return np.zeros(sum(pair.shown.shape[0] for pair in pairs), bool)
        return find_not_finite([pair.asked for pair in pairs if pair.asked is not None], lambda share: None)[0]

    def _fingerprint(self, pairs: list[Pair], check: Check) -> str:
        paths = sorted({array.path for pair in pairs for array in (pair.shown, pair.asked) if array is not None})
        return hashlib.sha256("".join(digest_file(path, check) for path in paths).encode()).hexdigest()


def _arrays(path: Path) -> list[StoredArray]:
    """The arrays of a file, and of those beside it that hold its targets."""
    found = read_headers(path)
    for other in list_beside(path):
        found += read_headers(other)
    return found


def _facts_of(form: FieldForm) -> FieldFacts:
    axes = {
        "image": ("C", "H", "W"),
        "series": ("T", "D"),
        "features": ("D",),
        "mask": ("H", "W"),
        "y": ("D",),
        "label": (),
    }
    is_int = form.field in ("mask", "label")
    return FieldFacts(
        shape=form.shape,
        axes=axes[form.field],
        dtype="int" if is_int else "float",
        classes=len(form.classes) if is_int else 0,
    )


def _listed(rows: Array) -> str:
    shown = ", ".join(f"{row:,}" for row in rows[:SHOWN].tolist())
    return f"rows {shown}{', …' if len(rows) > SHOWN else ''} (from 0)"


def _figures(pairs: list[Pair]) -> tuple[tuple[str, str], ...]:
    found = []
    for pair in pairs:
        for role, array in (("Input", pair.shown), ("Target", pair.asked)):
            if array is not None:
                shape = "×".join(map(str, array.shape))
                found.append(
                    (
                        f"{role}{f' ({pair.part})' if pair.part else ''}",
                        f"{array.name}, {shape} {array.dtype}, {format_bytes(array.nbytes)}",
                    )
                )
    return tuple(found)
