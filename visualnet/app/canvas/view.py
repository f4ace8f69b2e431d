"""The canvas: a window onto the open sheet, and the hand that edits it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QResizeEvent
from PySide6.QtWidgets import QMenu, QWidget

from visualnet.analysis.connect.insert_node import fitting_kinds
from visualnet.analysis.geometry.boxes import grow
from visualnet.analysis.geometry.card_detail import ROWS_FROM
from visualnet.analysis.problem_list import summarize
from visualnet.app.canvas.camera.camera import Pose
from visualnet.app.canvas.camera.saved_poses import SavedPoses
from visualnet.app.canvas.commands import arrange, clipboard, keyboard, keyboard_focus, placing, remove, select
from visualnet.app.canvas.editors.annotation_editor import AnnotationEditor
from visualnet.app.canvas.editors.name_editor import NameEditor
from visualnet.app.canvas.editors.quick_add import Branch, QuickAdd
from visualnet.app.canvas.gestures import Gestures
from visualnet.app.canvas.overlays.hud import HudLabel, Minimap
from visualnet.app.canvas.overlays.loose_wire import LooseWire
from visualnet.app.canvas.overlays.preview import PreviewOverlay
from visualnet.app.canvas.repairs.popup import RepairPopup
from visualnet.app.canvas.scene.layers.background_grid import BackgroundGrid
from visualnet.app.canvas.scene.node_item import PORT_RADIUS
from visualnet.app.canvas.scene.scene import CanvasScene
from visualnet.app.canvas.scene.sheet_index import box_of
from visualnet.app.canvas.tools.connect_by_keys import ConnectTool
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.app.theme.tokens import Theme
from visualnet.core.graph import Port, Topology
from visualnet.core.project import MAIN, Project
from visualnet.layers.shorthand import TypedParameters

EMPTY = "Nothing here yet. Press Space to search for a layer, or drag one from the list of layers."
RESIZED_MS = 200
"""So long after the last change of its size a view lays out again what nobody has arranged."""
SHOWN_FOLLOWERS = 3
"""The cards of so many that follow stay seen beside the search for what goes before them."""


class CanvasView(Gestures):
    """The open sheet of a Studio. Every edit goes through the Studio; what comes back is what is drawn."""

    context_menu_requested = Signal(QMenu, object)
    """A menu for what was clicked, a ``Hit``: whoever holds the actions fills it."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(studio, CanvasScene(studio.theme), parent)
        self.canvas.setParent(self)
        self.setAccessibleName("Canvas")
        self._grid = BackgroundGrid()
        self._poses = SavedPoses(self, studio.document)
        self.minimap = Minimap(self)
        self.totals = HudLabel(self, "Totals")
        self.empty = HudLabel(self, "Empty sheet")
        self.empty.setText(EMPTY)
        self.quick_add_popup = QuickAdd(self)
        self.quick_add_popup.closed.connect(self._forget_loose_wire)
        self.loose_wire: LooseWire | None = None
        """The wire that was let go, while what it may lead to is searched."""
        self.repairs = RepairPopup(self, studio)
        self.ghosts = PreviewOverlay(self)
        self.name_editor = NameEditor(self)
        self.annotation_editor = AnnotationEditor(self)
        self.path_shown = True
        self.others: list[CanvasView] = []
        self._resized = QTimer(self, singleShot=True, interval=RESIZED_MS)
        self._resized.timeout.connect(self._show_whole_again)
        self._cropped = False
        """Whether the last rows were left out of a view that had room for no more."""
        self.canvas.extent_changed.connect(self.minimap.refresh_soon)
        self.canvas.frame_wanted.connect(self._sharpen_soon)
        self.wire_dropped.connect(self._wire_dropped)
        self.wire_drawn.connect(self._wire_drawn)
        self.search_asked.connect(self._search)
        self.quick_add_asked.connect(self.quick_add)
        self.rename_asked.connect(self.rename)
        self.annotation_edit_asked.connect(self.annotation_editor.open)
        self.menu_asked.connect(self._open_menu)
        self.highlight_changed.connect(self._describe)
        studio.document_changed.connect(self._show_document)
        studio.project_changed.connect(self._show_edit)
        studio.analysed.connect(self._show_analysis)
        studio.runtime_problem_changed.connect(self._show_analysis)
        studio.sheet_changed.connect(self._show_sheet)
        studio.selection_changed.connect(self._show_selection)
        studio.theme_changed.connect(self._apply_theme)
        studio.focus_requested.connect(self._bring_into_view)
        self.canvas.show_sheet(studio.project, studio.sheet)
        self._apply_theme(studio.theme)
        self._show_analysis(studio.analysis)
        self._show_selection(studio.selection)

    def _show_document(self) -> None:
        self.cancel()
        self.canvas.show_sheet(self.studio.project, self.studio.sheet)
        self._poses.switch_to(self.studio.document, self.studio.sheet)

    def _show_edit(self, before: Project, after: Project) -> None:
        self.quick_add_popup.close_()  # it offers what goes where in the drawing as it was when it opened
        self.animation.finish()
        count, whole = len(self.canvas.cards), self.seen.contains(self.canvas.contents())
        self.canvas.apply(before, after)
        if whole and len(self.canvas.cards) != count and not self.seen.contains(self.canvas.contents()):
            self.fit()  # Grouping, pasting and adding leave nothing out of view that was in it.
        self._place_editors()
        self._mark_path()
        self.minimap.refresh_soon()
        self._show_if_empty()

    def _show_analysis(self, told: object = None) -> None:
        if told is not None and self.studio.switching_document:
            return  # the sheet comes next, and with it what was found out about it
        facts = self.studio.facts
        problems = self.studio.problems()
        self.canvas.show_facts(facts, problems)
        self.minimap.refresh_soon()
        shown = problems if self.studio.sheet == MAIN else tuple(p for p in problems if p.sheet == self.studio.sheet)
        self.totals.setText(summarize(facts, shown))
        self.totals.adjustSize()
        self._place_totals()
        self._describe()
        self._show_if_empty()

    def _show_sheet(self, name: str) -> None:
        self.quick_add_popup.close_()
        self.cancel()
        if self.canvas.project is not self.studio.project or self.canvas.sheet != name:
            self.canvas.show_sheet(self.studio.project, name)
        self._show_analysis()
        self._poses.switch_to(self.studio.document, name)
        self.minimap.refresh()

    def _show_selection(self, ids: Iterable[str]) -> None:
        chosen = {i for i in ids if i in self.canvas.cards}
        self.canvas.marks.selected = chosen
        if chosen:
            self.canvas.marks.annotations = set()
        self._mark_path()
        self.canvas.update()
        self._describe()

    def _mark_path(self) -> None:
        """Tint what leads to the selected card and away from it."""
        chosen = self.canvas.marks.selected
        shown = self.path_shown and len(chosen) == 1
        found = Topology(self.canvas.graph).wires_through(next(iter(chosen))) if shown else set()
        self.canvas.marks.flow = found & self.canvas.wires.keys()

    def show_path(self, state: bool) -> None:
        """Show or hide the path of the selected card."""
        self.path_shown = state
        self._mark_path()
        self.canvas.update()

    def _describe(self) -> None:
        """Say in words what is selected, for screen readers."""
        keyboard_focus.announce(self)

    def _apply_theme(self, theme: Theme) -> None:
        self.canvas.set_theme(theme)
        self.setBackgroundBrush(QColor(theme.canvas))
        self.totals.apply_theme(theme)
        self.empty.apply_theme(theme)
        self.minimap.refresh()
        self.grow_with_text()
        self._place_hud()
        self.viewport().update()

    def _bring_into_view(self, ids: Iterable[str], _at: str) -> None:
        area, pose = self.canvas.contents(ids), self.pose()
        if not area.isEmpty() and not self.seen.contains(area):
            self.glide(Pose(*area.center().toTuple(), max(pose.zoom, 0.7)))

    def _show_if_empty(self) -> None:
        self.empty.setVisible(not self.canvas.cards)
        self._place_hud()

    def zoom_selection(self) -> None:
        """Show what is selected, or the whole sheet."""
        self.fit(self.canvas.contents(self.studio.selection) if self.studio.selection else None, 1.6)

    def fit_at_once(self) -> None:
        """Show the whole sheet without a glide."""
        self.fit()
        self.skip()

    def set_thumbnail(self, node_id: str, image: QImage | None) -> None:
        """Show a live picture on a card; None takes it away."""
        if self.canvas.set_thumbnail(node_id, image) and self.following:
            self._resized.start()  # higher cards need more room

    def _moved(self) -> None:
        super()._moved()
        if not self.minimap.held:
            self.minimap.appear()
        self.minimap.update()
        if self._covers_card(self.totals.geometry()):
            self.totals.hide()
        self._place_editors()

    def _place_editors(self) -> None:
        self.name_editor.place()
        self.annotation_editor.place()

    def _rested(self) -> None:
        super()._rested()
        self._place_totals()
        self.minimap.place()

    def _sharpen_soon(self) -> None:
        self.frame_cache.mark_blurred()
        if not self._rest.isActive():
            self._rest.start()

    add = placing.add
    delete = remove.delete
    enter = keyboard.enter
    paste = clipboard.paste_at_pointer
    select_all = select.every
    tidy = arrange.tidy

    def copy(self) -> None:
        """Put the selected cards on the clipboard."""
        clipboard.copy(self.studio)

    def cut(self) -> None:
        """Move the selected cards to the clipboard."""
        clipboard.cut(self.studio)

    def duplicate(self) -> None:
        """Add a copy of the selected cards beside them."""
        clipboard.duplicate(self.studio)

    def _wire_dropped(self, source: Port | None, target: Port | None, at: QPointF) -> None:
        self.quick_add(at, source, target)

    def _wire_drawn(self, target: Port, at: QPointF) -> None:
        self.repairs.open(self.mapFromScene(at), target)

    def _search(self, at: QPoint, put: Callable[[str, TypedParameters], object], hint: str) -> None:
        self.quick_add_popup.open(at, self.studio.project, self.studio.sheet, None, put, hint)

    def _open_menu(self, at: QPoint) -> None:
        menu = self.menu_at(at)
        if menu is not None:
            menu.popup(self.viewport().mapToGlobal(at))

    def quick_add(self, at: QPointF | None = None, source: Port | None = None, target: Port | None = None) -> None:
        """Open the search at a point of the scene; with a single selected card, for what goes behind that."""
        studio, chosen = self.studio, self.studio.selection
        if source is not None or target is not None:
            self._search_for_wire(at if at is not None else self.pointer(), source, target)
        elif at is None and len(chosen) == 1 and chosen[0] in self.canvas.cards:
            self._search_behind(chosen[0])
        else:
            spot = at if at is not None else self.pointer()

            def put(kind: str, given: TypedParameters) -> None:
                self.add(kind, (spot.x(), spot.y()), given=given)

            self.quick_add_popup.open(self.mapFromScene(spot), studio.project, studio.sheet, None, put)

    def _search_for_wire(self, at: QPointF, source: Port | None, target: Port | None) -> None:
        """Search what fits a wire that was let go; the wire is seen meanwhile."""
        studio = self.studio
        kinds = fitting_kinds(studio.project, studio.sheet, studio.path, studio.analysis, source, target)
        place = (at.x() - (0 if source is not None else 168), at.y() - 40)

        def put(kind: str, given: TypedParameters) -> None:
            self.add(kind, place, source, target, given=given)

        self.loose_wire = LooseWire(self.canvas, source, target, at)
        free = [self._on_screen(area) for area in self.loose_wire.areas()]
        hint, spot = "Search what fits here…", self.mapFromScene(at)
        self.quick_add_popup.open(spot, studio.project, studio.sheet, kinds, put, hint, kept_free=free)

    def _search_behind(self, node_id: str) -> None:
        """Search what goes behind a card: before what follows it, or as a branch."""
        studio, name = self.studio, self.studio.graph.nodes[node_id].name
        source, ends = placing.wires_behind(self, node_id)
        place = placing.after_card(self.canvas, node_id)

        def put(kind: str, given: TypedParameters) -> None:
            placing.add_behind(self, kind, node_id, given)

        def put_branch(kind: str, given: TypedParameters) -> None:
            self.add(kind, place, source, given=given)

        branch = Branch(
            lambda kind: placing.describe_place(self, kind, node_id),
            put_branch if ends else None,
            f"a branch of its own behind “{name}”",
        )
        beside = dict.fromkeys((node_id, *(end.node for end in ends[:SHOWN_FOLLOWERS])))
        free = [self._on_screen(self.canvas.cards[i].rect) for i in beside if i in self.canvas.cards]
        spot = self.mapFromScene(QPointF(*place))
        self.quick_add_popup.open(spot, studio.project, studio.sheet, None, put, branch=branch, kept_free=free)

    def _on_screen(self, area: QRectF) -> QRect:
        """Where an area of the scene is seen."""
        return self.mapFromScene(area).boundingRect()

    def _forget_loose_wire(self) -> None:
        self.loose_wire = None
        self.viewport().update()

    def connect_by_keys(self) -> None:
        """Begin to draw a wire from the selected card; arrows choose where to."""
        if len(self.studio.selection) != 1 or self.studio.selection[0] not in self.canvas.cards:
            self.studio.message.emit("hint", "select the card from which the wire shall go")
            return
        self.hold(ConnectTool(self, self.studio.selection[0]))
        self.viewport().update()

    def rename(self) -> None:
        """Edit the selected card's name in its place."""
        if len(self.studio.selection) == 1:
            self.name_editor.open(self.studio.selection[0])

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        if self.canvas.marks.fitting is not None:
            self.canvas.marks.fitting.begin_frame()
        painter.fillRect(rect, QColor(self.canvas.theme.canvas))
        self._grid.paint(painter, QRectF(rect), self.canvas.theme.grid)

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        keyboard_focus.paint(self, painter)
        if self.tool is not None:
            self.tool.paint(painter)
        if self.loose_wire is not None:
            self.loose_wire.paint(painter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.shows_whole and self.tool is None:
            before = self.zoom
            self.fit_at_once()
            least = ROWS_FROM * fonts.factor()
            wide = self.canvas.contents().width() * 1.05 * least <= self.viewport().width()
            self._cropped = wide and self.zoom < least <= before
            if self._cropped:
                # Cards with their live pictures are worth more than the last row of them.
                zoom = 1.05 * least
                top = self.canvas.contents().top() + self.viewport().height() / zoom / 2 - 24
                self.look(Pose(self.pose().x, top, zoom))
                self.following = True
            self._resized.start()
        self._place_hud()

    def _show_whole_again(self) -> None:
        """The view, or the cards in it, came to another size while the whole sheet was shown."""
        if not self.following or self.tool is not None or not self.isVisible():
            return
        if arrange.arrange_for_size(self):
            self._cropped = False
        elif not self._cropped and not self.seen.contains(self.canvas.contents()):
            self.fit()

    def _place_hud(self) -> None:
        width, height = self.width(), self.height()
        self.minimap.place()
        self.minimap.appear()
        self.totals.adjustSize()
        self._place_totals()
        self.empty.adjustSize()
        self.empty.move((width - self.empty.width()) // 2, (height - self.empty.height()) // 2)

    def _place_totals(self) -> None:
        """Put the line of totals at the lower or the upper edge, where it covers no card; where each place has one it is not shown."""
        size, low = self.totals.size(), self.height() - self.totals.height() - 12
        places = QPoint(16, low), QPoint((self.width() - size.width()) // 2, low), QPoint(16, 12)
        free = next((place for place in places if not self._covers_card(QRect(place, size))), None)
        if free is not None:
            self.totals.move(free)
        self.totals.setVisible(free is not None and bool(self.totals.text()))

    def _covers_card(self, area: QRect) -> bool:
        """Whether a card lies under an area of the viewport."""
        under = self.viewportTransform().inverted()[0].mapRect(QRectF(area))
        return self.canvas.covered(grow(box_of(under), PORT_RADIUS))

    def menu_at(self, at: QPoint) -> QMenu | None:
        """The menu for what is under a point of the viewport; None where nobody fills it."""
        hit = self.canvas.hit(self.mapToScene(at))
        if hit.node and hit.node not in self.studio.selection:
            self.studio.select([hit.node])
        self.select_wires([hit.wire] if hit.wire is not None else ())
        if hit.annotation:
            self.select_annotations([hit.annotation])
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.context_menu_requested.emit(menu, hit)
        return None if menu.isEmpty() else menu
