"""What is wrong with a graph, and how to repair it."""

from __future__ import annotations

import argparse
import json

from visualnet.cli.common import Subcommand, exit_code, project_of, project_options


def run(args: argparse.Namespace) -> int:
    from visualnet.analysis import infer
    from visualnet.analysis.report import lines, problems
    from visualnet.data.registry import fields_or_none

    project = project_of(args)
    found = problems(project, infer(project, fields=fields_or_none(project.data)))
    print(json.dumps({"problems": found}) if args.json else "\n".join(lines(found)) or "no problem found")
    return exit_code({"problems": found})


VERB = Subcommand(run, "tell what is wrong with a graph, and how to repair it", project_options)
