"""Train without a window."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from visualnet.cli.common import FAULTY, FINE, Subcommand, exit_code, number, project_of, project_options, report_of


def options(verb: argparse.ArgumentParser) -> None:
    project_options(verb)
    verb.add_argument(
        "--data", metavar="NAME", help="another data set, with options if wanted: points:shape=spiral,n=1000"
    )
    verb.add_argument("--epochs", metavar="N", type=number(int, 1), help="how often to go through the training set")
    verb.add_argument("--batch-size", metavar="N", type=number(int, 1), help="samples per step")
    verb.add_argument("--lr", metavar="RATE", type=number(float, 0), help="the learning rate")
    verb.add_argument("--device", metavar="NAME", help="auto, cpu, cuda, cuda:1, mps …")
    verb.add_argument("--seed", metavar="N", type=number(int, 0), help="fixes initial weights and the order of samples")
    verb.add_argument(
        "--run",
        "--run-dir",
        metavar="DIR",
        type=Path,
        help="the run's folder; by default a new one among the user's runs (--run-dir is the same; torchrun has a --run of its own)",
    )
    verb.add_argument(
        "--start-from",
        metavar="F",
        type=Path,
        help="begin with the weights of a .safetensors, .pt or .pth file, of another run's folder (DIR/best, DIR/last), or "
        "those that come with a template (trained/lenet5); "
        "what matches is printed, the rest begins fresh",
    )
    verb.add_argument(
        "--resume",
        action="store_true",
        help="go on where the run in --run DIR was stopped, or the latest run of this network that can go on",
    )
    verb.add_argument(
        "--folds",
        metavar="K",
        type=number(int, 2),
        help="cross-validation: a run for each of K folds of the data (DIR/fold-1, …), then the mean and spread of what they reach",
    )
    verb.add_argument(
        "--shard",
        action="store_true",
        help="divide weights, gradients and the optimizer's state among the processes that torchrun started (FSDP2), for what does not fit "
        "one device",
    )
    verb.add_argument(
        "--sync-batchnorm",
        action="store_true",
        help="let batch normalization take mean and deviation of the whole batch, over all processes that torchrun started",
    )
    verb.add_argument(
        "--tensorboard",
        metavar="DIR",
        type=Path,
        help="also write event files for TensorBoard into this folder while it trains (needs the package tensorboard)",
    )
    verb.add_argument(
        "--record",
        metavar="NAME[@NODE]",
        action="append",
        default=[],
        help="keep an observation over time, in the run's folder (observations/*.npz); “visualnet watch X” lists what there is",
    )


def run(args: argparse.Namespace) -> int:
    project = project_of(args)
    told = report_of(project)
    if args.data is None and exit_code(told) != FINE:  # told at once, before torch and the data are loaded
        words = "\n".join(f"{p['node']}: {p['words']}" for p in told["problems"] if p["severity"] == "error")
        if args.json:
            print(json.dumps({"event": "failed", "kind": "graph", "words": words}))
        print(f"visualnet: {words}", file=sys.stderr)
        return FAULTY
    from visualnet.training.console import TrainOptions, train

    names = (
        "data",
        "epochs",
        "batch_size",
        "lr",
        "device",
        "seed",
        "run",
        "resume",
        "start_from",
        "folds",
        "json",
        "tensorboard",
        "shard",
        "sync_batchnorm",
    )
    said = {name: getattr(args, name) for name in names}
    file = Path(args.project)
    place = file.absolute().parent if file.is_file() else None
    return train(project, TrainOptions(record=tuple(args.record), place=place, **said))


VERB = Subcommand(run, "train, and tell how it goes", options)
