"""Every step of preparation; importing this fills `STEPS`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from visualnet.core.graph import Value
from visualnet.core.project import PreparationStep
from visualnet.data.preparation import image_steps, sound_steps, table_steps, text_steps
from visualnet.data.preparation.augmentation import geometry_steps, mixing_steps, pixel_steps
from visualnet.data.preparation.step import STEPS, Step
from visualnet.layers.declaration.layer import Spec
from visualnet.layers.declaration.params import Field

__all__ = [
    "GROUPS",
    "STEPS",
    "check_prepared",
    "geometry_steps",
    "image_steps",
    "make_steps",
    "mixing_steps",
    "offer_step",
    "pixel_steps",
    "prepared_specs",
    "sound_steps",
    "specs_behind",
    "table_steps",
    "text_steps",
]

GROUPS = {
    "image": "Images",
    "table": "Tables and series",
    "text": "Texts",
    "sound": "Sounds",
    "any": "Any numbers",
}
"""Where steps are offered, in this order."""


def make_steps(steps: Iterable[PreparationStep]) -> tuple[Step, ...]:
    """The steps with their settings read; those that are off are left out.

    Raises:
        ValueError: there is no such step, or it cannot read a setting.
    """
    found = []
    for at, chosen in enumerate((step for step in steps if not step.off), 1):
        kind = STEPS.get(chosen.kind)
        if kind is None:
            raise ValueError(f"step {at} of the preparation is “{chosen.kind}”, which this version does not know")
        try:
            found.append(kind(chosen.options))
        except ValueError as error:
            raise ValueError(f"step {at} of the preparation ({kind.title}): {error}") from None
    return tuple(found)


def specs_behind(fields: Mapping[str, Spec], steps: Sequence[Step]) -> list[dict[str, Spec]]:
    """What samples hold behind each of the steps.

    What augments works on what all other steps leave, wherever it stands among them.

    Raises:
        ValueError: a step does not fit; the words say which.
    """
    found: dict[int, dict[str, Spec]] = {}
    now = dict(fields)
    order = sorted(range(len(steps)), key=lambda at: steps[at].augments)
    for at in order:
        try:
            now = steps[at].specs(now)
        except ValueError as error:
            raise ValueError(f"step {at + 1} of the preparation ({steps[at].title}): {error}") from None
        found[at] = now
    return [found[at] for at in range(len(steps))]


def prepared_specs(fields: Mapping[str, Spec], steps: Iterable[Step]) -> dict[str, Spec]:
    """What samples hold behind all steps.

    Raises:
        ValueError: a step does not fit; or samples still differ in size behind the last.
    """
    known = tuple(steps)
    behind = specs_behind(fields, [step for step in known if not step.augments])
    found = behind[-1] if behind else dict(fields)
    check_prepared(found)
    specs_behind(fields, known)
    return found


def check_prepared(fields: Mapping[str, Spec]) -> None:
    """Whether samples with these fields can be put together into a batch.

    Raises:
        ValueError: they differ in size, or values are missing.
    """
    for name, spec in fields.items():
        if 0 in spec.shape:
            raise ValueError(f"the samples of “{name}” differ in size: let the preparation bring them to one size")
        lacking = [column.name for column in spec.columns if column.missing]
        if lacking:
            more = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
            raise ValueError(f"values are missing in the column “{lacking[0]}”{more}: let the preparation fill them in")


def offer_step(kind: type[Step], fields: Mapping[str, Spec]) -> PreparationStep | None:
    """This step with settings that fit the fields: its own, or those with another field; None where it fits none."""
    setting = next((name for name, param in kind.params.items() if isinstance(param, Field)), "")
    default = kind.params[setting].default if setting else ""
    for name in sorted(fields, key=lambda name: name != default):
        chosen: dict[str, Value] = {setting: name} if setting and name != default else {}
        for options in (chosen, {**chosen, **kind.suggest(fields[name])}):
            try:
                kind(options).specs(fields)
            except ValueError:
                continue
            return PreparationStep(kind=kind.name, options=options)
    return None
