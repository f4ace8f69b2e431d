"""Which learner trains a card's weights or lowers its loss: a tint and a letter over the card, and the legend that says whose they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen

from visualnet.analysis.inference.learners import learner_parts
from visualnet.app.canvas.scene.layers.sheet_layer import SheetLayer
from visualnet.app.canvas.scene.node_painter import paint_label
from visualnet.app.canvas.scene.painting import paint_text
from visualnet.app.canvas.view import CanvasView
from visualnet.app.features.corner_legend import CornerLegend
from visualnet.app.features.learner_map.feature import LEARNER_MAP
from visualnet.app.services.live_probes import sheet_path
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.app.theme.tokens import RADIUS, Theme
from visualnet.app.widgets.painting import draw_line, fill_rounded, painting
from visualnet.core.graph import LEARNER
from visualnet.core.project import MAIN
from visualnet.core.text.format import capitalize_first
from visualnet.core.user.settings import Settings

ACTION = "view.learners"
FAR = 0.45
"""Below this scale a card is little more than its name: it keeps it, and has a mark at its corner."""
COLOURS = (2, 3, 6, 5, 4, 7, 1)
"""Which of the theme's lines stand for learners: the accent is left out, which says what is selected."""
NAMED = 1.0
"""From this scale on the name below a card can be read, and stands there instead of the letter at its corner."""
TINT = 0.3
MARK_PX, EDGE_PX = 17.0, 3.0
"""How large the mark of a card seen from far is on the screen, and how wide its edge."""
LETTER_SHARE = 0.7
MIDDLE = Qt.AlignmentFlag.AlignHCenter
WIDE, HEAD, LINE = 224, 26, 18
MOST_LINES = 8
"""So many learners have a line in the legend; it says how many more there are."""
NONE = "The recipe is the only learner: add one on the Recipe page"


class LearnerMap(QObject):
    """Off unless switched on; that is remembered. ``names`` are the learners, ``shown_at`` those of each card on the open sheet."""

    shown_changed = Signal(object)

    def __init__(self, studio: Studio, view: CanvasView, settings: Settings) -> None:
        super().__init__(view)
        self.studio, self.view, self.settings = studio, view, settings
        self.shown = settings[LEARNER_MAP]
        self.names: tuple[str, ...] = ()
        self.shown_at: Mapping[str, tuple[str, ...]] = {}
        self.layer = LearnerLayer(self)
        self.legend = LearnerLegend(self)
        view.canvas.addItem(self.layer)
        for signal in (studio.analysed, studio.sheet_changed, studio.theme_changed):
            signal.connect(self.refresh)
        self.refresh()

    def show_learners(self, shown: bool) -> None:
        """Tint the cards, or show them as they are."""
        self.shown = self.settings[LEARNER_MAP] = shown
        self.shown_changed.emit(shown)
        self.refresh()

    def refresh(self) -> None:
        """Look up anew which learner each card has."""
        self.studio.shell.set_checked(ACTION, self.shown)
        learners = self.studio.project.recipe.learners if self.shown else ()
        self.names = tuple(learner.name for learner in learners)
        self.shown_at = self._look_up() if self.names else {}
        self.layer.setVisible(bool(self.names))
        self.legend.describe()
        self.legend.show_if(self.shown)
        self.layer.update()

    def letter(self, name: str) -> str:
        """What stands for a learner: the first letter of its name, or where two begin alike its number."""
        firsts = [capitalize_first(other[:1]) for other in self.names]
        at = self.names.index(name)
        return firsts[at] if len(set(firsts)) == len(firsts) else str(at + 1)

    def colour(self, name: str, theme: Theme) -> str:
        """The colour that stands for a learner."""
        return theme.plot_lines[COLOURS[self.names.index(name) % len(COLOURS)]]

    def _look_up(self) -> dict[str, tuple[str, ...]]:
        facts, main = self.studio.analysis.sheet(self.studio.sheet), self.studio.analysis.main
        if facts is None:
            return {}
        parts = learner_parts(main, self.studio.project.recipe.learners)
        here, found = sheet_path(self.studio), dict[str, tuple[str, ...]]()
        for node_id, node in facts.graph.nodes.items():
            path = (*here, node.shares or node_id)
            names = [part.name for part in parts if any(p[: len(path)] == path for p in part.trains)]
            lowers = node.training.get(LEARNER) if self.studio.sheet == MAIN else None
            names += [part.name for part in parts if node_id in part.losses and lowers == part.name]
            if names:
                found[node_id] = tuple(dict.fromkeys(names))
        return found


class LearnerLayer(SheetLayer):
    """The tints, over all cards; text stays readable through them."""

    def __init__(self, learners: LearnerMap) -> None:
        super().__init__(learners.view.canvas)
        self.learners = learners
        self.setZValue(50)

    def draw(self, painter: QPainter, area: QRectF, scale: float) -> None:
        """Tint and letter the cards that meet the area."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for node_id in self.canvas.ids_in(area, 24.0):
            if names := self.learners.shown_at.get(node_id):
                card = self.canvas.cards[node_id].rect
                self._tint(painter, card, names, scale) if scale >= FAR else self._mark(painter, card, names, scale)
        painter.restore()

    def _tint(self, painter: QPainter, card: QRectF, names: Sequence[str], scale: float) -> None:
        """The whole card in the colour, with letter and name; a block of several learners in stripes."""
        theme, learners = self.theme, self.learners
        # Bright words stay bright under a tint that only adds light, dark words dark under one that only takes it.
        modes = QPainter.CompositionMode
        body = card.adjusted(0.5, 0.5, -0.5, -0.5)
        colours = [learners.colour(name, theme) for name in names]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setCompositionMode(modes.CompositionMode_Screen if theme.dark else modes.CompositionMode_Multiply)
        wide = body.width() / len(colours)
        for at, colour in enumerate(colours):
            fill = QColor(colour)
            fill.setAlphaF(TINT)
            painter.setBrush(fill)
            painter.save()
            stripe = QRectF(body.left() + at * wide, body.top(), wide, body.height())
            painter.setClipRect(stripe, Qt.ClipOperation.IntersectClip)
            painter.drawRoundedRect(body, RADIUS, RADIUS)
            painter.restore()
        painter.setCompositionMode(modes.CompositionMode_SourceOver)
        painter.setPen(QPen(QColor(colours[0]), 2.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(body, RADIUS, RADIUS)
        if scale < NAMED:
            self._letter(painter, card, names, scale)
            return
        letters = " ".join(learners.letter(name) for name in names)
        words = f"{letters} · {names[0]}" if len(names) == 1 else letters
        paint_label(painter, QPointF(card.center().x(), card.bottom() + 1), words, theme, theme.text, colours[0])

    def _mark(self, painter: QPainter, card: QRectF, names: Sequence[str], scale: float) -> None:
        """From far an edge in the colour, and the letters at a corner: what is on the card stays to be read."""
        painter.setPen(QPen(QColor(self.learners.colour(names[0], self.theme)), EDGE_PX / scale))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(card, RADIUS, RADIUS)
        self._letter(painter, card, names, scale)

    def _letter(self, painter: QPainter, card: QRectF, names: Sequence[str], scale: float) -> None:
        """The letters at a corner, as large on the screen at any distance."""
        theme, learners, side = self.theme, self.learners, MARK_PX / scale
        for at, name in enumerate(names):
            place = QRectF(card.left() + (at - 0.6) * side, card.top() - 0.8 * side, side, side)  # beside icon and name
            painter.setPen(QPen(QColor(learners.colour(name, theme)), 1 / scale))
            painter.setBrush(QColor(theme.surface))
            painter.drawRoundedRect(place, side / 4, side / 4)
            px = int(side * LETTER_SHARE)
            paint_text(painter, place, learners.letter(name), theme.text, px, bold=True, align=MIDDLE)


class LearnerLegend(CornerLegend):
    """A line for each learner: its colour, its letter, its name."""

    wide, high = WIDE, HEAD + LINE + 8

    def __init__(self, learners: LearnerMap) -> None:
        super().__init__(learners.view)
        self.learners = learners

    def lines(self) -> list[tuple[str, str]]:
        """Letters and names; of many the first."""
        names = self.learners.names
        found = [(self.learners.letter(name), name) for name in names[:MOST_LINES]]
        return found if len(names) <= MOST_LINES else [*found[:-1], ("", f"and {len(names) - MOST_LINES + 1} more")]

    def describe(self) -> None:
        """Tell in words which learners there are."""
        lines = self.lines()
        self.high = HEAD + LINE * max(len(lines), 2) + 8
        self.setAccessibleName(f"Learners: {', '.join(f'{letter} {name}'.strip() for letter, name in lines) or NONE}")

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, lines = self.learners.studio.theme, self.lines()
        with painting(self) as p:
            self.paint_ground(p, theme)
            draw_line(p, QRectF(12, 6, WIDE - 24, 18), "Learners", fonts.sans(12), theme.text)
            if not lines:
                p.setPen(QColor(theme.muted))
                p.setFont(fonts.sans(11))
                p.drawText(QRectF(12, HEAD, WIDE - 24, 2 * LINE), Qt.TextFlag.TextWordWrap, NONE)
            for number, (letter, name) in enumerate(lines):
                top = HEAD + LINE * number
                if letter:
                    fill_rounded(p, QRectF(12, top + 3, 12, 12), self.learners.colour(name, theme), 3)
                    draw_line(p, QRectF(30, top, 16, LINE), letter, fonts.sans(11), theme.text)
                draw_line(p, QRectF(46, top, WIDE - 58, LINE), name, fonts.sans(11), theme.muted)
