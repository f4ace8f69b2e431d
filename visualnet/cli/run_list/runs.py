"""List the runs: filtered, sorted, with columns of choice; and what sets two of them apart."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visualnet.cli.common import FINE, Subcommand, UsageError, number
from visualnet.cli.runs.run_folder import find_run_folder

if TYPE_CHECKING:
    from visualnet.training.run_index.index import RunIndex

COLUMNS = ("id", "name", "state", "epochs", "best", "duration", "size")


def options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--filter",
        metavar="LINE",
        default="",
        help="which runs: words, and conditions such as lr<0.01 state:done tag:baseline -is:archived duration>1h",
    )
    verb.add_argument(
        "--sort",
        metavar="FIELD",
        default="-started",
        help="by a setting or a figure; -FIELD: the largest first (%(default)s)",
    )
    verb.add_argument(
        "--columns", metavar="A,B", default=",".join(COLUMNS), help="what is shown: settings and figures (%(default)s)"
    )
    verb.add_argument("--limit", metavar="N", type=number(int, 1), help="so many at most")
    verb.add_argument("--all", action="store_true", help="the archived and the hidden too")
    verb.add_argument("--dir", metavar="DIR", type=Path, help="the runs in this folder, instead of yours")
    verb.add_argument("--difference", metavar=("A", "B"), nargs=2, help="what sets two runs apart")


def run(args: argparse.Namespace) -> int:
    if args.difference:
        return _tell_difference(args)
    from visualnet.training.run_index.filter_line import FilterError, parse_filter
    from visualnet.training.run_index.index import RunIndex, default_index
    from visualnet.training.run_index.query import Scope

    if args.dir is not None and not args.dir.is_dir():
        raise UsageError(f"{args.dir} is no folder")
    index = RunIndex(args.dir) if args.dir is not None else default_index()
    try:
        index.refresh()
        terms = parse_filter(args.filter)
        index.check_filter(terms)
        sort = args.sort.removeprefix("-")
        rows = index.rows(terms, sort, args.sort.startswith("-"), Scope(archived=args.all, hidden=args.all))
        shown = rows[: args.limit]
        if args.json:
            print(json.dumps([{**row._asdict(), "facts": index.facts_of(row.id)} for row in shown]))
            return FINE
        table = _table(index, [row.id for row in shown], [name for name in args.columns.split(",") if name])
    except FilterError as error:
        raise UsageError(f"--filter: {error}") from None
    finally:
        index.close()
    for line in table:
        print(line)
    left = f" of {len(rows):,}" if len(shown) < len(rows) else ""
    print(f"{len(shown):,}{left} {'run' if len(shown) == 1 and not left else 'runs'}", file=sys.stderr)
    return FINE


def _table(index: RunIndex, ids: list[str], columns: list[str]) -> list[str]:
    values = {name: index.values(name, ids) for name in columns}
    cells = [columns, *([_cell(name, values[name].get(run)) for name in columns] for run in ids)]
    wide = [max(len(line[at]) for line in cells) for at in range(len(columns))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, wide, strict=True)).rstrip() for line in cells]


def _cell(name: str, value: Any) -> str:
    from visualnet.training.run_index.cells import cell_of

    return cell_of(name, value)


def _tell_difference(args: argparse.Namespace) -> int:
    from visualnet.training.run_again.difference import find_run_difference

    try:
        found = find_run_difference(*(find_run_folder(text) for text in args.difference))
    except ValueError as error:
        raise UsageError(str(error)) from None
    print(json.dumps(found.as_data()) if args.json else found.describe())
    return FINE


VERB = Subcommand(run, "list the runs: filtered, sorted, with columns of choice; or tell what sets two apart", options)
