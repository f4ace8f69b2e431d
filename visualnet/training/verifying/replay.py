"""A kept run trained once more, without a folder, and held against its record to the last bit."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from msgspec.structs import replace

from visualnet.core.project import Project
from visualnet.core.text.format import capitalize_first
from visualnet.pytorch import need_torch
from visualnet.training import events
from visualnet.training.control import Control
from visualnet.training.distributed.process_group import ProcessGroup
from visualnet.training.run_records.from_log import read_record
from visualnet.training.runs.run_changes import project_of_run
from visualnet.training.runs.run_model import RunModel, read_run
from visualnet.training.verifying.comparing import RunComparison, compare, describe_surroundings

if TYPE_CHECKING:
    from visualnet.data.loading import Loaded
    from visualnet.training.verifying.weights import WeightWitness

LOOK_S = 1.0
"""So often what was repeated so far is compared; from the first departure on nothing more is trained."""
Check = Callable[[float], None]
Kind = Literal["equal", "departs", "cannot"]


class ReplayVerdict(NamedTuple):
    """What came of training a run again. ``equal``: to the last bit; ``departs``: ``comparison`` says where; ``cannot``: ``words`` say why
    it could not be trained again, or not to the end."""

    kind: Kind
    words: str
    comparison: RunComparison | None = None
    differs: tuple[str, ...] = ()
    """What is not as it was there, as ``torch 2.12.0 there, 2.13.0 here``."""
    weights: tuple[str, ...] = ()
    """Which kept weights were compared too: ``of the best epoch``, ``of the end``, ``of their average``."""

    def describe(self) -> str:
        """All of it in words."""
        parts = [self.words]
        if self.kind != "equal":
            if self.differs:
                parts.append(f"What differs between the two: {'; '.join(self.differs)}.")
            elif self.kind == "departs":
                parts.append("No version, device or number of threads or processes is known to differ.")
        return " ".join(parts)

    def as_data(self) -> dict[str, Any]:
        """For programs."""
        found: dict[str, Any] = {"verdict": self.kind, "words": self.describe(), "differs": list(self.differs)}
        found["weights"] = list(self.weights)
        if self.comparison is not None:
            departure = self.comparison.departure
            found |= {"steps": self.comparison.steps, "epochs": self.comparison.epochs}
            found["departure"] = departure._asdict() if departure is not None else None
        return found


def verify_run(folder: Path, check: Check = lambda share: None) -> ReplayVerdict:
    """Train the run of a folder again, from its project, data and seeds, and compare every value that its record holds, and the weights
    that it kept of its best epoch and of its end.

    Nothing is written. Settings that were changed while it ran are changed again at their steps; where another network took its place, it
    is followed up to there. ``check`` is called with the share that is done, and may raise to end the work.

    Raises:
        NoTorch: PyTorch is not installed.
    """
    kept = read_run(folder)
    if kept.started is None or not kept.step:
        return ReplayVerdict("cannot", "There is no record of its steps.")
    try:
        begun = project_of_run(folder)
    except ValueError as error:
        return ReplayVerdict("cannot", f"What it began with is not known: {error}")
    if kept.processes.count > 1:
        return ReplayVerdict("cannot", explain_processes(kept.processes))
    need_torch()
    from visualnet.data.loading import load
    from visualnet.training import devices

    devices.prepare()
    if begun.recipe.start_from:
        name = Path(begun.recipe.start_from).name
        try:
            from visualnet.training.transfer.initial_weights import find_weights

            find_weights(begun.recipe.start_from)
        except ValueError:
            return ReplayVerdict("cannot", f"It began from the weights “{name}”, which are not here.")
    try:
        data = load(begun.data, lambda share: check(share / 10))
    except ValueError as error:
        return ReplayVerdict("cannot", f"Its data are not here, so it cannot be trained again: {error}.")
    if kept.started.data and data.fingerprint != kept.started.data:
        words = "The data are not those that it was trained on (their fingerprint differs), so nothing can be said of its losses."
        return ReplayVerdict("cannot", words)
    try:
        devices.device_of(begun.recipe.device)
    except ValueError:
        begun = replace(begun, recipe=replace(begun.recipe, device="auto"))
    return _judge(folder, kept, _repeat(begun, data, kept, lambda share: check(0.1 + 0.9 * share)))


def explain_processes(processes: events.Processes) -> str:
    """Why one process cannot repeat the run of several to the bit, and what can."""
    nodes = f"--nnodes {processes.hosts} " if processes.hosts > 1 else ""
    switches = " --shard" * processes.shard + " --sync-batchnorm" * processes.sync_batchnorm
    each = -(-processes.count // processes.hosts)
    return (
        f"It was trained by {processes.words}: one process adds up gradients in another order and draws other chance, so its losses cannot "
        f"be the same to the last bit. As many can: torchrun {nodes}--nproc-per-node {each} -m visualnet train PROJECT{switches}, and then "
        "compare the two runs (visualnet runs --difference)."
    )


class _Repetition(NamedTuple):
    """``failed``: why it could not be trained, or not to the end. ``witness`` knows its weights, where it was set up."""

    record: RunModel
    failed: str
    witness: WeightWitness | None


class _End(NamedTuple):
    """Up to where a run is repeated: a step, and how many epochs are closed by then."""

    step: int
    epochs: int
    exact: bool
    """It ends there, though the recipe goes on."""


def _end_of(kept: RunModel) -> _End:
    if kept.networks:
        return _End(kept.networks[0].step, kept.networks[0].epoch, True)
    return _End(kept.step, kept.epochs_done, kept.state != "done")


class _StepByStep(ProcessGroup):
    """One process that looks up from its steps once more where a repetition may have to end."""

    def __init__(self, stands_at: Callable[[], int], last: int) -> None:
        self._stands_at, self._last = stands_at, last

    def is_due(self, wanted: bool) -> bool:
        return wanted or self._stands_at() >= self._last


def _repeat(project: Project, data: Loaded, kept: RunModel, check: Check) -> _Repetition:
    """Train it once more: to the end of the record, or to the first departure."""
    from visualnet.training.loop.session import Session, TrainingLoop
    from visualnet.training.verifying.weights import WeightWitness

    again, control, end = RunModel(), Control(), _end_of(kept)
    raised: list[BaseException] = []
    looked = [time.monotonic()]
    loops: list[TrainingLoop] = []
    witnesses: list[WeightWitness] = []

    class Replay(Session):
        def _set_up(self, emit: Callable[[events.Event], None]) -> TrainingLoop:
            loop = super()._set_up(emit)
            loop.changes.resume((), 0, (), [event for event in kept.changes if event.step <= end.step])
            loop.checkpointer = WeightWitness(loop)
            loops.append(loop)
            witnesses.append(loop.checkpointer)
            return loop

    def hear(event: events.Event) -> None:
        again.consume(event)
        if not isinstance(event, events.Steps | events.Progress | events.EpochDone) or control.stopping:
            return
        try:
            check(min(again.step / end.step, 1.0) if end.step else 1.0)
        except BaseException as error:  # told behind the training, which would take it for a fault of its own
            raised.append(error)
            control.stop()
        if end.exact and again.step >= end.step and again.epochs_done >= end.epochs:
            control.stop()
        if time.monotonic() - looked[0] >= LOOK_S:
            looked[0] = time.monotonic()
            if compare(kept, again, end.step).departure is not None:
                control.stop()

    assert kept.started is not None
    group = _StepByStep(lambda: loops[0].state.step, end.step)
    Replay(project, data, hear, control, threads=kept.started.threads or None, group=group).run()
    if raised:
        raise raised[0]
    failed = again.failed.words if again.failed is not None else ""
    return _Repetition(again, failed, witnesses[0] if witnesses else None)


def _judge(folder: Path, kept: RunModel, repeated: _Repetition) -> ReplayVerdict:
    again, failed, end = repeated.record, repeated.failed, _end_of(kept)
    found = compare(kept, again, end.step)
    differs = tuple(_surroundings_differ(folder, kept, again))
    if found.departure is not None:
        return ReplayVerdict("departs", found.describe(), found, differs)
    if failed and not kept.failed:
        return ReplayVerdict("cannot", f"It could not be trained again: {capitalize_first(failed)}.", found, differs)
    if not found.equal:
        return ReplayVerdict("cannot", found.describe(), found, differs)
    compared: list[str] = []
    if repeated.witness is not None:
        from visualnet.training.verifying.weights import find_departures

        compared, departures = find_departures(folder, repeated.witness, "network-0" if kept.networks else "")
        if departures:
            words = f"{found.describe()} {' '.join(departures)}"
            return ReplayVerdict("departs", words, found, differs, tuple(compared))
    words = found.describe()
    if kept.networks:
        words = f"Equal to the last bit up to step {end.step:,}, where another network took its place; what follows is not compared."
    if compared:
        *others, last = compared
        told = f"{', '.join(others)} and {last}" if others else last
        words += f" So are the weights {told}."
    return ReplayVerdict("equal", words, found, differs, tuple(compared))


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
                "processes": model.started.processes.words,
            }
    return describe_surroundings(there, here)
