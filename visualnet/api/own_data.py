"""Data that a program hands over, as arrays or as a map-style data set: prepared and divided as the project says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from visualnet.core.project import PreparationStep, Project
from visualnet.data.division.registry import divide
from visualnet.data.loading import Loaded, statistics
from visualnet.data.preparation.fitted_state import FittedPreparation, KeptPreparation
from visualnet.data.preparation.prepared import CHUNK, prepare
from visualnet.data.preparation.registry import STEPS, check_prepared, make_steps, prepared_specs
from visualnet.data.preparation.step import Step
from visualnet.data.samples import ArraySamples, Batch, Samples
from visualnet.data.split import split
from visualnet.data.streaming.readable import join_values
from visualnet.data.tokens import to_codes
from visualnet.layers.declaration.layer import Column, Spec
from visualnet.layers.declaration.params import Field

Array = NDArray[Any]


class Dataset(Protocol):
    """A map-style data set, as ``torch.utils.data`` has them: a length, and samples by their index.

    A sample is a mapping from field to tensor, array or number, or a sequence of these in the order of the network's fields.
    """

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> Any: ...


def as_loaded(data: Dataset | Mapping[str, ArrayLike], project: Project, kept: KeptPreparation | None = None) -> Loaded:
    """Own data as the session takes it: divided and prepared as the project says, with mean and deviation of the training part; or those
    that were kept with a run, and its preparation.

    Raises:
        ValueError: a field of the network is missing, the samples differ in size, there are too few, or a step does not fit them.
    """
    fields, choice = _fields(project), project.data
    steps = make_steps(choice.preparation)
    plain = [step for step in steps if not step.augments]
    given = _read_given(data, list(fields), plain)
    sizes = {len(values) for values in given.values()}
    if len(sizes) != 1:
        raise ValueError(f"the fields have {sorted(sizes)} samples: every field needs one value per sample")
    known = {name: v for name, v in given.items() if isinstance(v, np.ndarray) and v.ndim == 1}
    label = next((v for n, v in known.items() if n in fields and fields[n].dtype == "int"), None)
    label = None if label is None else _typed(label, "int")
    parts = _divide(known, label, sizes.pop(), project)
    preparation = None
    if plain:
        given, preparation = _prepare_given(given, plain, choice.preparation, parts[0], kept)
    missing = [name for name in fields if name not in given]
    if missing:
        raise ValueError(
            f"the data have no field “{missing[0]}”, which the network reads; they have {', '.join(given)}"
        )
    arrays = {name: _typed(np.asarray(given[name]), fields[name].dtype) for name in fields}
    inputs = [str(n.params.get("field", "image")) for n in project.graph if n.kind == "input"]
    real = [name for name in dict.fromkeys(inputs) if choice.normalise and fields[name].dtype == "float"]
    figures = {name: statistics(arrays[name][parts[0]]) for name in real} if kept is None else {}
    samples = ArraySamples(arrays)
    classes = tuple(map(str, range(int(label.max()) + 1))) if label is not None and len(label) else ()
    specs = {
        name: spec._replace(
            shape=tuple(arrays[name].shape[1:]),
            classes=len(classes) if arrays[name].ndim == 1 and spec.dtype == "int" else spec.classes,
        )
        for name, spec in fields.items()
    }
    return Loaded(
        choice,
        specs,
        samples,
        classes,
        *parts,
        {n: mean for n, (mean, _) in figures.items()} if kept is None else kept.mean,
        {n: std for n, (_, std) in figures.items()} if kept is None else kept.std,
        samples.fingerprint,
        tuple(step for step in steps if step.augments),
        preparation,
    )


def _divide(known: Mapping[str, Array], label: Array | None, size: int, project: Project) -> tuple[Array, Array, Array]:
    """The parts, as the project says; by columns that the network need not read, too."""
    choice = project.data
    if choice.division == "shares":
        return split(size, choice.split, choice.seed, label)
    labels = {} if label is None or "label" in known else {"label": label}
    columns = {name: values.copy() for name, values in {**known, **labels}.items()}
    return divide(ArraySamples({**columns, "every": np.arange(size)}), choice)


class _GivenSamples(Samples):
    """Arrays or lists of arrays in memory, by field."""

    def __init__(self, values: Mapping[str, Array | list[Array]]) -> None:
        self.values, self.size = values, len(next(iter(values.values())))

    def fetch(self, index: Array, fields: Sequence[str]) -> Batch:
        found: Batch = {}
        for name in fields:
            values = self.values[name]
            found[name] = [values[at] for at in index] if isinstance(values, list) else values[index]
        return found

    def column(self, name: str) -> Array | None:
        return None


def _prepare_given(
    given: Mapping[str, Array | list[Array]],
    plain: Sequence[Step],
    chosen: Sequence[PreparationStep],
    train: Array,
    kept: KeptPreparation | None,
) -> tuple[dict[str, Array | list[Array]], FittedPreparation]:
    """All fields behind the steps, and what these learned of the training part (or had learned in the run)."""
    raw = {name: _type_raw(values) for name, values in given.items() if _is_numeric(values)}
    specs = {name: _describe_given(values) for name, values in raw.items()}
    check_prepared(prepared_specs(specs, plain))
    learned = kept.preparation.fitted if kept is not None and kept.preparation is not None else None
    samples = prepare(_GivenSamples(raw), specs, plain, train, fitted=learned)
    every = [samples.fetch_any(np.arange(at, min(at + CHUNK, samples.size))) for at in range(0, samples.size, CHUNK)]
    found: dict[str, Array | list[Array]] = {
        name: join_values([part[name] for part in every]) for name in samples.fields
    }
    kept_steps = tuple(one for one in chosen if not one.off and not STEPS[one.kind].augments)
    return found, FittedPreparation(specs, kept_steps, tuple(samples.fitted))


def _is_numeric(values: Array | list[Array]) -> bool:
    return isinstance(values, list) or values.dtype.kind in "biuf"


def _type_raw(values: Array | list[Array]) -> Array | list[Array]:
    if isinstance(values, list):
        return [_typed(each, "float" if each.dtype.kind == "f" else "int") for each in values]
    return _typed(values, "float" if values.dtype.kind == "f" else "int")


def _describe_given(values: Array | list[Array]) -> Spec:
    """What is known of a raw field: an extent that differs between samples is 0."""
    shapes = {each.shape for each in values} if isinstance(values, list) else {values.shape[1:]}
    ranks = {len(shape) for shape in shapes}
    if len(ranks) != 1:
        raise ValueError("the samples of a field differ in their number of axes")
    first = values[0]
    dtype = "float" if first.dtype.kind == "f" else "int"
    shape = tuple(extents[0] if len(set(extents)) == 1 else 0 for extents in zip(*shapes, strict=True))
    if dtype == "float" and len(shape) == 1 and not isinstance(values, list):
        lacking = np.asarray(np.isnan(values).any(0))
        columns = tuple(Column(f"column {at}", 0, bool(gaps)) for at, gaps in enumerate(lacking, 1))
        return Spec(shape, ("D",), dtype, columns=columns)
    if dtype == "int" and len(shape) == 1 and isinstance(values, list):
        return Spec((0,), ("T",), dtype)  # words, whose lengths are alike by chance alone
    axes = {(3, "float"): ("C", "H", "W"), (1, "int"): ("T",)}.get((len(shape), dtype), ())
    return Spec(shape, axes, dtype)


def _fields(project: Project) -> dict[str, Spec]:
    """What the network reads: each input and target's field, with its size and type."""
    from visualnet.layers import LAYERS

    found: dict[str, Spec] = {}
    for node in project.graph:
        layer = LAYERS.get(node.kind)
        if layer is not None and layer.role in ("input", "target"):
            values: Any = layer(node.params)
            found[values.field] = Spec(tuple(values.size), dtype=values.dtype)
    return found


def _read_given(
    data: Dataset | Mapping[str, ArrayLike], fields: Sequence[str], plain: Sequence[Step]
) -> dict[str, Array | list[Array]]:
    """Every field that is given: an array, or a list of arrays where samples differ in size and there is a preparation. Words that a step
    reads are numbers of letters."""
    columns = _list_samples(data, fields) if not isinstance(data, Mapping) else data
    read = {
        str(getattr(step, name)) for step in plain for name, param in step.params.items() if isinstance(param, Field)
    }
    found: dict[str, Array | list[Array]] = {}
    for name, values in columns.items():
        try:
            array = np.asarray(values)
        except ValueError as error:
            if not plain:
                raise ValueError(f"the samples differ in size, so that they make no batch: {error}") from None
            found[name] = [np.asarray(each) for each in values]  # type: ignore[union-attr]
            continue
        found[name] = [to_codes(str(text)) for text in array] if array.dtype.kind == "U" and name in read else array
    return found


def _list_samples(data: Dataset, fields: Sequence[str]) -> dict[str, list[Any]]:
    """The samples of a data set, by field."""
    if not len(data):
        raise ValueError("the data set is empty")
    samples = [data[index] for index in range(len(data))]
    first = samples[0]
    if not isinstance(first, Mapping):
        if len(first) < len(fields):
            raise ValueError(f"a sample has {len(first)} parts; the network reads {len(fields)}: {', '.join(fields)}")
        samples = [dict(zip(fields, sample, strict=False)) for sample in samples]
    return {
        name: [sample[name] if isinstance(sample[name], str) else np.asarray(sample[name]) for sample in samples]
        for name in samples[0]
    }


def _typed(values: NDArray[Any], dtype: str) -> NDArray[Any]:
    """Real numbers as float32, whole ones as int64; nothing is written to any more."""
    made = np.ascontiguousarray(values, np.float32 if dtype == "float" else np.int64)
    made = made.copy() if made is values else made
    made.flags.writeable = False
    return made
