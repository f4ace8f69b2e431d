"""From where each sheet of each project was looked at last."""

from __future__ import annotations

from typing import NamedTuple
from weakref import WeakKeyDictionary

from visualnet.app.canvas.camera.camera import Camera, Pose
from visualnet.core.document import Document
from visualnet.core.project import MAIN


class SavedPose(NamedTuple):
    """A pose, and whether the whole sheet was shown (then it is fitted again: the window may have another size)."""

    pose: Pose
    whole: bool


class SavedPoses:
    """Knows what a camera shows, and puts it back where it stood when that sheet comes again. A closed document is forgotten."""

    def __init__(self, camera: Camera, document: Document) -> None:
        self._camera = camera
        self._kept: WeakKeyDictionary[Document, dict[str, SavedPose]] = WeakKeyDictionary()
        self.document, self.sheet = document, MAIN

    def switch_to(self, document: Document, sheet: str) -> None:
        """Another sheet is shown, maybe of another document: remember the old view, take up that sheet's."""
        camera = self._camera
        self._kept.setdefault(self.document, {})[self.sheet] = SavedPose(camera.pose(), camera.following)
        self.document, self.sheet = document, sheet
        saved = self._kept.get(document, {}).get(sheet)
        if saved is None or saved.whole:
            camera.fit()
            camera.skip()
        else:
            camera.look(saved.pose)
