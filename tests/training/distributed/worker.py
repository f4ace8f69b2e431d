"""One of the processes of a run, as torchrun would start it: ``python -m tests.training.distributed.worker OUT CASE…``.

Trains the named cases one after the other in one group of processes; rank 0 writes what was told of each into OUT.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist

from tests.training.distributed.cases import CASES, short
from visualnet.core.project import Project
from visualnet.data.loading import load
from visualnet.training import events
from visualnet.training.control import Control
from visualnet.training.distributed.crew import ALONE, Crew
from visualnet.training.distributed.launched import launched
from visualnet.training.distributed.several import Several
from visualnet.training.loop.session import Session


def told(project: Project, crew: Crew = ALONE, **more: Any) -> dict[str, Any]:
    """Train: each step's loss, the rows of the epochs, the weights at the end."""
    seen: list[events.Event] = []
    session = Session(project, load(project.data), seen.append, more.pop("control", Control()), threads=1, crew=crew, **more)
    reason = session.run()
    assert session.model is not None, seen
    net = session.model.net
    return {
        "reason": reason,
        "losses": [loss for e in seen if isinstance(e, events.Steps) for loss in e.values["loss"]],
        "epochs": [[e.train, e.validation] for e in seen if isinstance(e, events.EpochDone)],
        "weights": torch.cat([p.detach().flatten() for p in net.parameters()]).tolist(),
        "failed": [e.words for e in seen if isinstance(e, events.Failed)],
        "troubles": [e.words for e in seen if isinstance(e, events.Trouble)],
    }


def main() -> None:
    out, names = Path(sys.argv[1]), sys.argv[2:]
    torch.set_num_threads(1)
    here = launched()
    with here.joined(short()) as crew:
        assert isinstance(crew, Several)
        found = {}
        for name in names:
            project = CASES[name]()
            each = Several(crew.members, crew.rank, crew.place, project.recipe.seed, crew.failed)
            found[name] = told(project, each)
            others = [None] * here.size
            dist.all_gather_object(others, found[name]["weights"])
            found[name]["alike"] = all(weights == others[0] for weights in others)
        if crew.rank == 0:
            out.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
