"""All that a training run tells. Frozen values: the only thing that leaves the training thread, and what its log holds, one a line.

An event with a ``key`` may be dropped where the reader is slow: the newest of a key stands for the older ones.
"""

from __future__ import annotations

import math
import time as clock
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

import msgspec

from visualnet.analysis.compare.weights_kept import EarlierWeights
from visualnet.core.text.format import format_bytes, format_quantity
from visualnet.training.recipe.live_settings import SettingChange

Numbers = Mapping[str, float | None]
"""Values by name; None stands for one that is not finite."""


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event"):
    """Base of all events. ``time`` is in seconds since 1970."""

    key: ClassVar[str | None] = None
    logged: ClassVar[bool] = True
    time: float = msgspec.field(default_factory=clock.time)


LOG_FORMAT = 1
"""Of what is written here. A log of a higher one may tell of things that this version does not know."""


class Processes(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The processes that compute a run together, and how: one alone, or several that torchrun has started."""

    count: Annotated[int, msgspec.Meta(ge=1, le=1 << 20)] = 1
    hosts: Annotated[int, msgspec.Meta(ge=1, le=1 << 20)] = 1
    """On so many machines."""
    shard: bool = False
    """Each keeps only its part of the weights (``--shard``)."""
    sync_batchnorm: bool = False
    """Batch normalization takes the statistics of the whole batch (``--sync-batchnorm``)."""

    @property
    def words(self) -> str:
        """``4 processes on 2 machines, weights divided``; ``1 process``."""
        told = [format_quantity(self.count, "process", "processes")]
        if self.hosts > 1:
            told[0] += f" on {self.hosts:,} machines"
        told += ["weights divided"] * self.shard + ["batch statistics of all"] * self.sync_batchnorm
        return ", ".join(told)


class Started(Event, frozen=True, tag="started"):
    """Training begins, or goes on from ``step``. ``device`` and ``threads`` are those of the first of its processes."""

    run: str
    device: str
    threads: int
    parameters: int
    epochs: int
    steps_per_epoch: int
    batch_size: int
    sizes: tuple[int, int, int]
    """Samples for training, validation and test."""
    best_by: str
    """The name of the value by which the best epoch is chosen: ``loss`` or a metric."""
    best_is: str = "min"
    metrics: tuple[str, ...] = ()
    """The metrics among the values, by node name."""
    losses: tuple[str, ...] = ()
    learners: Mapping[str, str] = {}
    """How each of several learners makes its steps, in words, by name."""
    lowers: Mapping[str, tuple[str, ...]] = {}
    """The losses of each of several learners, by name."""
    step: int = 0
    epoch: int = 0
    data: str = ""
    """The data's fingerprint."""
    torch: str = ""
    machine: str = ""
    """What is switched on in the machine, in a few words (``layers.recipe.machine``)."""
    changes: int = 0
    """How many ``Changed`` events of the run's record, its first ones, are in force: those behind them were not reached."""
    network: int = 0
    """How often the network was changed so far."""
    processes: Processes = Processes()
    format: int = LOG_FORMAT


def sums_learners(started: Started) -> bool:
    """Whether the best epoch of a run is told by the sum of several learners' losses: where they work against each other that says little
    of how good the network is."""
    return len(started.learners) > 1 and started.best_by == "loss"


class LearnerSteps(msgspec.Struct, frozen=True, kw_only=True):
    """What is told of one of several learners beside the values: as in ``Steps``."""

    lr: float
    rates: Sequence[float] = ()
    clipped: int = 0
    skipped: int = 0


class Steps(Event, frozen=True, tag="steps"):
    """The training values of some steps, the last of which is ``step``; in succession, unless ``steps`` names them. At most 20 a second."""

    step: int
    epoch: int
    lr: float
    values: Mapping[str, Sequence[float | None]]
    rates: Sequence[float] = ()
    """The learning rate of each of these steps, where a schedule moves it."""
    clipped: int = 0
    """In how many of them gradients were clipped."""
    skipped: int = 0
    """How many of them were skipped because their gradients overflowed."""
    learners: Mapping[str, LearnerSteps] = {}
    """Of several learners by name; ``lr`` and ``rates`` are then those of the first. A step is a round of them."""
    steps: Sequence[int] = ()
    """Which steps these are, where a log leaves some out (``event_log/thinning.py``)."""

    @property
    def count(self) -> int:
        """How many steps."""
        return len(next(iter(self.values.values()), ()))

    @property
    def numbers(self) -> Sequence[int]:
        """The numbers of these steps, rising."""
        if len(self.steps) == self.count > 0 and all(a < b for a, b in zip(self.steps, self.steps[1:], strict=False)):
            return self.steps
        return range(self.step - self.count + 1, self.step + 1)


class EpochDone(Event, frozen=True, tag="epoch"):
    """An epoch is complete: means over its samples, in training and on the validation set (empty if there is none)."""

    epoch: int
    """Counted from 1."""
    step: int
    train: Numbers
    validation: Numbers
    seconds: float
    samples_per_s: float
    is_best: bool = False
    best_epoch: int = 0
    best: float | None = None
    average: Numbers = {}
    """The validation means of the averaged copy of the weights; empty where there is none."""


class Progress(Event, frozen=True, tag="progress"):
    """Where the run is. ``step`` counts over all epochs; ``watching`` is the share of time that watching has cost."""

    key: ClassVar[str | None] = "progress"
    logged: ClassVar[bool] = False
    step: int
    steps: int
    epoch: int
    epochs: int
    samples_per_s: float
    eta_s: float
    watching: float = 0.0
    phase: str = "training"
    """``training`` or ``validation``."""


class Compiling(Event, frozen=True, tag="compiling"):
    """The network is translated to machine code; until that is done, which is told by the next ``Progress``, nothing is obeyed."""

    key: ClassVar[str | None] = "progress"
    logged: ClassVar[bool] = False


class Grid(msgspec.Struct, frozen=True):
    """What the network answers over a region of its input, in the data's own units.

    For points: ``values`` (K, rows, columns), the first row at ``low[1]``; for a curve: ``values`` (K, points).
    ``share`` tells that the values are probabilities.
    """

    low: tuple[float, ...]
    high: tuple[float, ...]
    values: Any
    share: bool


class ProbeReport(Event, frozen=True, tag="watched"):
    """What flows at the watched ports for one sample: float32 arrays without the batch axis, by (path, port)."""

    logged: ClassVar[bool] = False
    step: int
    sample: int
    arrays: Mapping[tuple[tuple[str, ...], str], Any]
    outputs: Mapping[str, Any] = {}
    """What the network answers, by output name; as probabilities where the answer is classes."""
    fields: Mapping[str, Any] = {}
    """The sample itself, before it is normalised."""
    grid: Grid | None = None
    cost_s: float = 0.0
    own: bool = False
    """It is a sample that the person made; nothing is known of its targets."""
    observed: Mapping[Any, Any] = {}
    """By `ObservationRequest` a `Result`, or the words why there is none; those alone that were due."""
    asked: Any = None
    """The `ProbeRequest` that this answers."""
    copy: int = 0
    weights: Any = None
    """The weights after this step by name, where the copy of that number was asked for."""

    @property
    def key(self) -> str | None:  # type: ignore[override]
        """Only the newest counts; but a copy of the weights is made once, and must arrive."""
        return "watched" if self.weights is None else None


class Paused(Event, frozen=True, tag="paused"):
    """The run waits; nothing is lost if the program ends now."""

    step: int


class Resumed(Event, frozen=True, tag="resumed"):
    """The run goes on after a pause."""

    step: int


class NetworkChanged(Event, frozen=True, tag="network"):
    """From ``step`` on another network is trained: which layers kept their weights, which began anew and why, which got weights back (and
    until which step they had them), and which are gone. ``earlier`` says what can be had back from now on."""

    step: int
    epoch: int
    number: int
    """Counted from 1."""
    words: str
    kept: tuple[str, ...] = ()
    anew: Mapping[str, str] = {}
    back: Mapping[str, int] = {}
    gone: tuple[str, ...] = ()
    earlier: tuple[EarlierWeights, ...] = ()
    parameters: int = 0
    metrics: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
    lowers: Mapping[str, tuple[str, ...]] = {}
    best_by: str = "loss"
    best_is: str = "min"


class Changed(Event, frozen=True, tag="changed"):
    """Settings that are other ones from the step after ``step`` on. ``steps_per_epoch`` counts from there."""

    step: int
    changes: tuple[SettingChange, ...]
    steps_per_epoch: int


class CheckpointSaved(Event, frozen=True, tag="checkpoint"):
    """All that is needed to go on from ``step`` is in the run's folder."""

    step: int
    epoch: int
    seconds: float


class Memory(Event, frozen=True, tag="memory"):
    """Bytes that training took on the device at its fullest moment (None where nothing measures it), and the forecast."""

    step: int
    device: str
    peak: int | None
    forecast: int

    def describe(self) -> str:
        """Both in words; on the CPU nothing measures it."""
        forecast = f"{format_bytes(self.forecast)} forecast"
        return (
            f"memory {format_bytes(self.peak)} at most, {forecast}"
            if self.peak
            else f"memory not measured here, {forecast}"
        )


class Trouble(Event, frozen=True, tag="trouble"):
    """Something went wrong that does not end the run: the words say what, and what to do."""

    words: str


class Finished(Event, frozen=True, tag="finished"):
    """The run is over. ``reason`` is ``done`` or ``stopped``."""

    reason: str
    step: int
    epoch: int
    seconds: float
    best_epoch: int = 0
    best: float | None = None
    early: bool = False
    """Whether early stopping ended it before its last epoch."""


class Failed(Event, frozen=True, tag="failed"):
    """The run cannot go on. ``path`` leads to the guilty node, if one is known; ``kind`` is for tests and icons.

    Kinds: ``graph``, ``data``, ``unreadable`` (samples cannot be read any more; the state is kept), ``nonfinite``, ``memory``, ``error``,
    ``process`` (its process ended without a word), ``processes`` (others of the run are gone).
    """

    kind: str
    words: str
    path: tuple[str, ...] = ()
    traceback: str = ""
    step: int = 0


Logged = (
    Started
    | Steps
    | EpochDone
    | Paused
    | Resumed
    | NetworkChanged
    | Changed
    | CheckpointSaved
    | Memory
    | Trouble
    | Finished
    | Failed
    | Progress
    | Compiling
)
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Logged)


def encode(event: Event) -> bytes:
    """The event as one line of JSON, without the line's end."""
    return _encoder.encode(event)


def decode(line: bytes) -> Event:
    """The event that a line of JSON holds.

    Raises:
        ValueError: the line is torn, or no event.
    """
    try:
        event: Event = _decoder.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ValueError(str(error)) from None
    return event


def finite(value: float) -> float | None:
    """The value, or None if it is not finite."""
    return value if math.isfinite(value) else None
