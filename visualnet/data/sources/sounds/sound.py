"""Sounds: a folder for each class, a table of labels beside them, or none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from visualnet.core.project import DataFacts, FieldFacts, PreparationStep
from visualnet.core.text.format import format_quantity
from visualnet.core.text.hidden_characters import visible
from visualnet.data.samples import Batch, BrokenSample, Samples
from visualnet.data.sources.common.classes import find_class_faults, number_classes, read_strings
from visualnet.data.sources.common.first_entries import first_entries
from visualnet.data.sources.source import Check, FileSource, Finding, Guess, SourceScan, source
from visualnet.layers.declaration.params import choice, count, text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from visualnet.data.sources.common.files import FileList
    from visualnet.data.sources.common.folders import SortedFiles

    Array = NDArray[Any]

SOUNDS = (".wav", ".flac", ".ogg", ".aif", ".aiff")
TABLES = (".csv", ".tsv")
USUAL_RATE = 16_000
LONGEST_PROPOSED_S = 10.0
LABELS = {
    "auto": "by the folders, or by the table that lies with the sounds",
    "folders": "the name of the folder that a sound lies in",
    "table": "a CSV file that names the sounds",
    "none": "there are none",
}


def _check_name(name: str) -> None:
    if "\n" in name:
        raise ValueError("the name of a column has no line break")


class _Arranged(NamedTuple):
    """Which files are samples, and what is known of each without its samples."""

    files: FileList
    classes: tuple[str, ...]
    label: Array | None
    columns: dict[str, Array]
    findings: tuple[Finding, ...]
    fingerprint: str

    def take(self, kept: Array) -> _Arranged:
        """The files at these indices; classes are numbered anew."""
        classes, label = self.classes, self.label
        if label is not None:
            label, classes = number_classes([classes[at] for at in label[kept].tolist()])
        columns = {name: values[kept] for name, values in self.columns.items()}
        return self._replace(files=self.files.take(kept), classes=classes, label=label, columns=columns)


@source("sound", "Sounds", inputs="sound spectrogram", picks="folder", suffixes=" ".join(SOUNDS))
class SoundSource(FileSource):
    """Sounds in a folder per class or with a table of labels: WAV, FLAC, OGG, AIFF; channels are mixed, and all have one rate."""

    labels: str = choice("auto", "What tells the class of a sound.", LABELS)
    rate: int = count(
        USUAL_RATE, "Samples a second to which every sound is brought.", low=1000, high=384_000, unit="Hz"
    )
    file_column: str = text("", "Column of the table that names the files; empty: it is guessed.", _check_name)
    label_column: str = text("", "Column of the table with the labels; empty: it is guessed.", _check_name)

    @classmethod
    def guess(cls, path: Path) -> Guess | None:
        if not path.is_dir():
            return None
        seen = first_entries(path)
        below = [name for name, inner in seen.folders.items() if any(map(inner.count_files, SOUNDS))]
        if not below and not any(name.lower().endswith(SOUNDS) for name in seen.files):
            return None
        if not any(map(seen.count_files, TABLES)) and len(below) > 1:
            return Guess(0.88, {}, f"{format_quantity(len(below), 'folder')} with sounds, one for each class")
        if any(map(seen.count_files, TABLES)):
            return Guess(0.8, {}, "sounds, with a table beside them")
        return Guess(0.5, {}, "sounds without labels")

    def look_through(self, check: Check) -> SourceScan:
        from visualnet.data.sources.sounds.survey import SoundSurvey

        self.check_place()
        arranged = self._arrange(check)
        survey = SoundSurvey()
        for at, file in enumerate(arranged.files):
            check(at / len(arranged.files))
            survey.look_at(at, file, Path(arranged.files.absolute(at)))
        left_out = [arranged.files.relative(at) for at in survey.broken]
        if len(left_out) == len(arranged.files):
            first = survey.findings()[0]
            raise ValueError(f"no sound of “{self.path.name}” can be read; “{first.file}”: {first.words}")
        arranged = self._without(arranged, left_out)
        lengths = set(survey.lengths(self.rate))
        fields = {"sound": FieldFacts(shape=(1, lengths.pop() if len(lengths) == 1 else 0), axes=("C", "T"))}
        if arranged.label is not None:
            fields["label"] = FieldFacts(dtype="int", classes=len(arranged.classes))
        facts = DataFacts(
            size=len(arranged.files),
            fields=fields,
            classes=arranged.classes,
            columns=tuple(arranged.columns),
            fingerprint=arranged.fingerprint,
            extra={"seconds": survey.usual_seconds(), **({"left_out": left_out} if left_out else {})},
        )
        faults = find_class_faults(arranged.label, arranged.classes) if arranged.label is not None else ()
        figures = (("sounds", f"{facts.size:,}"), *survey.figures())
        return SourceScan(facts, (*arranged.findings, *survey.findings(), *faults), figures)

    def sound_rate(self) -> int:
        return self.rate

    def open(self) -> Samples:
        self.check_place()
        facts = self.known
        arranged = self._without(self._arrange(lambda share: None), read_strings(facts.extra.get("left_out")))
        if len(arranged.files) != facts.size:
            raise ValueError(
                f"“{self.path.name}” has {len(arranged.files):,} samples now; {facts.size:,} were there when it was looked "
                "through: look it through again on the data page"
            )
        if arranged.classes != facts.classes:
            raise ValueError(
                f"the classes of “{self.path.name}” are others now: look it through again on the data page"
            )
        return SoundSamples(arranged, self.rate, facts.fields["sound"].shape[-1])

    def propose(self, facts: DataFacts) -> tuple[PreparationStep, ...]:
        raw = facts.extra.get("seconds")
        seconds = min(LONGEST_PROPOSED_S, max(0.1, raw if isinstance(raw, int | float) else 1.0))
        return (
            PreparationStep(kind="cut_sound", options={"seconds": seconds, "rate": self.rate}),
            PreparationStep(kind="log_mel", options={"rate": self.rate}),
        )

    def _arrange(self, check: Check) -> _Arranged:
        from visualnet.data.sources.common.folders import find_tables, sort_into_classes

        if self.labels in ("auto", "table"):
            tables = find_tables(self.path, TABLES)
            if tables or self.labels == "table":
                found = sort_into_classes(self.path, SOUNDS, ("sound", "sounds"), check, by_folder=False)
                try:
                    return self._join_table(found, tables)
                except UnreadableTable:
                    raise
                except ValueError:
                    if self.labels == "table":
                        raise  # else the table is about something else
        by_folder = self.labels != "none"
        found = sort_into_classes(self.path, SOUNDS, ("sound", "sounds"), check, by_folder=by_folder)
        if self.labels == "folders" and found.label is None:
            raise ValueError(
                f"the sounds lie in “{self.path.name}” itself, not in a folder for each class: put them into folders, "
                "or set labels to table or none"
            )
        return _Arranged(found.files, found.classes, found.label, found.columns, found.findings, found.fingerprint)

    def _join_table(self, found: SortedFiles, tables: Sequence[Path]) -> _Arranged:
        import hashlib

        import numpy as np

        from visualnet.core.storage.regular_files import read_regular
        from visualnet.data.sources.sounds.label_table import LARGEST, read_label_table

        if len(tables) != 1:
            names = ", ".join(f"“{path.name}”" for path in tables[:5]) or "none"
            raise ValueError(f"one table with the labels is wanted below “{self.path.name}”; there are {names}")
        try:
            table = read_label_table(tables[0], list(found.files), self.file_column, self.label_column)
            content = hashlib.sha256(read_regular(tables[0], LARGEST)).hexdigest()
        except OSError as error:
            why = f"{(error.strerror or str(error)).lower()}; to go without it, set labels to folders"
            raise UnreadableTable(f"“{tables[0].name}” cannot be read: {why}") from None
        kept = np.array([at for at, row in enumerate(table.rows) if row >= 0], np.int64)
        if not len(kept):
            raise ValueError(f"“{tables[0].name}” names none of the sounds of “{self.path.name}”")
        rows = [table.rows[at] for at in kept]
        findings = [*found.findings, *table.findings]
        if len(kept) < len(table.rows):
            missing = table.rows.index(-1)
            words = f"{format_quantity(len(table.rows) - len(kept), 'sound')} left out: the table does not name them"
            findings.append(Finding("warning", words, visible(found.files.relative(missing))))
        others = {name: np.array([column[row] for row in rows], object) for name, column in table.values.items()}
        label: Array | None = None
        classes: tuple[str, ...] = ()
        if table.label:
            label, classes = number_classes(others.pop(table.label).tolist())
        columns = {name: values for name, values in others.items() if 1 < len(set(values)) < len(rows)}
        fingerprint = hashlib.sha256(f"{found.fingerprint} {content}".encode()).hexdigest()
        return _Arranged(found.files.take(kept), classes, label, columns, tuple(findings), fingerprint)

    def _without(self, arranged: _Arranged, files: Sequence[str]) -> _Arranged:
        import numpy as np

        gone = set(files)
        if not gone:
            return arranged
        return arranged.take(np.array([at for at, file in enumerate(arranged.files) if file not in gone], np.int64))


class UnreadableTable(ValueError):
    """The table of labels is there and cannot be opened."""


class SoundSamples(Samples):
    """Fields ``sound`` (1, samples) at one rate and, where there are labels, ``label``."""

    def __init__(self, arranged: _Arranged, rate: int, length: int) -> None:
        self.size, self.fingerprint = len(arranged.files), arranged.fingerprint
        self.rate = rate
        self._files, self._label, self._columns, self._length = arranged.files, arranged.label, arranged.columns, length

    def fetch(self, index: Array, fields: Sequence[str]) -> Batch:
        import numpy as np

        batch: Batch = {}
        for name in fields:
            if name == "sound":
                sounds = [self._read(sample) for sample in index.tolist()]
                batch[name] = np.stack(sounds) if self._length and sounds else sounds
                if self._length and not sounds:
                    batch[name] = np.zeros((0, 1, self._length), np.float32)
            elif name == "label" and self._label is not None:
                batch[name] = self._label[index]
            else:
                raise KeyError(name)
        return batch

    def column(self, name: str) -> Array | None:
        return self._label if name == "label" else self._columns.get(name)

    def describe(self, sample: int) -> str:
        return visible(self._files.relative(sample))

    def _read(self, sample: int) -> Array:
        from visualnet.data.sources.sounds.decode import read_sound

        try:
            sound = read_sound(Path(self._files.absolute(sample)), self.rate)
        except (OSError, ValueError) as error:
            raise BrokenSample(sample, f"“{self.describe(sample)}” cannot be read: {error}") from None
        if self._length and sound.shape[-1] != self._length:
            words = f"“{self.describe(sample)}” has changed: its length is another than when it was looked through"
            raise BrokenSample(sample, words)
        return sound
