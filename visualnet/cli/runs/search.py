"""`visualnet search`: look for good settings of a project by trials, in one process or several."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from visualnet.cli.common import Subcommand, UsageError, number, project_of, project_options
from visualnet.core.project import Project

METHODS, PRUNINGS, GOALS = ("tpe", "random", "grid"), ("none", "median", "halving"), ("max", "min")


def options(verb: argparse.ArgumentParser) -> None:
    """What can be said about it."""
    project_options(verb)
    verb.add_argument(
        "--over",
        metavar="NAME=RANGE",
        action="append",
        default=[],
        help="search over this setting, in the place of what the project says; may be repeated: lr=0.0001..0.1:log, "
        "conv1.out_channels=4..32:4 (by 4), optimizer=SGD,Adam",
    )
    verb.add_argument("--method", choices=METHODS, help="how values are chosen (tpe)")
    verb.add_argument("--pruning", choices=PRUNINGS, help="which trials are given up early (median)")
    verb.add_argument(
        "--objective",
        metavar="NAME",
        help="the value of the last epoch that is compared: loss, or a metric node's name",
    )
    verb.add_argument("--part", choices=("validation", "train"), help="of which samples the objective is (validation)")
    verb.add_argument("--goal", choices=GOALS, help="whether the objective is to be large or small")
    verb.add_argument("--trials", metavar="N", type=number(int, 1), help="how many trials there are to be (20)")
    verb.add_argument(
        "--minutes", metavar="N", type=number(float, 0), help="begin no other trial after so many minutes"
    )
    verb.add_argument("--seeds", metavar="N", type=number(int, 1), help="train each trial with so many seeds (1)")
    verb.add_argument("--workers", metavar="N", type=number(int, 1), default=1, help="in so many processes at once (1)")
    verb.add_argument(
        "--best", metavar="FILE", type=Path, help="write the project with the best values to this .vnet file"
    )
    verb.add_argument(
        "-o",
        "--output",
        metavar="DIR",
        type=Path,
        help="keep the trials here, or go on with what was begun here; by default a new folder of yours. X may be such a folder too; "
        "a second process that names it joins in",
    )


def run(args: argparse.Namespace) -> int:
    """Search, or go on with a search."""
    folder: Path | None = args.output
    from visualnet.training.search import folder as kept

    if folder is None and kept.is_search(Path(args.project)):
        folder = Path(args.project).absolute()
        args.project = str(folder / kept.PROJECT)
    project = project_of(args)
    try:
        project = _with_search(project, args)
        from visualnet.training.search.console import SearchOptions
        from visualnet.training.search.console import run as search
        from visualnet.training.search.space import read_space
        from visualnet.training.search.workers import MOST

        assert project.search is not None
        read_space(project, project.search)
        if args.workers > MOST:
            raise ValueError(f"--workers {args.workers}: {MOST} processes at once are allowed")
        told = SearchOptions(args.workers, args.best, args.json)
        return search(project, (folder or kept.new_folder(project)).absolute(), told)
    except UsageError:
        raise
    except ValueError as error:
        raise UsageError(str(error)) from None


def _with_search(project: Project, args: argparse.Namespace) -> Project:
    """The project with what the command line says of its search."""
    from msgspec.structs import replace

    from visualnet.core import edits
    from visualnet.core.project import SearchSpec
    from visualnet.training.search.apply_values import objective_of
    from visualnet.training.search.space import parse_entry

    spec = project.search or SearchSpec()
    said: dict[str, Any] = {
        name: value
        for name in ("method", "pruning", "trials", "minutes", "seeds")
        if (value := getattr(args, name)) is not None
    }
    if args.over:
        said["entries"] = tuple(parse_entry(project, text) for text in args.over)
    if args.objective or args.part or args.goal:
        now = objective_of(edits.set_search(project, spec))
        name = args.objective or now.name
        goal = args.goal or (now.better if name == now.name else "min" if name == "loss" else "max")
        said |= {"objective": name, "part": args.part or now.part, "goal": goal}
    return edits.set_search(project, replace(spec, **said))


VERB = Subcommand(run, "look for good settings of a project by trials, in one process or several", options)
