"""Runs that wait for the one before, on this machine."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from visualnet.cli.common import FAULTY, FINE, INTERRUPTED, Subcommand, UsageError, number, project_of, project_switches

if TYPE_CHECKING:
    from visualnet.training.queue import queue_file

ACTIONS = {
    "list": "what waits (this is done without a word, too)",
    "add": "put a training of X at the end",
    "first": "let run N of the list be the next",
    "remove": "take run N out of the list; its folder stays",
    "work": "train what waits, in order, until nothing does; a run that was cut off goes on from its last checkpoint",
}


def options(verb: argparse.ArgumentParser) -> None:
    words = "; ".join(f"{name}: {told}" for name, told in ACTIONS.items())
    verb.add_argument("action", metavar="ACTION", nargs="?", choices=[*ACTIONS], default="list", help=words)
    verb.add_argument(
        "project",
        metavar="X",
        nargs="?",
        help="add: a .vnet file, a picture that carries a project, or a template's name; first, remove: the number of the run in the list",
    )
    project_switches(verb)
    verb.add_argument(
        "--epochs", metavar="N", type=number(int, 1), help="add: how often to go through the training set"
    )
    verb.add_argument("--batch-size", metavar="N", type=number(int, 1), help="add: samples per step")
    verb.add_argument("--lr", metavar="RATE", type=number(float, 0), help="add: the learning rate")
    verb.add_argument("--device", metavar="NAME", help="add: auto, cpu, cuda, cuda:1, mps …")
    verb.add_argument(
        "--seed", metavar="N", type=number(int, 0), help="add: fixes initial weights and the order of samples"
    )
    verb.add_argument(
        "--run", metavar="DIR", type=Path, help="add: the run's folder; by default a new one among the user's runs"
    )


def run(args: argparse.Namespace) -> int:
    from visualnet.training.queue import queue_file

    if args.action == "work":
        return _work(args)
    if args.action == "add":
        return _add(args)
    if args.action in ("first", "remove"):
        change = queue_file.move_first if args.action == "first" else queue_file.remove_run
        change(_chosen(args).folder)
    elif args.project is not None:
        raise UsageError(
            f"“queue list” lists all that waits; to put {args.project} into the queue: visualnet queue add {args.project}"
        )
    return _tell(args)


def _chosen(args: argparse.Namespace) -> queue_file.QueuedRun:
    from visualnet.training.queue import queue_file

    runs = queue_file.read_queue().runs
    try:
        at = int(args.project or "")
        if not 1 <= at <= len(runs):
            raise ValueError
    except ValueError:
        have = f"from 1 to {len(runs)}" if runs else "but nothing waits"
        raise UsageError(f"queue {args.action}: the number of a run in the list is wanted, {have}") from None
    return runs[at - 1]


def _tell(args: argparse.Namespace) -> int:
    from visualnet.training.queue import queue_file
    from visualnet.training.queue.worker import is_worked_through

    runs, works = queue_file.read_queue().runs, is_worked_through()
    if args.json:
        told = [{"folder": run.folder, "failed": run.failed} for run in runs]
        print(json.dumps({"runs": told, "works": works}))
        return FINE
    if not runs:
        print("nothing waits; “visualnet queue add X” puts a training of X into the queue")
        return FINE
    for at, one in enumerate(runs, 1):
        print(f"{at:>3}  {one.folder}" + (f"  failed: {one.failed}" if one.failed else ""))
    print("a process works through them" if works else "no process works through them: “visualnet queue work” does")
    return FINE


def _add(args: argparse.Namespace) -> int:
    if args.project is None:
        raise UsageError("queue add: a project is wanted (a .vnet file or the name of a template)")
    from visualnet.analysis import infer
    from visualnet.data.registry import fields_or_none
    from visualnet.training.console import TrainOptions, configure
    from visualnet.training.queue import queue_file
    from visualnet.training.run_records.create_run_folder import begin_run
    from visualnet.training.runs.run_model import LOG

    project = project_of(args)
    names = ("epochs", "batch_size", "lr", "device", "seed")
    try:
        project = configure(project, TrainOptions(**{name: getattr(args, name) for name in names}))
    except ValueError as error:
        raise UsageError(str(error)) from None
    errors = infer(project, fields=fields_or_none(project.data)).errors()
    if errors:
        print(f"visualnet: {errors[0].words}", file=sys.stderr)
        return FAULTY
    if args.run is not None and (args.run / LOG).exists():
        raise UsageError(f"{args.run} already holds a run: name another folder")
    path = Path(args.project)
    place = path.absolute().parent if path.exists() else None
    folder = begin_run(msgspec.structs.replace(project, runs=(), readonly=""), args.run, place=place)
    waits = sum(not one.failed for one in queue_file.add_run(folder).runs)
    print(
        json.dumps({"folder": str(folder), "place": waits}) if args.json else f"number {waits} in the queue: {folder}"
    )
    return FINE


def _work(args: argparse.Namespace) -> int:
    from visualnet.core.process.exit_signals import on_ending
    from visualnet.training.events import Event
    from visualnet.training.queue.queue_file import QueuedRun
    from visualnet.training.queue.worker import QueueBusy, QueueWorker
    from visualnet.training.terminal.printer import RunPrinter, print_json

    printers: dict[str, RunPrinter] = {}

    def tell(run: QueuedRun, event: object) -> None:
        if not isinstance(event, Event):
            return  # what a resumed run has told already
        if args.json:
            print_json(event)
            return
        if run.folder not in printers:
            print(f"{run.folder}:", flush=True)
            printers[run.folder] = RunPrinter(sys.stdout, run.path)
        printers[run.folder](event)

    worker = QueueWorker(tell)
    try:
        with on_ending(lambda number: worker.stop(), impatient=True):
            failures = worker.work()
    except QueueBusy as error:
        raise UsageError(str(error)) from None
    return INTERRUPTED if worker.stopping else FAULTY if failures else FINE


VERB = Subcommand(run, "runs that wait for the one before: add, list and work through them", options)
