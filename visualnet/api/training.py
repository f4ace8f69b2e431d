"""Training and using networks from Python: ``for event in train(net): …``, ``load_run(folder).predict(images)``."""

from __future__ import annotations

import json
import os
import queue
import threading
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from visualnet.api.graph import Graph
from visualnet.api.own_data import Dataset, as_loaded
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.data.loading import Loaded, load
from visualnet.training.control import Control
from visualnet.training.events import Event, Failed
from visualnet.training.loop.sinks import Sink, combine
from visualnet.training.prediction.named_answers import NamedAnswer
from visualnet.training.prediction.run_prediction import NORMALIZATION, answer_run, load_model, predict_run
from visualnet.training.prediction.run_prediction import predict as predict
from visualnet.training.process.address import Unreachable
from visualnet.training.process.server import check_free, serving
from visualnet.training.recipe.live_settings import Setting, check_value
from visualnet.training.runs.preparation_file import read_preparation
from visualnet.training.runs.run_model import RunModel, read_run

if TYPE_CHECKING:
    from torch import Tensor

    from visualnet.api.recipe_settings import RecipeSettings
    from visualnet.compiling.module import Model
    from visualnet.training.evaluation.evaluation import Evaluation
    from visualnet.training.prediction.found_objects import FoundObject

Arrays = Mapping[str, NDArray[Any]]
END = object()


class TrainingError(RuntimeError):
    """A training failed; the words say where and why."""


class Training:
    """A training that runs while it is iterated over: yields the events of ``visualnet.training.events``, and ends with the last.

    Leaving the loop early, or ``stop()``, ends the training after the present step. Afterwards ``run`` holds the curves and ``model`` the
    trained network.
    """

    def __init__(self, project: Project, data: Loaded, folder: Path | None, resume: bool, serve: bool = False) -> None:
        from visualnet.training.loop.session import Session

        self.data = data
        """The data as they are trained on: divided, with mean and deviation of the training part."""
        self.run = RunModel("", folder)
        self._control = Control()
        self._events: queue.Queue[Any] = queue.Queue()
        self._served = folder if serve else None
        self._tell: Sink = self._events.put
        self._session = Session(project, data, self._hear, self._control, folder=folder, resume=resume)
        self._thread: threading.Thread | None = None

    @property
    def model(self) -> Model:
        """The network with its present weights.

        Raises:
            TrainingError: nothing was trained yet.
        """
        if self._session.model is None:
            raise TrainingError("nothing was trained yet: iterate over the training first")
        return self._session.model

    def __iter__(self) -> Iterator[Event]:
        self._thread = threading.Thread(target=self._work, name="training", daemon=False)
        self._thread.start()
        try:
            while (event := self._events.get()) is not END:
                self.run.consume(event)
                if isinstance(event, Failed):
                    raise TrainingError(event.words)
                yield event
        finally:
            self.stop()
            self._thread.join()

    def _work(self) -> None:
        try:
            with serving(self._served, self._control) if self._served is not None else nullcontext() as tell:
                if tell is not None:
                    self._tell = combine(tell, self._events.put)
                self._session.run()
        except Unreachable as error:
            self._events.put(Failed(kind="process", words=str(error)))
        finally:
            self._events.put(END)

    def _hear(self, event: Event) -> None:
        self._tell(event)

    def predict(self, *inputs: Tensor | ArrayLike) -> Tensor | dict[str, Tensor]:
        """What the network as it is now answers to a batch (axis 0 is the sample), normalised as in the training."""
        return predict(self.model, *inputs, mean=self.data.mean, std=self.data.std)

    def change(self, *, node: str = "", learner: str = "", **settings: Any) -> None:
        """Train on with other settings: ``change(lr=0.001, clip_norm=1)``, ``change(node="drop1", p=0.2)``,
        ``change(node="conv1", trainable=False)``. An event ``Changed`` tells when they act: from the next step on, or the next epoch.

        Args:
            node: the node of the main sheet that they are of, by name.
            learner: the one of several learners that they are of.

        Raises:
            ValueError: the training is over, or has no such setting that can be changed while it goes on, or not to this value.
        """
        project = self._control.project or self._session.project
        known = {one.name: one.id for one in project.graph}
        if node and node not in known:
            raise ValueError(f"the network has no node “{node}”; it has {', '.join(known)}")
        values = {Setting(name, learner, node=known.get(node, "")): value for name, value in settings.items()}
        for setting, value in values.items():
            check_value(project, setting, value)
        self._control.change(values)

    def stop(self) -> None:
        """End after the present step."""
        self._control.stop()

    def finish(self) -> Training:
        """Train to the end without looking at the events.

        Raises:
            TrainingError: it failed.
        """
        for _ in self:
            pass
        return self


def train(
    network: Project | Graph,
    data: Dataset | Mapping[str, ArrayLike] | None = None,
    *,
    folder: str | os.PathLike[str] | None = None,
    resume: bool = False,
    serve: bool = False,
    **recipe: Unpack[RecipeSettings],
) -> Training:
    """Train a network as its recipe says, changed by ``epochs``, ``lr``, ``batch_size``, ``optimizer``, ``schedule``, ``clip_norm`` …

    Args:
        network: what to train.
        data: a map-style data set, or arrays by field (axis 0 is the sample); the project's own choice if left out.
        folder: where the run is kept (weights, events, curves), so that ``load_run`` finds it; nothing is kept if left out.
        resume: go on with the run in ``folder``; where the network was changed since, layers keep weights of the same sizes.
        serve: windows (*Follow a training*) and ``visualnet attach`` may follow the run in ``folder`` and steer it while it goes on.

    Raises:
        ValueError: the recipe or the data cannot be used, another process trains in the folder, or none was named to serve; the words
            say why.
    """
    from visualnet.core import edits
    from visualnet.training.optimizers import check_recipe
    from visualnet.training.recipe.settings import change
    from visualnet.training.runs.run_model import create_run

    project = network.project if isinstance(network, Graph) else network
    if recipe:
        project = edits.set_recipe(project, **change(project.recipe, cast(Mapping[str, Any], recipe)))
    check_recipe(project.recipe)
    if serve:
        if folder is None:
            raise ValueError('serve=True lets windows follow the run by its folder: name one, as folder="runs/first"')
        check_free(Path(folder))
    loaded = load(project.data) if data is None else as_loaded(data, project)
    place = Path(folder) if folder is not None else None
    if place is not None and not resume:
        place = create_run(project, place)
        figures = {f: {"mean": loaded.mean[f].tolist(), "std": loaded.std[f].tolist()} for f in loaded.mean}
        project_file.write(place / NORMALIZATION, json.dumps(figures).encode())
    return Training(project, loaded, place, resume, serve)


class Run:
    """A run that was kept: its project, its curves and its best weights."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.project = project_file.load(folder / "project.vnet")
        self.curves: RunModel = read_run(folder)

    def model(self) -> Model:
        """The network with the weights of its best epoch.

        Raises:
            BadCheckpoint: the weights are not those of this network, or cannot be read.
        """
        return load_model(self.folder, self.project)

    def predict(self, *inputs: Any) -> Tensor | dict[str, Tensor]:
        """What the network answers to a batch (axis 0 is the sample), prepared and normalised as in the training.

        Where the run has a preparation, inputs are samples as they were before it: arrays, which may differ in size. Inputs are also texts
        as words; paths of images and sounds; rows of a table as they stand in its file (cells by the names of their columns or in their
        order, with words for categories), or the path of a file of such rows. One path, text or row is a batch of one.

        Raises:
            ValueError: there are more or fewer inputs than the network has, or a sample is not what the preparation takes.
        """
        return predict_run(self.folder, self.project, inputs)[1]

    def answer(self, *inputs: Any) -> list[NamedAnswer] | dict[str, list[NamedAnswer]]:
        """What the network answers to each sample of a batch, with the names of the classes: ``.label``, ``.probability``,
        ``.probabilities`` by class; or the numbers, ``.values``. Inputs as for ``predict``; of several outputs each by its name.

        Raises:
            ValueError: as ``predict``.
        """
        found = answer_run(self.folder, self.project, inputs)
        return found if len(found) > 1 else next(iter(found.values()))

    def find_objects(self, picture: str | os.PathLike[str] | ArrayLike, least: float = 0.5) -> list[FoundObject]:
        """The objects in a whole picture, the surest first: ``.label``, ``.score``, ``.box`` (x0, y0, x1, y1 in px). For a run that was
        trained on regions of pictures (R-CNN). A picture is a file, or an array (channel, height, width) with values from 0 to 1.

        Raises:
            ValueError: the run was trained on whole samples, or this is no picture that can be read.
        """
        from visualnet.training.prediction.found_objects import find_objects

        given = Path(picture) if isinstance(picture, str | os.PathLike) else np.asarray(picture)
        return find_objects(self.folder, self.project, given, least)

    def evaluate(
        self,
        part: str = "validation",
        weights: str = "best",
        data: Dataset | Mapping[str, ArrayLike] | None = None,
    ) -> Evaluation:
        """Judge the run on a part of its data: ``.figures`` are metrics with 95 % intervals, ``.predictions`` the answers themselves.

        What it answered is kept in the run's folder, and computed anew when data or weights have changed. A run that learned by play is
        judged by a hundred episodes that it plays (``mean_reward``), of seeds that no training has played.

        Args:
            part: ``validation``, ``training``, or ``test``, of which every look is counted.
            weights: those of the ``best`` epoch or the ``last``.
            data: what it was trained on, where that was given to ``train`` and not chosen in the project.

        Raises:
            ValueError: there is no such part, no weights, or nothing can be judged.
        """
        from visualnet.training.evaluation.evaluation import evaluate

        loaded = as_loaded(data, self.project, read_preparation(self.folder)) if data is not None else None
        return evaluate(self.folder, part, weights, loaded)


def load_run(folder: str | os.PathLike[str]) -> Run:
    """A run by its folder.

    Raises:
        FileError: there is no run in it.
    """
    return Run(Path(folder))
