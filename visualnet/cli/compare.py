"""Two or more networks held against each other."""

from __future__ import annotations

import argparse
import json

from visualnet.cli.common import FAULTY, FINE, Subcommand, UsageError, number, open_project
from visualnet.templates.index import SUFFIX


def options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "projects",
        metavar="X",
        nargs="+",
        help="two or more files or templates; or one of separable, stacked-3x3, inception",
    )
    verb.add_argument(
        "--batch-size", metavar="N", type=number(int, 1), default=1, help="samples for which memory is told (1)"
    )


def run(args: argparse.Namespace) -> int:
    from visualnet.analysis.compare.table import compare, table
    from visualnet.analysis.compare.teaching_pairs import PAIRS

    pair = PAIRS.get(args.projects[0]) if len(args.projects) == 1 else None
    if pair is None and len(args.projects) < 2:
        raise UsageError(f"compare wants two networks or more, or one of: {', '.join(PAIRS)}")
    networks = pair.build() if pair else [(name.removesuffix(SUFFIX), open_project(name)) for name in args.projects]
    told = compare(networks, args.batch_size)
    if args.json:
        print(json.dumps({**told, "formula": list(pair.lines) if pair else []}))
    else:
        head = [pair.title, pair.words, ""] if pair else []
        print("\n".join([*head, table(told), *([""] if pair else []), *(pair.lines if pair else ())]))
    return FAULTY if any(network["problems"] for network in told["networks"]) else FINE


VERB = Subcommand(run, "hold two or more networks against each other: parameters, MACs, depth, memory", options)
