"""What a run remembers of itself: the file ``record.json`` in its folder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec.structs import asdict, replace

from visualnet.training.events import Processes
from visualnet.training.run_records import bounded_file
from visualnet.training.run_records.bounded_file import MAX_ENTRIES, MAX_WORDS, finite_figures, plain_values, short_text
from visualnet.training.run_records.revision import Revision

RECORD = "record.json"
FORMAT = 1
RUNNING = "training"
"""The state of a record whose run has begun and has not said how it ended."""
NETWORK = re.compile(r"network-(0|[1-9]\d{0,5})")
"""How the folder of a network that a run trained earlier is called, and the checkpoint in it."""
EPOCH_WEIGHTS = re.compile(r"epoch-([1-9]\d{0,6})")
"""How the weights that were kept after an epoch are called, as a checkpoint."""
STATES = ("waiting", RUNNING, "done", "stopped", "failed", "interrupted")

Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Text = Annotated[str, msgspec.Meta(max_length=MAX_WORDS)]
Values = Annotated[Mapping[Text, bool | int | float | Text], msgspec.Meta(max_length=MAX_ENTRIES)]
Figures = Annotated[Mapping[Text, float], msgspec.Meta(max_length=MAX_ENTRIES)]
Texts = Annotated[Mapping[Text, Text], msgspec.Meta(max_length=MAX_ENTRIES)]


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Where a run began if not from its own first weights.

    ``kind``: ``branch`` (weights, and with ``optimizer`` its state, of a checkpoint), ``again`` (the same project and seeds once more),
    ``search`` or ``experiment`` (a trial; ``run`` is then the search's own name), ``weights`` (others than a run's; ``run`` is their name).
    ``checkpoint``: ``best``, ``last``, ``before-last``, the best weights of an earlier network (``network-0`` …), or
    the weights after an epoch (``epoch-8`` …).
    """

    kind: Text = ""
    run: Text = ""
    checkpoint: Text = ""
    step: Count = 0
    epoch: Count = 0
    optimizer: bool = False


class RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What a run remembers: written when it begins and when it ends.

    ``network``: the mark of its network (`runs/network_mark.py`); ``recipe``: recipe, data options and constants by address
    (`recipe_values.py`); ``varied``: those that a search or an experiment set. ``data``: the data's fingerprint; ``sizes``: samples for
    training, validation and test. ``started`` and ``ended`` are seconds since 1970, ``duration`` seconds of training without pauses.
    ``best`` and ``last``: the values of the best and the last epoch, those on the validation set with ``validation_`` before their names.
    ``place``: the folder in which the project's file lay.
    """

    format: int = FORMAT
    id: Text = ""
    project: Text = ""
    network: Text = ""
    parameters: Count = 0
    networks: Count = 0
    """How often the network was changed while it ran."""
    changes: Count = 0
    """How often settings were changed while it ran."""
    recipe: Values = {}
    varied: Values = {}
    data_name: Text = ""
    data: Text = ""
    sizes: tuple[Count, ...] = ()
    seeds: Annotated[Mapping[Text, int], msgspec.Meta(max_length=MAX_ENTRIES)] = {}
    versions: Texts = {}
    device: Text = ""
    threads: Count = 0
    machine: Text = ""
    processes: Processes = Processes()
    """Those that computed it together, of the session that was begun last; device and threads are those of the first of them."""
    place: Text = ""
    revision: Revision | None = None
    origin: Origin | None = None
    started: float = 0.0
    ended: float | None = None
    duration: float = 0.0
    state: Text = "waiting"
    words: Text = ""
    """Why it failed."""
    epochs: Count = 0
    planned_epochs: Count = 0
    steps: Count = 0
    best_by: Text = "loss"
    best_is: Text = "min"
    best_epoch: Count = 0
    best: Figures = {}
    last: Figures = {}
    metrics: Annotated[tuple[Text, ...], msgspec.Meta(max_length=MAX_ENTRIES)] = ()

    @property
    def best_value(self) -> float | None:
        """The value by which the best epoch was chosen: on the validation set where there was one."""
        return self.best.get(f"validation_{self.best_by}", self.best.get(self.best_by))


def parse_record(data: bytes, name: str = RECORD) -> RunRecord:
    """The record that these bytes describe. What a newer version added is left out.

    Raises:
        ValueError: they describe none, or break a bound; the words say why.
    """
    record = bounded_file.parse(data, RunRecord, name)
    if record.format < 1 or record.state not in STATES:
        raise ValueError(f"{name} cannot be read: its format or its state is none that this program knows")
    return record


def read_file(folder: Path) -> RunRecord:
    """The record as its file has it; the run's id is always the folder's name.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it cannot be read.
    """
    record = bounded_file.read(folder / RECORD, RunRecord)
    if record.format < 1 or record.state not in STATES:
        raise ValueError(f"{RECORD} cannot be read: its format or its state is none that this program knows")
    return replace(record, id=folder.name)


def write_record(folder: Path, record: RunRecord) -> None:
    """Put a record into a run's folder, whole or not at all. What no file can hold (NaN, endless texts) is left out.

    Raises:
        FileError: it cannot be written.
    """
    bounded_file.write(folder / RECORD, clip_record(record))


def clip_record(record: RunRecord) -> RunRecord:
    """The record within the bounds in which it is read."""
    fields: dict[str, Any] = {}
    for name, value in asdict(record).items():
        if name in ("best", "last"):
            fields[name] = finite_figures(value)
        elif name in ("recipe", "varied"):
            fields[name] = plain_values(value)
        elif name in ("seeds", "versions"):
            fields[name] = {short_text(key): short_text(v) if isinstance(v, str) else v for key, v in value.items()}
        elif name == "metrics":
            fields[name] = tuple(short_text(one) for one in value[:MAX_ENTRIES])
        elif isinstance(value, str):
            fields[name] = short_text(value)
    return replace(record, **fields)


def prepare_record(
    folder: Path,
    *,
    place: Path | None = None,
    origin: Origin | None = None,
    varied: Mapping[str, Any] | None = None,
) -> None:
    """Say of a run that has not begun where its project's file lies, what it comes from, and what a search set: the Session keeps it.

    Raises:
        FileError: it cannot be written.
    """
    known = RunRecord(id=folder.name, place=str(place or ""), origin=origin, varied=dict(varied or {}))
    write_record(folder, known)
