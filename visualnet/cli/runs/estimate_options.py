"""What `lr-test` and `batch-test` share: their options, the project with its data, and how they refuse."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from visualnet.cli.common import (
    FINE,
    UsageError,
    exit_code,
    number,
    project_of,
    report_of,
)
from visualnet.core.project import Project

if TYPE_CHECKING:
    from visualnet.data.loading import Loaded


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
