"""`visualnet picture`: the graph, a part of it, or a figure for a paper, as a file."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from visualnet.cli.common import FINE, Subcommand, UsageError, number, project_of, project_options
from visualnet.core.errors import FileError
from visualnet.core.project import Project


def options(verb: argparse.ArgumentParser) -> None:
    """What can be said about the picture."""
    project_options(verb)
    verb.add_argument(
        "-o", "--output", metavar="FILE", required=True, type=Path, help="the picture: .svg, .png or .pdf"
    )
    verb.add_argument(
        "--style",
        "--theme",
        choices=("light", "dark", "print", "publication"),
        default="light",
        help="how it looks (light)",
    )
    verb.add_argument(
        "--block", metavar="NAME", default="", help="show what is inside this block instead of the main sheet"
    )
    verb.add_argument(
        "--nodes", "--selection", metavar="NAMES", help="show only these nodes, by name, separated by commas"
    )
    verb.add_argument(
        "--scale",
        metavar="N",
        type=number(float, 0.1),
        default=2.0,
        help="pixels of a .png for one px of the canvas (2)",
    )
    verb.add_argument("--page", choices=("fit", "a4", "a3", "letter"), default="fit", help="the paper of a .pdf (fit)")
    verb.add_argument("--transparent", action="store_true", help="leave the background out")
    verb.add_argument("--no-project", action="store_true", help="do not put the project inside the picture")


def run(args: argparse.Namespace) -> int:
    """Write the picture."""
    if args.output.suffix.lower() not in (".svg", ".png", ".pdf"):
        raise UsageError(f"{args.output}: a picture's name ends in .svg, .png or .pdf")
    project = project_of(args)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from visualnet.app.figures.save import save_picture

    look = {"scale": args.scale, "page": args.page.replace("fit", ""), "transparent": args.transparent}
    try:
        ids = _named(project, args.block, args.nodes) if args.nodes else None
        save_picture(project, args.output, args.style, args.block, ids=ids, carry=not args.no_project, **look)
    except FileError:
        raise
    except ValueError as error:
        raise UsageError(f"{args.output.name}: {error}") from None
    print(json.dumps({"file": str(args.output)}) if args.json else f"wrote {args.output}")
    return FINE


def _named(project: Project, block: str, names: str) -> frozenset[str]:
    """The ids of the nodes with these names, on the main sheet or in a block."""
    if block not in dict(project.sheets()):
        raise UsageError(
            f"--block {block}: this project has no such block; it has: {', '.join(project.blocks) or 'none'}"
        )
    ids = {node.name: node.id for node in project.sheet(block)}
    wanted = [name.strip() for name in names.split(",")]
    if missing := [name for name in wanted if name not in ids]:
        raise UsageError(f"--nodes: there is no node “{missing[0]}” here; there are {', '.join(ids)}")
    return frozenset(ids[name] for name in wanted)


VERB = Subcommand(run, "draw the graph into a file", options)
