"""Cards glide to their new places, so that the eye can follow; the document is already there."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEasingCurve, QObject, QVariantAnimation

from visualnet.app.canvas.camera.camera import Camera

DRIFT_MS = 200
MOST = 2000
"""With more cards than this a frame takes so long that it would stutter."""
Places = Mapping[str, tuple[float, float]]


class NodeAnimation(QObject):
    """One motion at a time; any key or press ends it at once."""

    def __init__(self, view: Camera) -> None:
        super().__init__(view)
        self.view = view
        self._moving = QVariantAnimation(self, startValue=0.0, endValue=1.0, duration=DRIFT_MS)
        self._moving.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._moving.valueChanged.connect(self._step)
        self._moving.finished.connect(view.canvas.settle)
        self._ways: dict[str, tuple[tuple[float, float], tuple[float, float]]] = {}

    def run(self, before: Places, after: Places) -> None:
        """Let the cards go from where they stood to where they stand now."""
        self._ways = {i: (before[i], at) for i, at in after.items() if i in before and before[i] != at}
        if not self.view.motion or not self.view.isVisible() or not self._ways or len(self._ways) > MOST:
            return
        self.view.canvas.shift({i: old for i, (old, _) in self._ways.items()})
        self._moving.start()

    def _step(self, t: float) -> None:
        self.view.canvas.shift(
            {i: (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t) for i, (a, b) in self._ways.items()}
        )

    @property
    def running(self) -> bool:
        return self._moving.state() != QVariantAnimation.State.Stopped

    def finish(self) -> None:
        """Be there at once."""
        if self.running:
            self._moving.stop()
            self.view.canvas.settle()
