"""`visualnet segment`: the mask of an image of any size, tile by tile."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visualnet.cli.common import FINE, Subcommand, UsageError, number
from visualnet.cli.runs.run_folder import find_run_folder

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]


def options(verb: argparse.ArgumentParser) -> None:
    """Which run, which image, and where the mask goes."""
    verb.add_argument("run", metavar="RUN", help="the run's folder, or its name among yours")
    verb.add_argument(
        "image", metavar="IMAGE", type=Path, help="an image of any size, at the scale of the training's images"
    )
    verb.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=Path,
        required=True,
        help="write the mask here, as .png: a class is its number",
    )
    verb.add_argument(
        "--over", action="store_true", help="write the image with its mask laid over it in colours, to look at"
    )
    verb.add_argument(
        "--overlap",
        metavar="PIXELS",
        type=number(int, 0),
        help="so much of each tile's edges is left to its neighbours (an eighth; nothing without padding)",
    )


def run(args: argparse.Namespace) -> int:
    """Segment, and write."""
    from visualnet.core.storage import project_file
    from visualnet.core.text.format import format_percent
    from visualnet.data.sources.images.decode import decode_image
    from visualnet.pytorch import need_torch
    from visualnet.training.prediction.overlap_tile import segment
    from visualnet.training.prediction.run_prediction import load_model, normalization
    from visualnet.training.runs.run_model import PROJECT

    if args.output.suffix.lower() != ".png":
        raise UsageError(f"{args.output}: a mask is written as .png")
    folder = find_run_folder(args.run)
    try:
        need_torch()
        project = project_file.load(folder / PROJECT)
        model = load_model(folder, project)
        (step, *_) = model.plan.net_inputs
        spec = next(iter(model.analysis.main.nodes[step.id].leaving.values()))
        channels = int(spec.shape[0]) if len(spec.shape) == 3 else 3
        image = decode_image(str(args.image), channels)
        mean, std = normalization(folder, project)
        mask = segment(model, image, mean=mean, std=std, overlap=args.overlap)
    except ValueError as error:
        raise UsageError(f"{args.image}: {error}") from None
    project_file.write(args.output, _as_png(_lay_over(image, mask) if args.over else mask))
    found = {int(number): int((mask == number).sum()) for number in sorted(set(mask.ravel().tolist()))}
    if args.json:
        print(json.dumps({"output": str(args.output), "size": mask.shape, "pixels": found}))
        return FINE
    shares = ", ".join(f"class {kind} {format_percent(count / mask.size)}" for kind, count in found.items())
    print(f"{args.output}: {mask.shape[1]}×{mask.shape[0]} pixels, {shares}")
    return FINE


def _lay_over(image: Array, mask: Array) -> Array:
    from visualnet.figures.colours.masks import lay_over
    from visualnet.training.evaluation.sample_pictures import as_picture

    return lay_over(as_picture(image), mask)


def _as_png(pixels: Array) -> bytes:
    """An image (row, column, 3), or a mask (row, column) whose numbers are grey values."""
    import io

    import numpy as np
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


VERB = Subcommand(run, "the mask of an image of any size, tile by tile", options)
