"""The open sheet as a scene: cards and wires by id, changed only where an edit or a fact changed them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QObject, QPointF, QRectF, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QGraphicsScene

from visualnet.analysis.facts import GraphFacts, Problem
from visualnet.analysis.geometry.label_placement import LabelPlacement
from visualnet.analysis.problem_list import problems_by_node
from visualnet.app.canvas.scene.annotation_item import AnnotationItem
from visualnet.app.canvas.scene.highlights import Highlights
from visualnet.app.canvas.scene.layers.annotation_layer import AnnotationLayer
from visualnet.app.canvas.scene.layers.node_layer import CardLayer
from visualnet.app.canvas.scene.layers.sheet_layer import SheetLayer
from visualnet.app.canvas.scene.layers.wire_layer import WireLayer
from visualnet.app.canvas.scene.node_item import MARGIN, NodeItem
from visualnet.app.canvas.scene.sheet_index import CardPainter, SheetIndex
from visualnet.app.canvas.scene.wire_item import WireItem
from visualnet.app.canvas.scene.wire_routes import WireRoutes
from visualnet.app.theme.tokens import DARK, Theme
from visualnet.core.diff import GraphDiff, diff
from visualnet.core.graph import Graph, Port
from visualnet.core.project import MAIN, Project


class CanvasScene(SheetIndex):
    """Mirrors one sheet. It never edits: tools ask the Studio, and the change comes back through ``apply``."""

    extent_changed = Signal()

    def __init__(self, theme: Theme = DARK, parent: QObject | None = None) -> None:
        super().__init__(theme, parent)
        self.labels = LabelPlacement(self)
        self.routes = WireRoutes(self)
        self.annotation_layer, self.wire_layer = AnnotationLayer(self), WireLayer(self, self.labels)
        self.card_layer = CardLayer(self)
        self.layers: tuple[SheetLayer, ...] = (self.annotation_layer, self.wire_layer, self.card_layer)
        """From the lowest up."""
        for z, layer in enumerate(self.layers):
            layer.setZValue(z)
            self.addItem(layer)
        self._extent = QRectF()

    def set_card_painter(self, card_painter: CardPainter | None) -> None:
        """Paint all cards in another way, or as usual again."""
        self.card_painter = card_painter
        self.card_layer.sprites.clear()
        self._blocks = None
        self.update()

    def show_sheet(self, project: Project, sheet: str) -> None:
        """Put another sheet in place of this one."""
        self.project, self.sheet = project, sheet
        for kept in (
            self.cards,
            self.wires,
            self.by_node,
            self.annotations,
            self.failing,
            self.labels,
            self.card_layer.sprites,
        ):
            kept.clear()
        self.marks, self.wire_styles = Highlights(), {}
        self._forget_places()
        self._end_move()
        self._change(Graph(), self.graph)

    def _forget_places(self) -> None:
        """Cards came, went or have another size: find out anew where everything is."""
        self._rects = self._bounds = self._blocks = self.routes.index = None

    def apply(self, before: Project, after: Project) -> None:
        """Follow an edit of the sheet."""
        old = self.graph
        self.project = after
        if self.sheet != MAIN and self.sheet not in after.blocks:
            self.show_sheet(after, MAIN)
            return
        self._change(old, self.graph)
        if before.blocks is not after.blocks:
            for item in self.cards.values():
                if item.node.block is not None:
                    item.show(item.facts, item.problems, after, self.graph)

    def _change(self, before: Graph, after: Graph) -> None:
        change = diff(before, after)
        if not change:
            return
        altered = [i for i in (*change.changed, *change.moved) if i in self.cards]
        # Where cards stood by the document: on the screen they may have been dragged already.
        zones = [self.cards[i].rect for i in change.removed if i in self.cards]
        for item in (self.cards[i] for i in altered):
            zones.append(QRectF(QPointF(*before.places.get(item.id, (item.x, item.y))), item.rect.size()))
        self._remove(change)
        touched = self._add(change, after)
        unplaced = before.places.keys() - after.places.keys()
        for node_id in {*change.moved, *unplaced} & self.cards.keys():
            self.cards[node_id].x, self.cards[node_id].y = after.places.get(node_id, (0.0, 0.0))
        shown_anew = list(self.cards) if change.turned else change.changed
        resized = self._show_anew(shown_anew, after)
        self.marks.keep(self.cards, self.wires, self.annotations)
        if resized or unplaced or self.moving_cards or any(change._replace(changed=(), changed_annotations=())):
            for node_id in (*shown_anew, *change.moved, *unplaced):
                touched |= self.by_node.get(node_id, set())
            zones += [self.cards[i].rect for i in (*change.added, *altered)]
            self._forget_places()
            self.routes.moving = False
            self._end_move()
            # A card that came, went or moved may free or block the way of wires elsewhere.
            self.routes.draw(touched | self.routes.wires_near(zones) | self.routes.take_straight())
            self._extent_moved()
        else:
            self._blocks = None  # Only what is written on cards is new: no wire has to look for another way.
        self.update()

    def _remove(self, change: GraphDiff) -> None:
        """Take out the cards and wires that went."""
        for node_id in change.removed:
            self.card_layer.sprites.forget(node_id)
            self.cards.pop(node_id, None)
        for source, target in change.wires_removed:
            self.failing.discard(target)
            if self.wires.pop(target, None) is not None:
                self.labels.changed(target)
                for end in (source.node, target.node):
                    self.by_node.get(end, set()).discard(target)

    def _add(self, change: GraphDiff, after: Graph) -> set[Port]:
        """Put in what came: cards, wires, points of wires, annotations. Answers the wires that want a curve."""
        for node_id in change.added:
            item = NodeItem(after.nodes[node_id], after.places.get(node_id, (0.0, 0.0)))
            item.show(None, (), self.project, after)
            self.cards[node_id] = item
        for source, target in change.wires_added:
            self.wires[target] = WireItem(source, target)
            for end in (source.node, target.node):
                self.by_node.setdefault(end, set()).add(target)
        touched = {*change.bent, *(target for _, target in change.wires_added)} & self.wires.keys()
        for target in touched:
            self.wires[target].bends = [QPointF(*at) for at in after.bends.get(target, ())]
        for annotation in change.changed_annotations:
            self.annotations.pop(annotation, None)
            if annotation in after.annotations:
                self.annotations[annotation] = AnnotationItem(after.annotations[annotation])
        return touched

    def _show_anew(self, ids: Iterable[str], after: Graph) -> bool:
        """Write on cards what their nodes say now; True if one has another size."""
        resized = False
        for item in (self.cards[i] for i in ids):
            item.node, outline = after.nodes[item.id], item.outline
            item.show(item.facts, item.problems, self.project, after)
            resized = resized or item.outline != outline
        return resized

    def show_facts(self, facts: GraphFacts | None, problems: Iterable[Problem] = ()) -> None:
        """Write shapes, counts and problems on the cards whose facts changed, and on their wires."""
        by_node = problems_by_node(problems, self.sheet)
        touched: set[Port] = set()
        grown: list[QRectF] = []
        graph = self.graph
        for node_id, item in self.cards.items():
            own = facts.nodes.get(node_id) if facts is not None else None
            mine = by_node.get(node_id, ())
            if own is item.facts and mine == item.problems and own is not None:
                continue
            outline = item.outline
            if item.show(own, mine, self.project, graph):
                self._blocks = None
            wires = self.by_node.get(node_id, set())
            if outline != item.outline:
                grown.append(item.rect)
                touched |= wires
            touched |= {t for t in wires if self.routes.label_of(t) != self.wires[t].label}
            touched |= {t for t in wires if self.wires[t].failing != self.routes.fails(t)}
        if grown:
            self._forget_places()
        if touched or grown:
            self.routes.draw(touched | self.routes.wires_near(grown))
            self._extent_moved()
        self.update()

    def wire_changed(self, wire: WireItem) -> None:
        self.labels.changed(wire.target)
        super().wire_changed(wire)

    def shift(self, places: Mapping[str, tuple[float, float]]) -> None:
        """Let cards stand elsewhere for now; the document is not touched."""
        touched: set[Port] = set()
        ways: dict[str, tuple[float, float]] = {}
        rects = self.rects()
        for node_id, place in places.items():
            item = self.cards.get(node_id)
            if item is not None and (way := (place[0] - item.x, place[1] - item.y)) != (0.0, 0.0):
                ways[node_id] = way
                item.x, item.y = place
                touched |= self.by_node.get(node_id, set())
                rects[self._rows[node_id]] = (item.x, item.y, item.x + item.width, item.y + item.height)
        if not (touched <= self.moving_wires and ways.keys() <= self.moving_cards):
            self.moving_cards, self.moving_wires = self.moving_cards | ways.keys(), self.moving_wires | touched
            self._whole = None
            self.generation += 1
        self._carry_wires(touched, ways)
        self._blocks = self.routes.index = None
        self.routes.moving = True
        self.routes.draw(touched, detour=False)
        QGraphicsScene.update(self)  # not `update`: what is kept as a picture stands still

    def _carry_wires(self, touched: set[Port], ways: Mapping[str, tuple[float, float]]) -> None:
        """Take along, as they are, the wires whose two cards move alike; only the others need a new curve."""
        for target in tuple(touched):
            wire = self.wires[target]
            way = ways.get(target.node)
            if way is not None and ways.get(wire.source.node) == way:
                wire.carry(*way)
                self.labels.changed(target)
                touched.discard(target)
                if self._bounds is not None and target in self._wire_rows:
                    self._bounds[self._wire_rows[target]] += (*way, *way)

    def _end_move(self) -> None:
        self.moving_cards, self.moving_wires, self._whole = frozenset(), frozenset(), None
        self.generation += 1

    def settle(self) -> None:
        """Let every card stand where the document says."""
        graph = self.graph
        moved = {i: at for i, c in self.cards.items() if (at := graph.places.get(i, (0.0, 0.0))) != (c.x, c.y)}
        self.shift(moved)
        self.routes.moving = False
        self._end_move()
        bent = [t for t, w in self.wires.items() if w.bends or t in graph.bends]
        for target in bent:
            self.wires[target].bends = [QPointF(*at) for at in graph.bends.get(target, ())]
        for item in self.annotations.values():
            item.area = QRectF(*item.annotation.area)
        # What was drawn while cards moved went straight; now it finds its way again.
        self.routes.draw({*bent, *self.routes.take_straight()})
        self._extent_moved()

    def _extent_moved(self) -> None:
        area = self.contents()
        if area != self._extent:
            self._extent = area
            self.extent_changed.emit()

    def set_thumbnail(self, node_id: str, image: QImage | None) -> bool:
        """Show a live picture on a card (None takes it away); True if the card has another size now."""
        item = self.cards.get(node_id)
        if item is None or (image is None and item.thumbnail is None):
            return False
        resized = item.set_thumbnail(image)
        if resized:
            self._forget_places()
            self.routes.draw(self.by_node.get(node_id, set()) | self.routes.wires_near([item.rect]))
            self.update()  # also where the wires went and go now
        else:
            self.update(item.rect.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN))
        return resized

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self.theme = theme
        self.card_layer.sprites.clear()
        for item in self.annotations.values():
            item.forget()
        self._blocks = None
        self.update()
