"""Train a run again, and tell whether it comes out the same."""

from __future__ import annotations

import argparse
import json
import sys

from visualnet.cli.common import FAULTY, FINE, INTERRUPTED, Misuse, Verb
from visualnet.cli.runs.run_folder import find_run_folder


def options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("run", metavar="DIR", help="the run's folder, or its name among yours")


def run(args: argparse.Namespace) -> int:
    from visualnet.core.process.exit_signals import on_ending
    from visualnet.training.control import Control
    from visualnet.training.run_again.verify import verify

    control = Control()
    live = sys.stderr.isatty() and not args.json

    def tell(share: float) -> None:
        if live:
            print(f"\r{share:6.1%}", end="", file=sys.stderr, flush=True)

    try:
        with on_ending(lambda number: control.stop(), impatient=True):
            verdict = verify(find_run_folder(args.run), control, tell)
    except ValueError as error:
        raise Misuse(str(error)) from None
    if live:
        print("\r       \r", end="", file=sys.stderr)
    print(json.dumps(verdict.as_data()) if args.json else verdict.describe())
    return INTERRUPTED if verdict.stopped else FINE if verdict.equal else FAULTY


VERB = Verb(run, "train a run again: is it the same to the bit, and where does it depart first", options)
