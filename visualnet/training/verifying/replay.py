"""A kept run trained once more, without a folder, and held against its record to the last bit."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from msgspec.structs import replace

from visualnet.core.project import Project
from visualnet.core.text.format import capitalize_first
from visualnet.layers.recipe.live_settings import is_live, set_values
from visualnet.pytorch import need_torch
from visualnet.training import events
from visualnet.training.control import Control
from visualnet.training.run_records.from_log import read_record
from visualnet.training.runs.run_model import RunModel, read_project, read_run
from visualnet.training.verifying.comparing import Comparison, compare, describe_surroundings

if TYPE_CHECKING:
    from visualnet.data.loading import Loaded

LOOK_S = 1.0
"""So often what was repeated so far is compared; from the first departure on nothing more is trained."""
Check = Callable[[float], None]
Kind = Literal["equal", "departs", "cannot"]


class Verdict(NamedTuple):
    """What came of training a run again. ``equal``: to the last bit; ``departs``: ``comparison`` says where; ``cannot``: ``words`` say why
    it could not be trained again, or not to the end."""

    kind: Kind
    words: str
    comparison: Comparison | None = None
    differs: tuple[str, ...] = ()
    """What is not as it was there, as ``torch 2.12.0 there, 2.13.0 here``."""

    def describe(self) -> str:
        """All of it in words."""
        parts = [self.words]
        if self.kind != "equal":
            if self.differs:
                parts.append(f"What differs between the two: {'; '.join(self.differs)}.")
            elif self.kind == "departs":
                parts.append("No version, device or number of threads is known to differ.")
        return " ".join(parts)

    def as_data(self) -> dict[str, Any]:
        """For programs."""
        found: dict[str, Any] = {"verdict": self.kind, "words": self.describe(), "differs": list(self.differs)}
        if self.comparison is not None:
            departure = self.comparison.departure
            found |= {"steps": self.comparison.steps, "epochs": self.comparison.epochs}
            found["departure"] = departure._asdict() if departure is not None else None
        return found


def verify_run(folder: Path, check: Check = lambda share: None) -> Verdict:
    """Train the run of a folder again, from its project, data and seeds, and compare every value that its record holds.

    Nothing is written. Settings that were changed while it ran are changed again at their steps; where another network took its place, it
    is followed up to there. ``check`` is called with the share that is done, and may raise to end the work.

    Raises:
        NoTorch: PyTorch is not installed.
    """
    project, kept = read_project(folder), read_run(folder)
    if project is None or kept.started is None or not kept.step:
        return Verdict("cannot", "There is no record of its steps, or its project cannot be read.")
    need_torch()
    from visualnet.data.loading import load
    from visualnet.training import devices

    devices.prepare()
    begun = _as_begun(project, kept)
    if begun.recipe.start_from:
        name = Path(begun.recipe.start_from).name
        try:
            from visualnet.training.transfer.start import find_weights

            find_weights(begun.recipe.start_from)
        except ValueError:
            return Verdict("cannot", f"It began from the weights “{name}”, which are not here.")
    try:
        data = load(begun.data, lambda share: check(share / 10))
    except ValueError as error:
        return Verdict("cannot", f"Its data are not here, so it cannot be trained again: {error}.")
    if kept.started.data and data.fingerprint != kept.started.data:
        words = "The data are not those that it was trained on (their fingerprint differs), so nothing can be said of its losses."
        return Verdict("cannot", words)
    try:
        devices.device_of(begun.recipe.device)
    except ValueError:
        begun = replace(begun, recipe=replace(begun.recipe, device="auto"))
    again, failed = _repeat(begun, data, kept, lambda share: check(0.1 + 0.9 * share))
    return _judge(folder, kept, again, failed)


def _as_begun(project: Project, kept: RunModel) -> Project:
    """The project as it was before the first step: its folder's may already hold settings that were changed later."""
    values = {one.setting: one.before for event in reversed(kept.changes) for one in event.changes}
    return set_values(project, {setting: value for setting, value in values.items() if is_live(project, setting)})


def _repeat(project: Project, data: Loaded, kept: RunModel, check: Check) -> tuple[RunModel, str]:
    """The record of the repetition, which ends with the record or at the first departure; and why it failed, if it did."""
    from visualnet.training.loop.session import Session, TrainingLoop

    again, control = RunModel(), Control()
    last = min([kept.step, *(network.step for network in kept.networks)])
    raised: list[BaseException] = []
    looked = [time.monotonic()]

    class Replay(Session):
        def _set_up(self, emit: Callable[[events.Event], None]) -> TrainingLoop:
            loop = super()._set_up(emit)
            loop.changes.resume((), 0, (), kept.changes)
            return loop

    def hear(event: events.Event) -> None:
        again.consume(event)
        if not isinstance(event, events.Steps | events.Progress) or control.stopping:
            return
        try:
            check(min(again.step / last, 1.0))
        except BaseException as error:  # told behind the training, which would take it for a fault of its own
            raised.append(error)
            control.stop()
        if again.step >= last and kept.state != "done":
            control.stop()
        if time.monotonic() - looked[0] >= LOOK_S:
            looked[0] = time.monotonic()
            if compare(kept, again).departure is not None:
                control.stop()

    assert kept.started is not None
    Replay(project, data, hear, control, threads=kept.started.threads or None).run()
    if raised:
        raise raised[0]
    return again, again.failed.words if again.failed is not None else ""


def _judge(folder: Path, kept: RunModel, again: RunModel, failed: str) -> Verdict:
    found = compare(kept, again)
    differs = tuple(_surroundings_differ(folder, kept, again))
    limit = kept.networks[0].step if kept.networks else None
    if found.departure is not None:
        return Verdict("departs", found.describe(), found, differs)
    same_failure = bool(failed) and kept.failed is not None
    if not found.equal and limit is not None and again.step >= limit:
        words = f"Equal to the last bit up to step {limit:,}, where another network took its place; what follows is not compared."
        return Verdict("equal", words, found, differs)
    if failed and not same_failure:
        return Verdict("cannot", f"It could not be trained again: {capitalize_first(failed)}.", found, differs)
    return Verdict("equal" if found.equal else "cannot", found.describe(), found, differs)


def _surroundings_differ(folder: Path, kept: RunModel, again: RunModel) -> Sequence[str]:
    from visualnet.training.run_records.writer import list_versions

    try:
        there = dict(read_record(folder).versions)
    except ValueError:
        there = {}
    here = list_versions()
    for told, model in ((there, kept), (here, again)):
        if model.started is not None:
            told |= {
                "torch": model.started.torch,
                "device": model.started.device,
                "threads": str(model.started.threads),
            }
    return describe_surroundings(there, here)
