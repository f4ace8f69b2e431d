"""Judge a run: how good it is on a part of its data, and where it is wrong."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from visualnet.cli.common import FINE, Subcommand, UsageError
from visualnet.cli.runs.run_folder import find_run_folder
from visualnet.core.errors import FileError


def options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("run", metavar="RUN", help="the run's folder, or its name among yours")
    verb.add_argument(
        "--part",
        choices=("validation", "test", "training"),
        default="validation",
        help="which part of the data; each look at the test part is counted in the run's folder",
    )
    verb.add_argument(
        "--weights", choices=("best", "last"), default="best", help="those of the best epoch, or of the last"
    )
    verb.add_argument(
        "--against", metavar="RUN", help="another run of the same data: is the difference more than chance?"
    )
    verb.add_argument(
        "--html", metavar="FILE", help="write a page with figures, charts and samples; it needs nothing else"
    )


def run(args: argparse.Namespace) -> int:
    from visualnet.training.evaluation.evaluation import evaluate
    from visualnet.training.evaluation.paired_comparison import describe_difference, pair
    from visualnet.training.evaluation.report import write_report
    from visualnet.training.evaluation.text_report import as_data, as_text, pairing_as_data

    pairings = []
    try:
        found = evaluate(find_run_folder(args.run), args.part, args.weights)
        if args.against:
            other = evaluate(find_run_folder(args.against), args.part, args.weights)
            pairings = [(other.run, pair(found, other))]
    except FileError:
        raise
    except ValueError as error:
        raise UsageError(str(error)) from None
    if args.html:
        from visualnet.core.storage import project_file

        project_file.write(Path(args.html), write_report(found, pairings).encode())
        print(f"wrote {args.html}", file=sys.stderr)
    if args.json:
        print(json.dumps({**as_data(found), "against": [pairing_as_data(*each) for each in pairings]}))
        return FINE
    print(as_text(found))
    for name, pairing in pairings:
        print(f"\n{pairing.describe(found.run, name)}\n{describe_difference(pairing)} ({pairing.test})")
    return FINE


VERB = Subcommand(
    run, "judge a run: figures with intervals, where it is wrong, and whether another run is better", options
)
