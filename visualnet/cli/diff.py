"""What sets two networks apart."""

from __future__ import annotations

import argparse
import json

from visualnet.cli.common import FAULTY, FINE, Subcommand, open_project


def options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "before", metavar="A", help="a .vnet file, a picture that carries a project, or the name of a template"
    )
    verb.add_argument("after", metavar="B", help="the same, to be held against A")
    verb.add_argument("--exit-code", action="store_true", help="exit with 1 where they differ, as git diff does")


def run(args: argparse.Namespace) -> int:
    from visualnet.analysis import infer
    from visualnet.analysis.compare.difference_text import as_data, lines
    from visualnet.analysis.compare.project_diff import differences
    from visualnet.data.registry import fields_or_none

    projects = [open_project(text) for text in (args.before, args.after)]
    found = differences(*(infer(project, fields=fields_or_none(project.data)) for project in projects))
    print(json.dumps(as_data(found)) if args.json else "\n".join(lines(found)))
    return FAULTY if args.exit_code and found else FINE


VERB = Subcommand(run, "tell what sets two networks apart: nodes, shapes, parameters", options)
