"""`lr-test`: find a learning rate on a copy of the network."""

from __future__ import annotations

import argparse
import json

from visualnet.cli.common import FAULTY, FINE, UNUSABLE, Subcommand, number, project_options
from visualnet.cli.runs.estimate_options import find_errors, prepare, refuse, run_options


def options(verb: argparse.ArgumentParser) -> None:
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


def run(args: argparse.Namespace) -> int:
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


VERB = Subcommand(run, "find a learning rate: let it rise over some steps on a copy of the network", options)
