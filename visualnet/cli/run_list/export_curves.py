"""`export-curves` and `export-weights`: what a run has learned and how, for other tools."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from visualnet.cli.common import FINE, UsageError, Verb
from visualnet.cli.runs.run_folder import find_run_folder


def curve_options(verb: argparse.ArgumentParser) -> None:
    """What can be said about curves."""
    verb.add_argument(
        "runs",
        metavar="RUN",
        nargs="+",
        help="the run's folder, its name among yours, or a .vnetz file; of several, a table has the column run",
    )
    verb.add_argument("--csv", metavar="FILE", type=Path, help="a row for each value: part, name, step, epoch, value")
    verb.add_argument("--parquet", metavar="FILE", type=Path, help="the same as Parquet (needs pyarrow)")
    verb.add_argument(
        "--tensorboard",
        metavar="DIR",
        type=Path,
        help="event files for TensorBoard (needs its package); of several runs, a folder for each",
    )
    verb.add_argument(
        "--mlflow", metavar="FILE", type=Path, help="add each run to MLflow's store in this SQLite file (needs mlflow)"
    )


def export_curves(args: argparse.Namespace) -> int:
    """Write the curves of runs as was asked."""
    from visualnet.core.errors import FileError

    folders = list(dict.fromkeys(find_run_folder(one) for one in args.runs))
    wanted = {"csv": args.csv, "parquet": args.parquet, "tensorboard": args.tensorboard, "mlflow": args.mlflow}
    if not (wanted := {way: place for way, place in wanted.items() if place is not None}):
        raise UsageError("say where the curves go: --csv FILE, --parquet FILE, --tensorboard DIR or --mlflow FILE")
    try:
        for way, place in wanted.items():
            _write(way, place, folders)
    except FileError:
        raise
    except ValueError as error:
        raise UsageError(str(error)) from None
    written = [str(place) for place in wanted.values()]
    print(json.dumps({"written": written}) if args.json else "\n".join(f"wrote {place}" for place in written))
    return FINE


def _write(way: str, place: Path, folders: Sequence[Path]) -> None:
    from visualnet.training.curve_export.mlflow_store import write_mlflow
    from visualnet.training.curve_export.several import (
        CURVE_FORMATS,
        export_runs,
        export_together,
        file_names,
        own_titles,
    )
    from visualnet.training.run_records.annotations import read_annotations
    from visualnet.training.runs.run_model import read_run

    titles = {str(one): read_annotations(one).name or one.name for one in folders}
    if way == "mlflow":
        for one in folders:
            write_mlflow(place, one, read_run(one))
    elif len(folders) == 1:
        CURVE_FORMATS[way].write(place, read_run(folders[0]))
    elif CURVE_FORMATS[way].write_together is not None:
        export_together({Path(one): title for one, title in own_titles(titles).items()}, place, way)
    else:
        export_runs({Path(one): name for one, name in file_names(titles).items()}, place, way)


def weight_options(verb: argparse.ArgumentParser) -> None:
    """What can be said about weights."""
    verb.add_argument("run", metavar="RUN", help="the run's folder, its name among yours, or a .vnetz file")
    verb.add_argument("output", metavar="OUT", type=Path, help="the .safetensors file to write")
    verb.add_argument(
        "--weights", choices=("best", "last"), default="best", help="those of the best epoch, or of the last"
    )


def export_weights(args: argparse.Namespace) -> int:
    """Write the weights of a run, with its project in the metadata."""
    from visualnet.core.errors import FileError
    from visualnet.pytorch import need_torch
    from visualnet.training.evaluation.evaluation import find_weights
    from visualnet.training.runs.run_model import read_project
    from visualnet.training.transfer.project_in_weights import save_with_project
    from visualnet.training.transfer.weight_files import read_weights

    need_torch()
    folder = find_run_folder(args.run)
    project = read_project(folder)
    try:
        path, which = find_weights(folder, args.weights)
        tensors = read_weights(path)
    except FileError:
        raise
    except ValueError as error:
        raise UsageError(str(error)) from None
    if project is None:
        raise UsageError(f"the project in {folder} cannot be read")
    save_with_project(args.output, tensors, project)
    told = {"file": str(args.output), "weights": which, "tensors": len(tensors)}
    print(
        json.dumps(told)
        if args.json
        else f"wrote {args.output} ({which} weights; opened in the window it shows the network)"
    )
    return FINE


CURVES = Verb(
    export_curves, "write the curves of a run for other tools: CSV, Parquet, TensorBoard, MLflow", curve_options
)
WEIGHTS = Verb(
    export_weights, "write the weights of a run as safetensors with its project in the metadata", weight_options
)
