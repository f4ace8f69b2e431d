"""What a preparation learned of its training part, kept as JSON beside a run, so that new samples can be prepared as those were."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from visualnet.core.project import PreparationStep
from visualnet.core.storage.regular_files import read_text
from visualnet.core.text.hidden_characters import visible
from visualnet.data.preparation.field_checks import describe
from visualnet.data.preparation.prepared import run_steps
from visualnet.data.preparation.registry import make_steps, specs_behind
from visualnet.data.preparation.step import Fitted
from visualnet.layers.declaration.layer import Column, Spec
from visualnet.layers.declaration.params import Field

if TYPE_CHECKING:
    from visualnet.data.samples import Array, Batch

FORMAT = 1
MAX_TEXT = 64 << 20
"""A file with a text may have so many bytes."""


class FittedPreparation(NamedTuple):
    """Raw fields, the steps that every sample goes through (no augmentation), and what each of them learned."""

    fields: Mapping[str, Spec]
    steps: tuple[PreparationStep, ...]
    fitted: tuple[Fitted, ...]

    def to_json(self) -> dict[str, Any]:
        """All of it as plain values."""
        fields = {
            name: {
                "shape": spec.shape,
                "axes": spec.axes,
                "dtype": spec.dtype,
                "classes": spec.classes,
                "columns": [list(column) for column in spec.columns],
            }
            for name, spec in self.fields.items()
        }
        steps = [
            {"kind": step.kind, "options": dict(step.options), "fitted": dict(learned)}
            for step, learned in zip(self.steps, self.fitted, strict=True)
        ]
        return {"format": FORMAT, "fields": fields, "steps": steps}

    @staticmethod
    def from_json(values: Any) -> FittedPreparation:
        """What `to_json` gave.

        Raises:
            ValueError: it is none, of a newer format, or has a step that this version does not know.
        """
        try:
            if values["format"] != FORMAT:
                raise ValueError(f"it has the format {values['format']}, and this version reads {FORMAT}")
            fields = {
                str(name): Spec(
                    tuple(int(extent) for extent in spec["shape"]),
                    tuple(str(axis) for axis in spec["axes"]),
                    str(spec["dtype"]),
                    classes=int(spec["classes"]),
                    columns=tuple(map(_read_column, spec["columns"])),
                )
                for name, spec in values["fields"].items()
            }
            steps = tuple(
                PreparationStep(kind=str(step["kind"]), options={n: _as_value(v) for n, v in step["options"].items()})
                for step in values["steps"]
            )
            fitted = tuple(dict(step["fitted"]) for step in values["steps"])
        except (KeyError, TypeError, AttributeError, IndexError) as error:
            raise ValueError(f"this is no preparation: {error}") from None
        specs_behind(fields, make_steps(steps))
        return FittedPreparation(fields, steps, fitted)

    def raw_field(self, name: str) -> str:
        """The raw field of which this one is made; itself where no step makes it.

        Raises:
            ValueError: there is none.
        """
        if name in self.fields:
            return name
        for step in make_steps(self.steps):
            settings = [setting for setting, param in step.params.items() if isinstance(param, Field)]
            source = str(getattr(step, settings[0])) if settings else ""
            if source in self.fields and name in step.specs({source: self.fields[source]} | dict(self.fields)):
                return source
        raise ValueError(f"the preparation gives no field “{name}”")

    def prepare(self, raw: Batch) -> dict[str, Array]:
        """These raw samples as the network was trained on them, but for the mean that is taken out last.

        Raises:
            ValueError: they are not such samples; the words say what is wanted.
        """
        steps = make_steps(self.steps)
        found = run_steps(raw, steps, self.fitted)
        return {name: np.stack(list(values)) for name, values in found.items()}

    def read_field(self, name: str, given: Any, rate: int = 0) -> Array | list[Array]:
        """Samples of a raw field as a person gives them: arrays or tensors (sample, …), or one array a sample where they differ in size;
        for texts words; files of images and sounds by their paths. ``rate`` is that of the data's sounds; 0: as the steps say.

        Raises:
            ValueError: they are not samples of this field, or a file cannot be read.
        """
        spec = self.fields[name]
        listed = [given] if isinstance(given, str | Path) else given
        samples = [_read_sample(name, spec, rate or self._rate, each) for each in listed]
        dtype = np.float32 if spec.dtype == "float" else np.int64
        arrays = [np.asarray(sample, dtype) for sample in samples]
        for array in arrays:
            fits = len(array.shape) == len(spec.shape) and all(
                wanted in (0, there) for wanted, there in zip(spec.shape, array.shape, strict=True)
            )
            if not fits:
                came = "×".join(map(str, array.shape)) or "one number"
                raise ValueError(f"a sample of “{name}” is {describe(spec)}; this one is {came}")
        alike = len({array.shape for array in arrays}) == 1
        return np.stack(arrays) if alike and 0 not in spec.shape else arrays

    @property
    def _rate(self) -> int:
        """Samples a second of the sounds that the preparation is about."""
        rates = [int(rate) for step in make_steps(self.steps) if (rate := getattr(step, "rate", 0))]
        return rates[0] if rates else 16_000


class KeptPreparation(NamedTuple):
    """What a run does to samples before its network sees them: its preparation (None where there is no step), and mean and deviation
    that are taken out, by field."""

    preparation: FittedPreparation | None
    mean: Mapping[str, Array]
    std: Mapping[str, Array]


def _read_sample(name: str, spec: Spec, rate: int, given: Any) -> Any:
    if isinstance(given, Path):
        try:
            return _read_file(spec, rate, given)
        except OSError as error:
            raise ValueError(f"“{given.name}” cannot be read: {error.strerror or error}") from None
        except ValueError as error:
            raise ValueError(f"“{given.name}” cannot be read: {error}") from None
    if isinstance(given, str):
        from visualnet.data.tokens import to_codes

        if spec.dtype != "int" or len(spec.shape) != 1:
            raise ValueError(f"“{visible(given[:80])}” is no file that is there, and “{name}” takes no words")
        return to_codes(given)
    return given


def _read_file(spec: Spec, rate: int, path: Path) -> Any:
    if spec.dtype == "int":
        from visualnet.data.tokens import to_codes

        return to_codes(read_text(path, MAX_TEXT))
    if len(spec.shape) == 3:
        from visualnet.data.sources.images.decode import decode_image

        return decode_image(str(path), spec.shape[0] or 3)
    from visualnet.data.sources.sounds.decode import read_sound

    return read_sound(path, rate)


def _read_column(values: Any) -> Column:
    name, count, gaps, *words = values  # files of earlier versions have no words
    return Column(str(name), int(count), bool(gaps), tuple(map(str, words[0])) if words else ())


def _as_value(value: Any) -> Any:
    return tuple(_as_value(each) for each in value) if isinstance(value, list) else value
