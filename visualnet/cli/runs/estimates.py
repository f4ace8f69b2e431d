"""What can be found out before a training, on a copy of the network: a good learning rate, and the largest batch that fits."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from visualnet.cli.common import (
    FAULTY,
    FINE,
    UNUSABLE,
    UsageError,
    Verb,
    exit_code,
    number,
    project_of,
    project_options,
    report_of,
)
from visualnet.core.project import Project

if TYPE_CHECKING:
    from visualnet.data.loading import Loaded


def rate_options(verb: argparse.ArgumentParser) -> None:
    project_options(verb)
    verb.add_argument(
        "--lowest", metavar="RATE", type=number(float, 1e-12), default=1e-6, help="the first learning rate"
    )
    verb.add_argument(
        "--highest",
        metavar="RATE",
        type=number(float, 1e-12),
        default=10.0,
        help="the last one, unless it diverges before",
    )
    verb.add_argument("--steps", metavar="N", type=number(int, 1), default=100, help="in so many steps the rate rises")
    run_options(verb)


def run_options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--data", metavar="NAME", help="another data set, as for train")
    verb.add_argument("--batch-size", metavar="N", type=number(int, 1), help="samples per step")
    verb.add_argument("--device", metavar="NAME", help="auto, cpu, cuda, cuda:1, mps …")
    verb.add_argument("--seed", metavar="N", type=number(int, 0), help="fixes initial weights and the order of samples")


def prepare(args: argparse.Namespace) -> tuple[Project, Loaded]:
    """The project as the options say, and its data.

    Raises:
        UsageError: an option cannot be used, or the data cannot be loaded.
    """
    from visualnet.training import devices

    devices.prepare()
    from visualnet.data.loading import load
    from visualnet.pytorch import need_torch
    from visualnet.training.console import TrainOptions, configure

    names = ("data", "batch_size", "device", "seed")
    try:
        project = configure(project_of(args), TrainOptions(**{name: getattr(args, name) for name in names}))
        need_torch()
        return project, load(project.data)
    except ValueError as error:
        raise UsageError(str(error)) from None


def find_errors(args: argparse.Namespace) -> str:
    """What is wrong with the network, before torch and the data are loaded; nothing where other data may mend it."""
    told = report_of(project_of(args))
    if args.data is not None or exit_code(told) == FINE:
        return ""
    return "\n".join(f"{p['node']}: {p['words']}" for p in told["problems"] if p["severity"] == "error")


def refuse(args: argparse.Namespace, words: str, code: int) -> int:
    if args.json:
        print(json.dumps({"error": words}))
    print(f"visualnet: {words}", file=sys.stderr)
    return code


def test_rates(args: argparse.Namespace) -> int:
    if words := find_errors(args):
        return refuse(args, words, FAULTY)
    project, data = prepare(args)
    from visualnet.core.text.format import format_number
    from visualnet.training.estimates.rate_curve import as_json, propose, table_rows
    from visualnet.training.estimates.rate_test import run_rate_test

    try:
        curve = run_rate_test(project, data, lowest=args.lowest, highest=args.highest, steps=args.steps)
    except ValueError as error:
        return refuse(args, str(error), UNUSABLE)
    proposal = propose(curve)
    if args.json:
        print(json.dumps(as_json(curve, proposal)))
        return FINE
    print(f"{curve.optimizer} on {curve.device}, batches of {curve.batch_size:,}\n")
    print("learning rate  loss (smoothed)")
    for rate, loss in table_rows(curve):
        print(f"{rate:>13.2g}  {loss:.4g}")
    print(f"\n{proposal.words}")
    if proposal.rate is not None:
        print(f"Proposed learning rate: {format_number(proposal.rate, 2)}")
    return FINE


RATE = Verb(test_rates, "find a learning rate: let it rise over some steps on a copy of the network", rate_options)


def test_batches(args: argparse.Namespace) -> int:
    if words := find_errors(args):
        return refuse(args, words, FAULTY)
    project, data = prepare(args)
    from visualnet.training.estimates.batch_size import find_largest_batch
    from visualnet.training.estimates.sizes import COLUMNS, as_json, table_rows

    try:
        found = find_largest_batch(project, data)
    except ValueError as error:
        return refuse(args, str(error), UNUSABLE)
    if args.json:
        print(json.dumps(as_json(found)))
        return FINE
    print(f"{found.device}\n")
    for cells in (COLUMNS, *table_rows(found)):
        print("  ".join(f"{cell:>16}" for cell in cells))
    print(f"\n{found.why}\nLargest batch: {found.largest.batch:,}")
    return FINE


def batch_options(verb: argparse.ArgumentParser) -> None:
    project_options(verb)
    run_options(verb)


BATCH = Verb(test_batches, "find the largest batch that fits, by real steps on a copy of the network", batch_options)
