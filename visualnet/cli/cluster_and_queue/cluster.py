"""A training as a folder for a cluster."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from visualnet.cli.common import FINE, Subcommand, UsageError, number, project_of, project_options
from visualnet.pytorch import need_torch


def options(verb: argparse.ArgumentParser) -> None:
    project_options(verb)
    verb.add_argument(
        "-o", "--output", metavar="DIR", type=Path, required=True, help="the folder to write; it is new or empty"
    )
    verb.add_argument(
        "--nodes", metavar="N", type=number(int, 1), default=1, help="on how many machines (1 by default)"
    )
    verb.add_argument(
        "--processes",
        metavar="N",
        type=number(int, 1),
        default=2,
        help="how many processes on each, one for each GPU (2 by default)",
    )


def run(args: argparse.Namespace) -> int:
    from visualnet.compiling.plan import GraphError
    from visualnet.training.cluster.folder import write_cluster_folder

    project = project_of(args)
    need_torch()
    try:
        files = write_cluster_folder(project, args.output, args.nodes, args.processes)
    except GraphError:
        raise
    except ValueError as error:
        raise UsageError(str(error)) from None
    names = [path.name for path in files]
    print(
        json.dumps({"folder": str(args.output), "files": names})
        if args.json
        else f"wrote {args.output}: {', '.join(names)}"
    )
    return FINE


VERB = Subcommand(
    run, "write a folder that trains a project on a cluster: project, script, requirements, a job for Slurm", options
)
