"""Whole pictures as own samples, where the network is trained on regions of such: searched beside the window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget

from visualnet.app.features.see_inside.observation_view import ObservationView
from visualnet.app.services.background_task import BackgroundTask, Job
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.layouts import column
from visualnet.data.loading import Loaded
from visualnet.data.regions.crops import RegionCropper
from visualnet.data.regions.region_samples import find_regions
from visualnet.training.observations.probe_targets import OwnSample, OwnScene

Array = NDArray[Any]
NUMBER = -1
"""What tells this picture's requests from those of the panel *See inside*."""


class SceneAnswer(QWidget):
    """What the network finds in the picture that was opened, or in the scene of the chosen sample."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = ObservationView(studio, "objects", {}, NUMBER)
        for needless in (self.view.close_button, self.view.enlarge):
            needless.hide()
        self._task: BackgroundTask | None = None
        column((self.view, 1), parent=self)

    def search(
        self,
        picture: Array,
        cutter: RegionCropper,
        done: Callable[[OwnSample], object],
        failed: Callable[[str], object],
    ) -> None:
        """Propose regions in a picture, beside the window; another one that comes meanwhile takes its place."""
        if self._task is not None:
            self._task.cancel()
        self._task = BackgroundTask(
            lambda job: _propose(picture, cutter, job),
            done,
            failed=failed,
            name="search a picture for regions",
            words="The picture cannot be searched",
            parent=self,
        )


def scene_of(data: Loaded, place: int) -> Array | None:
    """The whole picture that a sample of the data is a region of."""
    regions = find_regions(data.samples)
    return None if regions is None else regions.scene(place // regions.regions).image


def _propose(picture: Array, cutter: RegionCropper, job: Job) -> OwnSample:
    job(0.0)
    height, width = picture.shape[1:]
    proposals = cutter.proposals(picture)
    job(1.0)
    whole = cutter.crops(picture, np.array([[0, 0, width, height]], np.float32))[0]
    return OwnSample({"image": whole}, OwnScene(picture, proposals))
