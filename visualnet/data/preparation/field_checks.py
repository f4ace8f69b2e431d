"""Which fields a step is for, and the words where there is none of that kind."""

from __future__ import annotations

from collections.abc import Mapping

from visualnet.layers.declaration.layer import Column, Spec

MASK, BOXES, BOX_LABELS = "mask", "boxes", "box_labels"
"""What goes with an image and is changed as it is."""
PADDING_LABEL = -100
"""The class of a box that is none: it fills up the boxes of an image, and losses leave it out."""
LEAST_SIDE = 1.0
"""A box of which less than so many pixels are left on a side is left out."""
NORMALISED = "normalised"
"""What `Spec.holds` says of a field that a step has normalised: its colours are not from 0 to 1 any more."""


def get_field(
    fields: Mapping[str, Spec], name: str, rank: int | tuple[int, ...], kind: str, dtype: str = "float"
) -> Spec:
    """The field of this name, which is of so many axes and of this type; ``kind`` says in words what is wanted.

    Raises:
        ValueError: it is not there, or is something else; the words say what there is.
    """
    ranks = rank if isinstance(rank, tuple) else (rank,)
    fitting = [n for n, spec in fields.items() if len(spec.shape) in ranks and spec.dtype == dtype]
    there = f"choose {' or '.join(f'“{n}”' for n in fitting)}" if fitting else f"no field of these data is {kind}"
    if name not in fields:
        raise ValueError(f"there is no field “{name}”: {there}")
    spec = fields[name]
    if len(spec.shape) not in ranks or spec.dtype != dtype:
        raise ValueError(f"“{name}” is {describe(spec)}, and {kind} is wanted: {there}")
    return spec


def get_image(fields: Mapping[str, Spec], name: str) -> Spec:
    """The image (channels, height, width) of this name."""
    return get_field(fields, name, 3, "an image (channels × height × width)")


def get_sound(fields: Mapping[str, Spec], name: str) -> Spec:
    """The sound (channels, samples) of this name."""
    spec = get_field(fields, name, 2, "a sound (channels × samples)")
    if spec.axes[:1] not in ((), ("C",)):
        raise ValueError(f"“{name}” is a series, and a sound (channels × samples) is wanted")
    return spec


def get_table(fields: Mapping[str, Spec], name: str) -> tuple[Spec, tuple[Column, ...]]:
    """The table of this name, or the series, and its columns; where nothing is known of them they are numbers."""
    spec = get_field(fields, name, (1, 2), "a row of numbers")
    if len(spec.shape) == 2 and spec.axes[:1] == ("C",):
        raise ValueError(f"“{name}” is a sound, and a row of numbers is wanted")
    width = spec.shape[-1]
    if not width:
        raise ValueError(f"the samples of “{name}” differ in how many columns they have")
    return spec, spec.columns or tuple(Column(f"column {at}") for at in range(1, width + 1))


def describe(spec: Spec) -> str:
    """A field in words: ``3×?×? numbers`` where extents differ."""
    kind = {"float": "real", "int": "whole"}.get(spec.dtype, spec.dtype)
    if not spec.shape:
        return f"a single {kind} number"
    return f"{describe_sizes(spec)} {kind} numbers"


def describe_sizes(spec: Spec) -> str:
    """The sizes of a field: ``3×?×?`` where they differ from sample to sample; one number is 1."""
    return "×".join(str(extent) if extent else "?" for extent in spec.shape) or "1"
