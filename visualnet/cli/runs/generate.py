"""`visualnet generate`: have a network make something, without training it: samples, texts, an episode."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from visualnet.cli.common import FINE, Subcommand, UsageError, number, project_of, project_options
from visualnet.cli.runs.run_folder import find_run_folder
from visualnet.cli.runs.watch import read_options
from visualnet.core.errors import FileError
from visualnet.core.graph import Value
from visualnet.training.run_records.kept_weights import TITLES

if TYPE_CHECKING:
    from visualnet.analysis import Analysis
    from visualnet.training.generating.method import GenerationMethod
    from visualnet.training.generating.results import GeneratedResult

PICTURES = (".png", ".svg")
SIZE = (900, 600)
SHORTHANDS = ("seed", "count", "temperature")


def options(verb: argparse.ArgumentParser) -> None:
    """What can be said about what is made."""
    project_options(verb)
    verb.add_argument("--run", metavar="RUN", help="with the weights of this run: its folder, or its name among yours")
    verb.add_argument(
        "--weights",
        metavar="NAME",
        help=f"which of the weights that the run has kept: {', '.join(TITLES)}, or epoch-N (the newest)",
    )
    verb.add_argument(
        "--method",
        "--way",
        metavar="NAME",
        dest="method",
        help="how it is made; without it the first that this network has a place for",
    )
    verb.add_argument("--at", metavar="NAME", default="", help="where, if there are several places (the first)")
    verb.add_argument("--count", metavar="N", type=number(int, 1), help="how many are made")
    verb.add_argument("--seed", metavar="N", type=number(int, 0), help="the seed of what is drawn by chance (0)")
    verb.add_argument(
        "--temperature", metavar="T", type=number(float, 0), help="below 1 more usual and less varied, above 1 wilder"
    )
    verb.add_argument(
        "--option",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="another setting of the method; may be repeated",
    )
    verb.add_argument("--list", action="store_true", help="only tell what this network can make, and how")
    verb.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=Path,
        help="write it: a picture (.png, .svg), a table (.csv), numbers (.npy), texts (.txt), frames (.gif), as the method has it",
    )


def run(args: argparse.Namespace) -> int:
    """Make it, tell what was made, and write it."""
    from visualnet.analysis import infer
    from visualnet.data.registry import fields_or_none
    from visualnet.training.generating.method import choices, find_place, why_none

    project = project_of(args)
    analysis = infer(project, None, fields_or_none(project.data) or {})
    if analysis.errors():
        raise UsageError("the network has errors: “visualnet check” tells them")
    if args.list:
        return _list(analysis, args.json)
    if args.weights and not args.run:
        raise UsageError("--weights: wanted is --run, whose weights they are")
    folder = find_run_folder(args.run) if args.run else None
    try:
        found = choices(analysis)
        if not found and not args.method:
            raise UsageError(why_none())
        name = args.method or next(iter(found)).name
        kind = _kind(name)
        place = find_place(kind, analysis, args.at)
        settings = _settings(kind, args)
        _check_ending(args.output)
        from visualnet.training.generating.generate import generate

        generated = generate(project, analysis, name, place, settings, folder, args.weights or "")
        if args.output is not None:
            write(generated.made, args.output)
            print(f"wrote {args.output}", file=sys.stderr)
    except FileError:
        raise
    except ValueError as error:
        raise UsageError(str(error)) from None
    made = generated.made
    trained = (
        f"after step {generated.step:,}" if generated.step else "trained" if generated.trained else "fresh weights"
    )
    if args.json:
        about = {"way": name, "at": place.name, "step": generated.step, "trained": generated.trained}
        print(json.dumps({**about, "made": made.describe(), "note": made.note, "table": _table(made)}))
        return FINE
    print(f"{kind.title}, at “{place.name}” ({trained}): {made.describe()}")
    if made.note:
        print(made.note)
    if args.output is None and (text := made.files().get(".txt")) is not None:
        print(text().decode(), end="")
    return FINE


def _kind(name: str) -> type[GenerationMethod]:
    from visualnet.training.generating.method import find_methods

    kinds = find_methods()
    if name not in kinds:
        raise UsageError(f"--method {name}: there is none of that name (there are {', '.join(kinds)})")
    return kinds[name]


def _settings(kind: type[GenerationMethod], args: argparse.Namespace) -> dict[str, Value]:
    """What was asked for, as settings of the method.

    Raises:
        UsageError: the method has no such setting.
    """
    found = read_options(args.option)
    for name in SHORTHANDS:
        if (value := getattr(args, name)) is not None:
            if name not in kind.params:
                raise UsageError(f"--{name}: “{kind.title}” has no {name} (it has {', '.join(kind.params)})")
            found[name] = value
    return found


def _check_ending(path: Path | None) -> None:
    """Before anything is computed: a name without an ending says nothing of what is wanted."""
    if path is not None and not path.suffix:
        raise UsageError(f"{path}: its name must say what it is to be, as .png, .csv, .npy or .txt do")


def write(made: GeneratedResult, path: Path) -> None:
    """Write what was made, as the name's ending says.

    Raises:
        UsageError: it is nothing that can be kept so.
        FileError: the place refuses it.
    """
    from visualnet.core.storage import project_file

    ending, files = path.suffix.lower(), made.files()
    if ending in files:
        project_file.write(path, files[ending]())
    elif ending == ".svg":
        from visualnet.figures.charts.svg import svg_of

        project_file.write(path, svg_of(made.chart(), *SIZE).encode())
    elif ending == ".png":
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        from visualnet.app.figures.chart_picture import save_chart

        save_chart(made.chart(), path, SIZE)
    else:
        known = ", ".join(dict.fromkeys((*files, *PICTURES)))
        raise UsageError(f"{path}: {made.describe()} can be kept as {known}")


def _table(made: GeneratedResult) -> list[list[object]]:
    """What was made as a table, where it is text."""
    return [list(row) for row in made.chart().rows()] if ".txt" in made.files() else []


def _list(analysis: Analysis, as_json: bool) -> int:
    from visualnet.training.generating.method import choices, why_none

    found = choices(analysis)
    if as_json:
        print(
            json.dumps(
                {
                    kind.name: {
                        "title": kind.title,
                        "at": [place.name for place in places],
                        "settings": list(kind.params),
                    }
                    for kind, places in found.items()
                }
            )
        )
        return FINE
    if not found:
        print(why_none())
    for kind, places in found.items():
        print(f"{kind.name:10} {kind.about()}")
        print(f"{'':10} at {', '.join(place.name for place in places)}; settings: {', '.join(kind.params)}")
    return FINE


VERB = Subcommand(
    run, "have a network make something: samples, texts, an episode; as a picture, a table, numbers or text", options
)
