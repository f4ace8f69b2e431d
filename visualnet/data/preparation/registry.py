"""Every step of preparation; importing this fills `STEPS`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from visualnet.core.project import PreparationStep
from visualnet.data.preparation.step import STEPS, Step
from visualnet.layers.declaration.layer import Spec

__all__ = ["STEPS", "make_steps", "prepared_specs"]


def make_steps(steps: Iterable[PreparationStep]) -> tuple[Step, ...]:
    """The steps with their settings read.

    Raises:
        ValueError: there is no such step, or it cannot read a setting.
    """
    found = []
    for at, chosen in enumerate(steps, 1):
        kind = STEPS.get(chosen.kind)
        if kind is None:
            raise ValueError(f"step {at} of the preparation is “{chosen.kind}”, which this version does not know")
        found.append(kind(chosen.options))
    return tuple(found)


def prepared_specs(fields: Mapping[str, Spec], steps: Iterable[Step]) -> dict[str, Spec]:
    """What samples hold behind all steps.

    Raises:
        ValueError: a step does not fit; or samples still differ in size behind the last.
    """
    found = dict(fields)
    for at, chosen in enumerate(steps, 1):
        try:
            found = chosen.specs(found)
        except ValueError as error:
            raise ValueError(f"step {at} of the preparation ({chosen.title}): {error}") from None
    for name, spec in found.items():
        if 0 in spec.shape:
            raise ValueError(f"the samples of “{name}” differ in size: let the preparation bring them to one size")
    return found
