"""A process that trains very long, as `visualnet.train` on the shell does: what it keeps in memory, and how large its log becomes.

``python -m tests.training.event_log.long_run FOLDER STEPS [followed]`` trains a tiny network on 100 points in FOLDER, as a process of its
own does, and prints a line of JSON: the resident memory in bytes after each twentieth of the steps, and the size of the log. ``followed``:
the events also go into a `RunModel`, as a window keeps them that trains in its own process.
"""

from __future__ import annotations

import gc
import json
import sys
from pathlib import Path

from msgspec.structs import replace

from tests.training.by_hand import EACH, tiny
from visualnet.core.storage.regular_files import read_regular
from visualnet.data.loading import load
from visualnet.training import events
from visualnet.training.control import Control
from visualnet.training.loop.session import Session
from visualnet.training.process.server import serving
from visualnet.training.run_records.create_run_folder import begin_run
from visualnet.training.runs.run_model import RunModel

PAGE = 4096
PARTS = 20


def resident() -> int:
    """Bytes of this process that are in memory, of its own: pages of files that it has mapped are not counted."""
    fields = read_regular("/proc/self/statm").split()
    return (int(fields[1]) - int(fields[2])) * PAGE


def main() -> None:
    """Train, and print what was measured."""
    folder, steps, followed = Path(sys.argv[1]), int(sys.argv[2]), len(sys.argv) > 3
    project = tiny(epochs=steps // EACH, optimizer="Adam", lr=0.001)
    project = replace(project, recipe=replace(project.recipe, options={**project.recipe.options, "ema_decay": 0.9}))
    begin_run(project, folder)
    seen: list[tuple[int, int]] = []
    model = RunModel(watched=True)

    def note(event: events.Event) -> None:
        if followed:
            model.consume(event)
        if isinstance(event, events.EpochDone) and event.epoch % (project.recipe.epochs // PARTS) == 0:
            gc.collect()
            seen.append((event.step, resident()))

    control = Control()
    with serving(folder, control) as tell:

        def sink(event: events.Event) -> None:
            tell(event)
            note(event)

        reason = Session(project, load(project.data), sink, control, folder=folder, threads=1).run()
    log = (folder / "events.jsonl").stat().st_size
    print(json.dumps({"reason": reason, "resident": seen, "log": log}), flush=True)


if __name__ == "__main__":
    main()
