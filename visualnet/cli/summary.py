"""Every node's shapes, parameters, multiplications and memory."""

from __future__ import annotations

import argparse
import json

from visualnet.cli.common import Subcommand, exit_code, number, project_of, project_options, report_of


def options(verb: argparse.ArgumentParser) -> None:
    project_options(verb)
    verb.add_argument(
        "--batch-size",
        metavar="N",
        type=number(int, 1),
        help="samples for which memory is told; the recipe's if left out",
    )


def run(args: argparse.Namespace) -> int:
    from visualnet.analysis.report import table

    told = report_of(project_of(args), args.batch_size)
    print(json.dumps(told) if args.json else table(told))
    return exit_code(told)


VERB = Subcommand(run, "show every node's shapes, parameters and multiplications and memory", options)
