"""A training in a process of its own beside one in the window's thread: how soon it begins, how fast it is, how soon one is attached to."""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.resources import resource
from visualnet.training import events
from visualnet.training.control import Control
from visualnet.training.process.follow import Follower
from visualnet.training.process.remote_control import RemoteControl
from visualnet.training.process.spawn import SpareProcess, TrainingProcess, train_in_process
from visualnet.training.runs.run_model import RunModel, create_run
from visualnet.training.training_job import train

ROUNDS = 5
EPOCHS = 4
Begin = Callable[[Path, Any, Callable[[object], None]], None]


def run() -> list[tuple[str, float, str, str]]:
    """LeNet-5 by thread, by a process that waited, and by one that is started; then one that goes on is attached to."""
    project = project_file.load(resource("templates", "lenet5.vnet"))
    project = replace(project, recipe=replace(project.recipe, epochs=EPOCHS, device="cpu"))
    with tempfile.TemporaryDirectory() as kept:
        places = (Path(kept) / str(number) for number in range(1000))
        _thread(project, next(places))  # imports, data
        spare, rows = SpareProcess(), []
        begins: dict[str, list[float]] = {"thread": [], "spare": [], "cold": []}
        speeds: dict[str, list[float]] = {"thread": [], "spare": [], "cold": []}
        for _ in range(ROUNDS):
            for name in begins:
                if name == "spare":
                    _ready(spare)
                begin, speed = (
                    _thread(project, next(places))
                    if name == "thread"
                    else _process(project, next(places), spare.take if name == "spare" else TrainingProcess)
                )
                begins[name].append(begin)
                speeds[name].append(speed)
        spare.close()
        of = {name: statistics.median(times) for name, times in begins.items()}
        fast = {name: statistics.median(values) for name, values in speeds.items()}
        rows += [
            ("first step, in a thread", of["thread"], "s", "torch is imported, data are read anew"),
            ("more in a process that waited", of["spare"] - of["thread"], "s", "promise: at most 0.3 s"),
            ("more in a process that is started", of["cold"] - of["thread"], "s", "imports torch first"),
            (
                "speed in a process ÷ in a thread",
                fast["spare"] / fast["thread"],
                "",
                "nobody looks; promise: at least 0.99",
            ),
            ("attach to a run that goes on", _attach(project, next(places)), "s", "until its curves are there"),
        ]
        return rows


def _ready(spare: SpareProcess) -> None:
    """Wait until a process has imported all: as after the moments that a person needs to press Train."""
    spare.prepare()
    spare.wait_until_warm()


def _watch(begin: Callable[[Callable[[object], None]], None]) -> tuple[float, float]:
    """Seconds until the first steps are told, and samples a second of the last epoch but one."""
    began, first, speeds = time.perf_counter(), [], []

    def put(event: object) -> None:
        if isinstance(event, events.Steps) and not first:
            first.append(time.perf_counter() - began)
        if isinstance(event, events.EpochDone):
            speeds.append(event.samples_per_s)

    begin(put)
    return first[0], statistics.median(speeds)


def _thread(project: Project, folder: Path) -> tuple[float, float]:
    create_run(project, folder)

    def begin(put: Callable[[object], None]) -> None:
        job = threading.Thread(target=train, args=(project, folder, False, Control(), put))
        job.start()
        job.join()

    return _watch(begin)


def _process(project: Project, folder: Path, take: Callable[[], TrainingProcess]) -> tuple[float, float]:
    create_run(project, folder)
    return _watch(lambda put: train_in_process(project, folder, False, RemoteControl(), put, take))


def _attach(project: Project, folder: Path) -> float:
    project = replace(project, recipe=replace(project.recipe, epochs=1000))
    create_run(project, folder)
    going, begun, times = RemoteControl(), threading.Event(), []
    job = threading.Thread(
        target=train_in_process,
        args=(project, folder, False, going, lambda e: begun.set() if isinstance(e, events.EpochDone) else None),
    )
    job.start()
    begun.wait()
    for _ in range(ROUNDS):
        control, began = RemoteControl(), time.perf_counter()

        def put(told: object, control: RemoteControl = control, began: float = began) -> None:
            if isinstance(told, RunModel):
                times.append(time.perf_counter() - began)
                control.leave()

        Follower(folder, control, put).run()
    going.stop()
    job.join()
    return statistics.median(times)
