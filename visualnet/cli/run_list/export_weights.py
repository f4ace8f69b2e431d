"""`export-weights`: what a run has learned, for other tools."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from visualnet.cli.common import FINE, Subcommand, UsageError
from visualnet.cli.runs.run_folder import find_run_folder


def options(verb: argparse.ArgumentParser) -> None:
    """What can be said about weights."""
    verb.add_argument("run", metavar="RUN", help="the run's folder, its name among yours, or a .vnetz file")
    verb.add_argument("output", metavar="OUT", type=Path, help="the .safetensors file to write")
    verb.add_argument(
        "--weights", choices=("best", "last"), default="best", help="those of the best epoch, or of the last"
    )


def run(args: argparse.Namespace) -> int:
    """Write the weights of a run, with its project in the metadata."""
    from visualnet.core.errors import FileError
    from visualnet.training.run_again.weights_export import export_weights

    folder = find_run_folder(args.run)
    try:
        which, count = export_weights(folder, args.output, args.weights)
    except FileError:
        raise
    except ValueError as error:
        raise UsageError(str(error)) from None
    told = {"file": str(args.output), "weights": which, "tensors": count}
    print(
        json.dumps(told)
        if args.json
        else f"wrote {args.output} ({which} weights; opened in the window it shows the network)"
    )
    return FINE


VERB = Subcommand(run, "write the weights of a run as safetensors with its project in the metadata", options)
