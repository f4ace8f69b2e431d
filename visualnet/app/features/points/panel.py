"""Points set by hand in the plane that the network divides, and the same plane as a hidden layer sees it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QHideEvent, QIcon, QPainter, QPen, QPixmap, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QFrame, QWidget

from visualnet.analysis.connect.hidden_layer import is_linear
from visualnet.app.features.points.plane_editor import PlaneEditor
from visualnet.app.features.see_inside.chooser import is_input
from visualnet.app.features.see_inside.observation_view import ObservationView
from visualnet.app.plots.colours import plot_colours
from visualnet.app.plots.decision_regions import draw_point
from visualnet.app.state.studio import Studio
from visualnet.app.theme.tokens import Theme
from visualnet.app.widgets.basic import ElidedLabel, EmptyState, IconLabel, button, describe, icon_button, label
from visualnet.app.widgets.layouts import STRETCH, column, row, split, stack, widget_of
from visualnet.app.widgets.segmented import Segmented
from visualnet.core import edits
from visualnet.core.graph import Value
from visualnet.core.project import Project
from visualnet.core.text.format import capitalize_first, format_quantity
from visualnet.data.builtin import FRAME, OWN, SHAPES, Points
from visualnet.data.plane.own_points import MOST, OwnPoint, read_points, write_points
from visualnet.data.registry import make_data_set

WHO, ADD_LAYER, TEMPLATE = "points", "graph.add_hidden_layer", "points-by-hand"
EVERY_MS = 100
OTHER_DATA = "Points can be set where a network learns from “Points in the plane” and reads them. The template “Points by hand” does."
CANNOT = "Straight lines cannot divide these points, and this network draws no others."


class PointsPanel(QWidget):
    """The plane at the left, the hidden space at the right; over them the classes, and the hidden layer where one is lacking."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio, self.runner = studio, studio.runner
        self.plane = PlaneEditor()
        self.hidden = ObservationView(studio, "hidden_space", {}, -1)
        self.hidden.who = f"{WHO}-hidden"
        self.hidden.close_button.hide()
        self.hidden.enlarge.hide()
        self.hidden.setFrameShape(QFrame.Shape.NoFrame)
        self.classes: Segmented | None = None
        self._made: tuple[object, list[OwnPoint]] | None = None
        self._build()
        self.plane.edited.connect(self._edit)
        self.plane.label_wanted.connect(self._choose_class)
        studio.theme_changed.connect(self._set_theme)
        studio.project_changed.connect(lambda *_: self.refresh())
        studio.analysed.connect(lambda _: self.refresh())
        self.runner.probes_changed.connect(self._draw_soon)
        self.runner.probes.data_changed.connect(self.refresh)
        self._set_theme(studio.theme)

    def _build(self) -> None:
        self.shapes = describe(QComboBox(), "Shape of the points", "How the points lie; those that you set are “own”")
        for name, words in SHAPES.items():
            self.shapes.addItem(name, name)
            self.shapes.setItemData(self.shapes.count() - 1, capitalize_first(words), Qt.ItemDataRole.ToolTipRole)
        self.shapes.activated.connect(self._choose_shape)
        self.clear_button = icon_button("delete", "Take all points away", done=self._clear)
        self.count = ElidedLabel("", "small")
        self.head = row(self.shapes, self.clear_button, (self.count, 1), margins=(8, 4, 8, 2), spacing=8)
        self.advice = QFrame()
        self.advice.setProperty("card", True)
        self.add_layer = button("Add a hidden layer", "primary", "plus", self._add_layer)
        self.add_layer.setToolTip("Put a dense layer of six units and a tanh before it; Undo takes them away")
        said = label(CANNOT, wrap=True)
        row(
            IconLabel("hint", 16, "hint"),
            (said, 1),
            self.add_layer,
            margins=(10, 4, 8, 4),
            spacing=8,
            parent=self.advice,
        )
        left = widget_of(column(self.head, row(self.advice, margins=(8, 0, 8, 0)), (self.plane, 1), spacing=2))
        self.parts = split((left, 1), (self.hidden, 1))
        nothing = QWidget()
        self.empty = EmptyState("data", OTHER_DATA)
        open_template = button("Open “Points by hand”", done=lambda: self.studio.template_requested.emit(TEMPLATE))
        open_template.setToolTip("Open the template in a new network; this one is kept if you save it")
        column((self.empty, 1), row(STRETCH, open_template, STRETCH, margins=(0, 0, 0, 24)), parent=nothing)
        self.stack = stack(nothing, self.parts)
        column((self.stack, 1), parent=self)

    # --- what is shown -----------------------------------------------------------------------------------------------

    @property
    def data(self) -> Points | None:
        """The points that are chosen as data, where the network reads them; else None."""
        try:
            found = make_data_set(self.studio.project.data)
        except ValueError:
            return None
        reads = any(
            facts.layer is not None and facts.layer.values().get("field") == "point"
            for facts in self.studio.analysis.main.sinks("input")
        )
        return found if isinstance(found, Points) and reads else None

    def _why_none(self) -> str:
        """What is wrong with the data that are chosen, or which would do."""
        try:
            make_data_set(self.studio.project.data)
        except ValueError as error:
            return f"{capitalize_first(str(error))}."
        return OTHER_DATA

    def refresh(self) -> None:
        """Show the points as the project has them now."""
        if not self.isVisible():
            return
        data = self.data
        self.stack.setCurrentIndex(0 if data is None else 1)
        if data is None:
            self.empty.sentence.setText(self._why_none())
            self.runner.request_probes(WHO)
            return
        points = self._points_of(data)
        can_edit = data.size <= MOST
        self.plane.show_points(points, data.class_count, can_edit)
        self._show_classes(data)
        self.shapes.setCurrentIndex(self.shapes.findData(data.shape))
        self.clear_button.setEnabled(bool(points) and can_edit)
        told = format_quantity(data.size, "point")
        self.count.setText(told if can_edit else f"{told}: with {MOST:,} or fewer they can be moved")
        self._show_advice(points)
        self._choose_layer()
        inputs = self.studio.analysis.main.sinks("input")[:1]
        ports = [((facts.node.id,), port) for facts in inputs for port in list(facts.outputs)[:1]]
        self.runner.request_probes(WHO, ports, grid=True)
        self._draw_soon()

    def _points_of(self, data: Points) -> list[OwnPoint]:
        """The points, or the first of them; made anew only where other ones are asked for."""
        options = self.studio.project.data.options
        if self._made is None or self._made[0] is not options:
            self._made = options, list_points(data)
        return self._made[1]

    def _show_advice(self, points: list[OwnPoint]) -> None:
        lacks = False
        if is_linear(self.studio.analysis):
            from visualnet.data.plane.straight_lines import lines_divide

            lacks = not lines_divide([point[:2] for point in points], [point.label for point in points])
        self.advice.setVisible(lacks)

    def _choose_layer(self) -> None:
        """Look at the last layer that bends the plane, until somebody chooses another one."""
        view, analysis = self.hidden, self.studio.analysis
        hidden = [one for one in view.kind.subjects(analysis) if not is_input(one, analysis)]
        if hidden and not view.pin.isChecked() and (view.subject is None or is_input(view.subject, analysis)):
            view.subject = hidden[-1]
            view.follow()

    def _show_classes(self, data: Points) -> None:
        """A button for each class, with the mark that its points have."""
        names = data.class_names()
        if self.classes is not None and self.classes.words == tuple(names):
            return
        if self.classes is not None:
            self.classes.deleteLater()
            self.classes.hide()
        self.classes = Segmented(names, "Class of the next point")
        self.classes.setToolTip("The class of the next point (keys 1, 2 …)")
        self.classes.chosen.connect(self._choose_class)
        self.head.insertWidget(0, self.classes)
        self.plane.classes = len(names)
        self.plane.label = min(self.plane.label, len(names) - 1)
        self.classes.set_current(self.plane.label)
        self._paint_marks()

    def _draw_soon(self) -> None:
        self.runner.redraws.ask(WHO, self, self._draw, self.runner.probes.redraw_ms(EVERY_MS))

    def _draw(self) -> None:
        seen = self.runner.probes.seen
        grid = seen.grid if seen is not None else None
        if grid is None or len(grid.low) != 2 or not grid.share:
            self.plane.show_regions((*FRAME, *FRAME), None)
        else:
            self.plane.show_regions((grid.low[0], grid.high[0], grid.low[1], grid.high[1]), grid.values)

    # --- what is done ------------------------------------------------------------------------------------------------

    def _choose_class(self, number: int) -> None:
        self.plane.label = number
        if self.classes is not None:
            self.classes.set_current(number)
        self.plane.update()

    def _edit(self, words: str, points: list[OwnPoint]) -> None:
        data = self.data
        if words and data is not None:
            self.studio.do(words, lambda project: with_points(project, data, points))
        self.refresh()

    def _clear(self) -> None:
        self._edit("Take all points away", [])

    def _choose_shape(self, index: int) -> None:
        shape, options = self.shapes.itemData(index), self.studio.project.data.options
        self.studio.do(
            "Choose the shape of the points", lambda p: edits.set_data(p, options={**options, "shape": shape})
        )

    def _add_layer(self) -> None:
        self.studio.shell.run_action(ADD_LAYER)

    # --- the window --------------------------------------------------------------------------------------------------

    def _set_theme(self, theme: Theme) -> None:
        self.plane.set_theme(theme)
        self._paint_marks()

    def _paint_marks(self) -> None:
        colours = plot_colours(self.studio.theme)
        for number in range(self.plane.classes if self.classes is not None else 0):
            picture = QPixmap(28, 28)
            picture.setDevicePixelRatio(2)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(colours.surface, 1.2))  # the chosen button may have the colour of its class
            painter.setBrush(colours.curve(number))
            draw_point(painter, QPointF(7, 7), number, 1.5)
            painter.end()
            assert self.classes is not None
            self.classes.part(number).setIcon(QIcon(picture))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        lies = self.width() > 1.1 * self.height()
        self.parts.setOrientation(Qt.Orientation.Horizontal if lies else Qt.Orientation.Vertical)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.runner.probes.need_data()
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.runner.request_probes(WHO)

    def sizeHint(self) -> QSize:
        return QSize(760, 380)


def list_points(data: Points) -> list[OwnPoint]:
    """The points of these data, at most as many as can be set by hand."""
    if data.shape == OWN:
        return read_points(data.points)
    made = data.arrays()
    found = zip(made["point"][:MOST].tolist(), made["label"][:MOST].tolist(), strict=True)
    return [OwnPoint(x, y, label) for (x, y), label in found]


def with_points(project: Project, data: Points, points: list[OwnPoint]) -> Project:
    """The project with these points as its data.

    Raises:
        ValueError: they are too many.
    """
    changed: dict[str, Value] = {"shape": OWN, "points": write_points(points)}
    if data.classes != data.class_count:
        changed["classes"] = data.class_count
    return edits.set_data(project, options={**project.data.options, **changed})
