"""Where the view looks from: pan, zoom at a point, glide to an area."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QAbstractAnimation, QEasingCurve, QPoint, QPointF, QRectF, Qt, QTimer, QVariantAnimation
from PySide6.QtGui import QTransform
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from visualnet.analysis.geometry.card_detail import PICTURES_FROM
from visualnet.analysis.geometry.layout_choice import MARGIN_X, MARGIN_Y
from visualnet.app.canvas.scene.scene import CanvasScene
from visualnet.app.theme import fonts
from visualnet.core.user.system_motion import system_animates

NEAREST, FURTHEST = 4.0, 0.02
WORLD = QRectF(-4e6, -4e6, 8e6, 8e6)
TIGHT = 14.0
"""The least margin around the whole sheet, in px of the screen."""
GLIDE_MS = 150
REST_MS = 70


class Pose(NamedTuple):
    """A centre in the scene and a scale."""

    x: float
    y: float
    zoom: float


class Camera(QGraphicsView):
    """A view that scrolls without bars and zooms without bounds that one would notice."""

    def __init__(self, scene: CanvasScene, parent: QWidget | None = None) -> None:
        super().__init__(
            scene,
            parent,
            sceneRect=WORLD,
            viewportUpdateMode=QGraphicsView.ViewportUpdateMode.SmartViewportUpdate,
            transformationAnchor=QGraphicsView.ViewportAnchor.NoAnchor,
            resizeAnchor=QGraphicsView.ViewportAnchor.NoAnchor,
            optimizationFlags=QGraphicsView.OptimizationFlag.DontSavePainterState
            | QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing,
        )
        self.canvas = scene
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._glide = QVariantAnimation(self, startValue=0.0, endValue=1.0, duration=GLIDE_MS)
        self._glide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._glide.valueChanged.connect(self._glide_to)
        self._from = self._to = Pose(0, 0, 1)
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._rested)
        self.following = False
        """Whether the whole sheet is shown, and stays so when the window is resized."""
        self._whole = False
        self._motion: bool | None = None
        self._factor = fonts.factor()

    @property
    def motion(self) -> bool:
        """Whether the view glides; off when the system or the person asks for less motion. Found out when first needed."""
        if self._motion is None:
            self._motion = system_animates()
        return self._motion

    def choose_motion(self, choice: object) -> None:
        """``on``, ``off``, or whatever the system is set to."""
        self._motion = {"on": True, "off": False}.get(str(choice))

    @property
    def zoom(self) -> float:
        """Screen px for one px of the scene."""
        return self.transform().m11()

    @property
    def gliding(self) -> bool:
        """Whether the view is on its way."""
        return self._glide.state() != QAbstractAnimation.State.Stopped

    @property
    def shows_whole(self) -> bool:
        """Whether the whole sheet is shown and stays so, or will be when a glide has ended."""
        return self._whole if self.gliding else self.following

    @property
    def seen(self) -> QRectF:
        """The part of the sheet that is in view."""
        return self.mapToScene(self.viewport().rect()).boundingRect()

    def _middle(self) -> QPointF:
        return QRectF(self.viewport().rect()).center()

    def pose(self) -> Pose:
        """Where the view looks now."""
        return Pose(*self.scene_point(self._middle()).toTuple(), self.zoom)

    def scene_point(self, at: QPointF) -> QPointF:
        """A point of the viewport in the scene; unlike ``mapToScene`` not rounded to whole px."""
        inverse, _ = self.viewportTransform().inverted()
        return inverse.map(at)

    def look(self, pose: Pose) -> None:
        """Look there at once."""
        self.following = False
        zoom = min(NEAREST, max(FURTHEST, pose.zoom))
        if zoom != self.zoom:
            self.canvas.zooming = True
            self.setTransform(QTransform.fromScale(zoom, zoom))
        corner = QPointF(pose.x, pose.y) * zoom - self._middle()
        self._scroll_to(round(corner.x()), round(corner.y()))

    def pan(self, by: QPoint) -> None:
        """Shift the picture by screen px."""
        self.stop()
        self.following = False
        self._scroll_to(self.horizontalScrollBar().value() - by.x(), self.verticalScrollBar().value() - by.y())

    def _scroll_to(self, left: int, top: int) -> None:
        self.horizontalScrollBar().setValue(left)
        self.verticalScrollBar().setValue(top)
        self._moved()

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Come closer or step back; the point ``at`` of the viewport stays where it is."""
        self.stop()
        middle = self._middle()
        at = middle if at is None else at
        zoom = min(NEAREST, max(FURTHEST, self.zoom * factor))
        centre = self.scene_point(at) + (middle - at) / zoom
        self.look(Pose(centre.x(), centre.y(), zoom))

    def zoom_reset(self) -> None:
        """Show cards at their own size."""
        self.glide(self.pose()._replace(zoom=fonts.factor()))

    def fit(self, area: QRectF | None = None, closest: float | None = None) -> None:
        """Show the whole sheet, or an area. The whole sheet stays in view when the window is resized, until the view is moved."""
        whole = area is None
        area = self.canvas.contents() if area is None else area
        if area.isEmpty():
            self.glide(Pose(0, 0, 1), whole)
            return
        # The words on cards are as large as all others when a card has its own size.
        zoom = min(self._scale_to_fit(area, MARGIN_X, MARGIN_Y), fonts.factor() if closest is None else closest)
        least = PICTURES_FROM * fonts.factor()
        if zoom < least <= self._scale_to_fit(area, TIGHT, TIGHT):
            zoom = least  # the pictures on the cards are worth more than the margins
        self.glide(Pose(area.center().x(), area.center().y(), max(zoom, FURTHEST)), whole)

    def _scale_to_fit(self, area: QRectF, margin_x: float, margin_y: float) -> float:
        """The scale at which an area fills the view but for its margins, in px of the screen."""
        room = self.viewport().size()
        return min((room.width() - 2 * margin_x) / area.width(), (room.height() - 2 * margin_y) / area.height())

    def grow_with_text(self) -> None:
        """Cards grow with all other text, by coming closer."""
        before, self._factor = self._factor, fonts.factor()
        if before == self._factor:
            return
        if self.following:
            self.fit()
            self.skip()
        else:
            self.zoom_by(self._factor / before)

    def glide(self, pose: Pose, whole: bool = False) -> None:
        """Go there in a moment, so that the eye can follow. ``whole``: what will be seen is the whole sheet."""
        self.stop()
        self._whole = whole
        if not self.motion or not self.isVisible():
            self.look(pose)
            self.following = whole
            return
        self._from, self._to = self.pose(), pose
        self._glide.start()

    def _glide_to(self, share: float) -> None:
        a, b = self._from, self._to
        zoom = a.zoom * (b.zoom / a.zoom) ** share
        # The way runs evenly on the screen, not in the scene, or the picture would swing.
        t = share if abs(b.zoom - a.zoom) < 1e-9 else (1 / zoom - 1 / a.zoom) / (1 / b.zoom - 1 / a.zoom)
        self.look(Pose(a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t, zoom))
        self.following = self._whole

    def stop(self) -> None:
        """Skip what is left of a glide."""
        self._glide.stop()

    def skip(self) -> None:
        """Be at once where a glide leads."""
        if self.gliding:
            self.stop()
            self.look(self._to)
            self.following = self._whole

    def _moved(self) -> None:
        self.canvas.hurry = True
        self._rest.start()

    def _rested(self) -> None:
        self.canvas.hurry = self.canvas.zooming = False
        self.viewport().update()
