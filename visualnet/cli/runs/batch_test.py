"""`batch-test`: find the largest batch that fits, on a copy of the network."""

from __future__ import annotations

import argparse
import json

from visualnet.cli.common import FAULTY, FINE, UNUSABLE, Subcommand, project_options
from visualnet.cli.runs.estimate_options import find_errors, prepare, refuse, run_options


def options(verb: argparse.ArgumentParser) -> None:
    project_options(verb)
    run_options(verb)


def run(args: argparse.Namespace) -> int:
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


VERB = Subcommand(run, "find the largest batch that fits, by real steps on a copy of the network", options)
