"""``python packaging/trained [NAME …]``: train the small networks of the start page as their recipes say, and keep their best weights.

Each is trained on the CPU by one thread from its own seed, so the same versions of torch and of the program give the same files. What was
reached is written beside them: all that is measured on the validation set, at the best epoch.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from visualnet.core.storage import project_file  # noqa: E402
from visualnet.data.loading import load  # noqa: E402
from visualnet.training.checkpoints import BEST  # noqa: E402
from visualnet.training.loop.session import Session  # noqa: E402
from visualnet.training.runs.run_model import RunModel, create_run  # noqa: E402

NAMES = (
    "perceptron-points",
    "mlp-mnist",
    "lenet5",
    "resnet-small",
    "gru-rows",
    "vit-small",
    "gpt-small",
    "transformer-small",
    "translation",
    "bert-pretraining",
    "textcnn-small",
    "autoencoder",
    "vae",
    "unet-small",
)
"""What can be trained in a minute on two cores, and is small as a file: all of them together have a million weights."""


def train(name: str, folder: Path) -> dict[str, object]:
    """Train a template and put its best weights into the folder; what is told of them."""
    project = project_file.load(ROOT / "resources" / "templates" / f"{name}.vnet")
    with tempfile.TemporaryDirectory() as aside:
        run = create_run(project, Path(aside) / name)
        model = RunModel(name, run)
        reason = Session(project, load(project.data), model.consume, folder=run, threads=1).run()
        if reason != "done":
            raise SystemExit(f"{name}: {model.failed.words if model.failed else reason}")
        shutil.copyfile(run / BEST, folder / f"{name}.safetensors")
    measured = {measure: series.values.tolist() for measure, series in model.validation.items()}
    judge = project.recipe.best_by
    best = (min if judge == "loss" else max)(measured[judge])
    at = measured[judge].index(best)
    return {
        "name": name,
        "epoch": at + 1,
        "validation": {measure: round(values[at], 6) for measure, values in measured.items()},
    }


def main(wanted: list[str]) -> None:
    folder = ROOT / "resources" / "trained"
    folder.mkdir(exist_ok=True)
    index = folder / "index.json"
    told = {entry["name"]: entry for entry in json.loads(index.read_text())} if index.exists() else {}
    for name in wanted or NAMES:
        told[name] = train(name, folder)
        print(told[name], flush=True)
        lines = ",\n".join(f"  {json.dumps(told[known])}" for known in NAMES if known in told)
        project_file.write(index, f"[\n{lines}\n]\n".encode())


if __name__ == "__main__":
    main(sys.argv[1:])
