"""Judge a run on a part of its data: its answers, its figures with their intervals, and what they rest on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.core.text.format import format_quantity
from visualnet.pytorch import need_torch
from visualnet.training.evaluation import prediction_files, uses_of_test_part
from visualnet.training.evaluation.episodes.judging import judge_episodes, learns_by_play
from visualnet.training.evaluation.intervals import Estimate, estimate, wilson
from visualnet.training.evaluation.metrics import METRICS, Metric, metrics_for
from visualnet.training.evaluation.metrics.anomaly import has_odd
from visualnet.training.evaluation.prediction_set import PredictionSet
from visualnet.training.evaluation.tasks import unit_of
from visualnet.training.runs.preparation_file import PREPARATION, read_preparation
from visualnet.training.runs.run_changes import with_data_of_run
from visualnet.training.runs.run_model import PROJECT

if TYPE_CHECKING:
    from visualnet.compiling.module import Model
    from visualnet.data.loading import Loaded

Check = Callable[[float], None]
PARTS = ("validation", "test", "training")
WEIGHTS = ("best", "last")
NO_TEST = "there is no test part: divide the data 60 / 20 / 20 (in the recipe, under Data) and train anew"
NO_VALIDATION = "there is no validation part: divide the data 80 / 20 (in the recipe, under Data) and train anew"
NO_WEIGHTS = "the run has no weights yet: they are written with its first epoch"
CHANGED = "The data have changed since this run was trained: these figures are of the data as they are now, prepared as in the training."
PREDICTING = 0.7
"""Computing the answers is about so much of the work; the rest are the intervals."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A run judged on a part of its data. ``figures`` are the metrics of each answer, by name, in the order of ``predictions``.

    ``opened`` is how often the run's test part has been opened; ``note`` says what one should know, such as data that changed since.
    """

    folder: Path
    project: Project
    part: str
    weights: str
    loaded: Loaded
    data: str
    digest: str
    predictions: tuple[PredictionSet, ...]
    figures: tuple[Mapping[str, Estimate], ...]
    opened: int
    epoch: int = 0
    note: str = ""

    @property
    def run(self) -> str:
        """The run's name: that of its folder."""
        return self.folder.name

    @property
    def size(self) -> int:
        """How many samples were judged."""
        return max((predictions.size for predictions in self.predictions), default=0)

    @property
    def unit(self) -> str:
        """What was judged: samples, or episodes."""
        return unit_of(self.predictions[0])

    def headline(self, number: int = 0) -> tuple[Metric, Estimate]:
        """The metric of an answer that is told first, with its value."""
        name = next(iter(self.figures[number]))
        return METRICS[name], self.figures[number][name]


def evaluate(
    folder: Path,
    part: str = "validation",
    weights: str = "best",
    data: Loaded | None = None,
    check: Check = lambda share: None,
    count: bool = True,
) -> Evaluation:
    """Judge a run. What it answered is kept in its folder and had from there as long as data and weights stay the same.

    A run that learned by play is judged by episodes: of a part's own seeds, not by samples.

    Args:
        folder: the run's folder.
        part: ``validation``, ``test`` (which is counted, unless ``count`` is False) or ``training``.
        weights: those of the ``best`` epoch or the ``last``.
        data: the data as they were trained on, where they are not what the project says.
        check: called with the share that is done; may raise to end the work.

    Raises:
        ValueError: there is no such part, no weights, or nothing can be judged; the words say why.
        FileError: there is no run in the folder.
    """
    if part not in PARTS or weights not in WEIGHTS:
        raise ValueError(
            f"“{part}” and “{weights}”: wanted is one of {', '.join(PARTS)}, and one of {', '.join(WEIGHTS)}"
        )
    project = with_data_of_run(project_file.load(folder / PROJECT), folder)
    path, taken = find_weights(folder, weights)
    from visualnet.data.loading import load

    loaded = data if data is not None else load(project.data, kept=read_preparation(folder))
    if not len(_index(loaded, part)) and not learns_by_play(project):
        raise ValueError(NO_TEST if part == "test" else NO_VALIDATION)
    try:
        digest = prediction_files.digest_file(path)
    except OSError as error:
        raise ValueError(f"the weights cannot be read: {error}") from None
    predictions = _Weights(folder, project, path, taken, digest).judge(loaded, part, check)
    opened = (
        uses_of_test_part.note_use(folder, digest) if part == "test" and count else uses_of_test_part.count_uses(folder)
    )
    figures = _figures(predictions, check)
    epoch, note = _state_of(folder, loaded.fingerprint, data is None)
    if not learns_by_play(project):
        note = " ".join(filter(None, (note, _left_out(loaded, _index(loaded, part), predictions))))
    return Evaluation(
        folder, project, part, taken, loaded, loaded.fingerprint, digest, predictions, figures, opened, epoch, note
    )


class _Weights(NamedTuple):
    """Weights of a run, in a file of this digest."""

    folder: Path
    project: Project
    path: Path
    name: str
    digest: str

    def judge(self, data: Loaded, part: str, check: Check) -> tuple[PredictionSet, ...]:
        """The answers to a part. With those to the test part go those to the validation part, where something is chosen by them."""
        predictions = self._answers(data, part, check, lambda share: check(PREDICTING * share))
        if part != "test" or not len(data.validation) or not any(map(has_odd, predictions)):
            return predictions
        before = {one.name: one for one in self._answers(data, "validation", check, lambda share: check(PREDICTING))}
        return tuple(replace(one, elsewhere=before.get(one.name)) for one in predictions)

    def _answers(self, data: Loaded, part: str, check: Check, done: Check) -> tuple[PredictionSet, ...]:
        """The answers to a part, kept ones or new ones."""
        key = f"{data.fingerprint} {self.digest} {part} {_digest_preparation(self.folder)}"
        kept = prediction_files.place_of(self.folder, part, self.name)
        found = prediction_files.read(kept, key)
        if found is None:
            model, is_played = _open(self.project, self.path, data, check), learns_by_play(self.project)
            found = judge_episodes(model, data, part, done) if is_played else _predict(model, data, part, done)
            prediction_files.keep_predictions(kept, key, found)
        return found


def _index(data: Loaded, part: str) -> Any:
    """Which samples a part holds."""
    return {"validation": data.validation, "test": data.test, "training": data.train}[part]


def find_weights(folder: Path, wish: str = "best") -> tuple[Path, str]:
    """The file of a run's weights, and whether they are the ``best`` or the ``last``: what was wished for, else what there is.

    Raises:
        ValueError: there are none yet.
    """
    from visualnet.training.checkpoints import BEST, find_checkpoints

    best = folder / BEST
    last = [path / "weights.safetensors" for path in find_checkpoints(folder)]
    choices = {"best": [best] if best.is_file() else [], "last": [path for path in last if path.is_file()]}
    for name in (wish, *WEIGHTS):
        if choices[name]:
            return choices[name][0], name
    raise ValueError(NO_WEIGHTS)


def _left_out(data: Loaded, index: Any, predictions: tuple[PredictionSet, ...]) -> str:
    """What of a part is not judged, in words."""
    from visualnet.data.regions.region_samples import find_regions
    from visualnet.training.evaluation.scenes.judging import SPLIT, whole_scenes

    words, missing = [], len(index) - max(one.size for one in predictions)
    if missing:
        some = format_quantity(missing, "sample")
        words.append(f"{some} of this part are not judged: they cannot be read, or have no target.")
    regions = find_regions(data.samples)
    if regions is not None and not len(whole_scenes(regions, index)):
        words.append(SPLIT)
    return " ".join(words)


def _open(project: Project, weights: Path, data: Loaded, check: Check) -> Model:
    """The run's network with its weights, on the recipe's device."""
    need_torch()
    from visualnet.analysis import infer
    from visualnet.compiling.module import compile_project
    from visualnet.training import devices
    from visualnet.training.checkpoints import load_weights

    check(0.0)
    place = devices.place(project.recipe.device)
    model = compile_project(project, infer(project, None, data.fields), device=place.device, seed=0)
    load_weights(weights, model.net)
    return model


def _predict(model: Model, data: Loaded, part: str, check: Check) -> tuple[PredictionSet, ...]:
    from visualnet.training.evaluation.predicting import predict

    return predict(model, data, np.sort(_index(data, part)), check)


def _digest_preparation(folder: Path) -> str:
    """What tells the run's kept preparation from another; nothing where none was kept."""
    path = folder / PREPARATION
    return prediction_files.digest_file(path) if path.is_file() else ""


def _figures(found: tuple[PredictionSet, ...], check: Check) -> tuple[Mapping[str, Estimate], ...]:
    figures = []
    for number, predictions in enumerate(found):

        def told(share: float, number: int = number) -> None:
            check(PREDICTING + (1 - PREDICTING) * (number + share) / len(found))

        if not predictions.size:
            raise ValueError(f"no sample of this part has a target for “{predictions.name}”")
        chosen = metrics_for(predictions)
        values = estimate(predictions.size, {m.name: partial(m.values, predictions) for m in chosen}, told)
        for metric in chosen:
            one = values[metric.name]
            if metric.percent and one.low == one.high and 0 <= one.value <= 1:
                values[metric.name] = Estimate(one.value, *wilson(one.value * predictions.size, predictions.size))
        figures.append(values)
    return tuple(figures)


def _state_of(folder: Path, fingerprint: str, own: bool) -> tuple[int, str]:
    """The epoch of the run's checkpoint, and what is to be said where its data were other ones."""
    from visualnet.training.checkpoints import BadCheckpoint, find_checkpoints, read_state

    for path in find_checkpoints(folder):
        try:
            state = read_state(path)
        except BadCheckpoint:
            continue
        changed = own and bool(state.data) and not fingerprint.startswith(state.data)
        return state.epoch, CHANGED if changed else ""
    return 0, ""


def describe(evaluation: Evaluation) -> str:
    """What was judged, in a line: run, part, weights, samples."""
    size = format_quantity(evaluation.size, evaluation.unit)
    return f"{evaluation.run} · {evaluation.part} part · {size} · {evaluation.weights} weights"
