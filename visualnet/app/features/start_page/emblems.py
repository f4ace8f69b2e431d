"""What is special in a network, as a small picture: a line between points, shrinking maps, shortcuts, looks from patch to patch …

A picture is drawn on paper of 240×120, in the colours of the families, and scaled into the place that it gets.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from visualnet.app.theme.tokens import Theme, mix

WIDE, HIGH = 240.0, 120.0
Emblem = Callable[["EmblemPainter"], None]


class EmblemPainter:
    """The paper with its pens."""

    def __init__(self, painter: QPainter, theme: Theme) -> None:
        self.painter, self.theme = painter, theme

    def ink(self, family: str, share: float = 1.0) -> QColor:
        """The colour of a family; nearer to the ground with a smaller share."""
        return QColor(mix(self.theme.canvas, self.theme.family(family), share))

    def line(self, points: Sequence[tuple[float, float]], colour: QColor, width: float = 2.0) -> None:
        """A line through points."""
        self.painter.setPen(
            QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        )
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawPolyline([QPointF(*point) for point in points])

    def arc(self, start: tuple[float, float], end: tuple[float, float], rise: float, colour: QColor) -> None:
        """A bow from a point to another, with a head at its end."""
        path = QPainterPath(QPointF(*start))
        path.cubicTo(QPointF(start[0], start[1] - rise), QPointF(end[0], end[1] - rise), QPointF(*end))
        self.painter.setPen(QPen(colour, 2.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawPath(path)
        way = math.copysign(5.0, rise)
        self.line([(end[0] - 4, end[1] - way), end, (end[0] + 4, end[1] - way)], colour, 2.4)

    def box(self, x: float, y: float, width: float, height: float, family: str, share: float = 0.75) -> None:
        """A filled box with an edge."""
        self.painter.setPen(QPen(self.ink(family), 1.4))
        self.painter.setBrush(self.ink(family, share))
        self.painter.drawRoundedRect(QRectF(x, y, width, height), 2.5, 2.5)

    def dot(self, x: float, y: float, radius: float, colour: QColor) -> None:
        """A filled point."""
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(colour)
        self.painter.drawEllipse(QPointF(x, y), radius, radius)


def paint_emblem(painter: QPainter, area: QRectF, draw: Emblem, theme: Theme) -> None:
    """Paint a picture into an area, as large as it fits."""
    scale = min(area.width() / WIDE, area.height() / HIGH)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(area.center())
    painter.scale(scale, scale)
    painter.translate(-WIDE / 2, -HIGH / 2)
    draw(EmblemPainter(painter, theme))
    painter.restore()


def draw_border(to: EmblemPainter) -> None:
    """Points of two classes, and the line between them."""
    left = ((40, 84), (62, 60), (50, 34), (84, 92), (78, 42), (104, 70), (28, 56), (98, 104), (112, 30))
    right = ((150, 88), (170, 54), (196, 78), (140, 46), (206, 40), (182, 104), (214, 98), (164, 24), (136, 108))
    for x, y in left:
        to.dot(x, y, 5, to.ink("convolution"))
    for x, y in right:
        to.dot(x, y, 5, to.ink("dense"))
    to.line([(112, 118), (136, 2)], QColor(to.theme.text), 3)


def draw_dense_layers(to: EmblemPainter) -> None:
    """Columns of neurons, each joined with all of the next."""
    columns = [(36.0, 6), (92.0, 5), (148.0, 4), (204.0, 3)]
    places = [[(x, 60 + (at - (count - 1) / 2) * 19) for at in range(count)] for x, count in columns]
    for here, behind in pairwise(places):
        for start in here:
            for end in behind:
                to.line([start, end], to.ink("dense", 0.35), 1)
    for number, column in enumerate(places):
        for x, y in column:
            to.dot(x, y, 6.5, to.ink("data" if number == 0 else "loss" if number == 3 else "dense"))


def draw_shrinking_maps(to: EmblemPainter) -> None:
    """Maps that become smaller and more, then a column of numbers."""
    stacks = ((14, 76, 1, "data"), (62, 60, 3, "convolution"), (118, 42, 4, "pooling"), (166, 26, 6, "convolution"))
    for x, size, count, family in stacks:
        for at in range(count):
            to.box(x + 4 * at, 60 - size / 2 + 4 * at - 2 * count, size, size, family, 0.35 + 0.4 * at / count)
    for at in range(7):
        to.dot(222, 21 + 13 * at, 4, to.ink("dense"))


def draw_shortcuts(to: EmblemPainter) -> None:
    """A chain, and ways around each pair of its links."""
    for at in range(6):
        to.box(12 + 38 * at, 66, 26, 32, "convolution" if at % 2 else "normalization")
        if at < 5:
            to.line([(40 + 38 * at, 82), (49 + 38 * at, 82)], QColor(to.theme.wire), 2)
    for at in range(3):
        to.arc((25 + 76 * at, 62), (63 + 76 * at, 62), 52, to.ink("activation"))


def draw_attention(to: EmblemPainter) -> None:
    """Patches of an image, and what one of them looks at."""
    shares = {(1, 0): 0.9, (2, 2): 0.7, (4, 1): 0.8, (5, 2): 0.4, (0, 2): 0.3, (4, 0): 0.35}
    for column in range(6):
        for line in range(3):
            share = shares.get((column, line), 0.16)
            to.box(22 + 34 * column, 12 + 34 * line, 28, 28, "attention", share)
    for (column, line), share in shares.items():
        end = (36 + 34 * column, 26 + 34 * line)
        to.line([(138, 60), end], QColor(mix(to.theme.canvas, to.theme.text, share)), 1 + 2.4 * share)
    to.box(124, 46, 28, 28, "loss", 0.9)


def draw_recurrence(to: EmblemPainter) -> None:
    """The same cell at each step, which hands its state on."""
    for at in range(5):
        x = 14 + 45 * at
        to.box(x, 46, 30, 30, "recurrent")
        to.line([(x + 15, 104), (x + 15, 80)], to.ink("data"), 2.4)
        to.box(x + 3, 104, 24, 8, "data", 0.4 + 0.12 * at)
        if at < 4:
            to.arc((x + 15, 42), (x + 60, 42), 26, to.ink("recurrent"))


def draw_u(to: EmblemPainter) -> None:
    """Down on the left, up on the right, and bridges between them."""
    for level in range(4):
        y, wide = 10 + 28 * level, 26 - 3 * level
        to.box(24 + 22 * level, y, wide, 22, "convolution")
        if level < 3:
            to.box(216 - 22 * level - wide, y, wide, 22, "dense")
            to.line([(54 + 22 * level, y + 11), (186 - 22 * level, y + 11)], to.ink("shape"), 2)
    to.line([(112, 105), (146, 105), (157, 92)], QColor(to.theme.wire), 2.4)


def draw_narrow_middle(to: EmblemPainter) -> None:
    """Large, small, large: all has to pass through few numbers."""
    for at, high in enumerate((100, 72, 44, 18, 44, 72, 100)):
        family = "data" if at == 0 else "loss" if at == 6 else "attention" if at == 3 else "dense"
        to.box(20 + 30 * at, 60 - high / 2, 18, high, family)


def draw_branches(to: EmblemPainter) -> None:
    """Several ways side by side, which meet again."""
    for at in range(4):
        y = 10 + 28 * at
        to.line([(42, 60), (86, y + 8), (150, y + 8), (198, 60)], QColor(to.theme.wire), 2)
        to.box(84, y, 20 + 14 * at, 17, "convolution" if at else "pooling")
    to.box(20, 46, 26, 28, "data")
    to.box(194, 46, 26, 28, "shape")


def draw_all_to_all(to: EmblemPainter) -> None:
    """Each layer reads all before it."""
    for start in range(5):
        for end in range(start + 1, 5):
            rise = 22.0 * (end - start) - 6
            to.arc((30 + 45 * start, 76), (30 + 45 * end, 76), rise, to.ink("activation", 0.7))
    for at in range(5):
        to.box(18 + 45 * at, 78, 24, 30, "convolution")


_BEGINNINGS: tuple[tuple[str, Emblem], ...] = (
    ("perceptron", draw_border),
    ("mlp-mixer", draw_attention),
    ("mlp", draw_dense_layers),
    ("cifar-model-1", draw_dense_layers),
    ("resnet", draw_shortcuts),
    ("convnext", draw_shortcuts),
    ("mobilenet", draw_shortcuts),
    ("efficientnet", draw_shortcuts),
    ("densenet", draw_all_to_all),
    ("inception", draw_branches),
    ("squeezenet", draw_branches),
    ("textcnn", draw_branches),
    ("vit", draw_attention),
    ("bert", draw_attention),
    ("gpt", draw_attention),
    ("transformer", draw_attention),
    ("gru", draw_recurrence),
    ("rnn", draw_recurrence),
    ("lstm", draw_recurrence),
    ("seq2seq", draw_recurrence),
    ("unet", draw_u),
    ("autoencoder", draw_narrow_middle),
    ("denoising", draw_narrow_middle),
    ("vae", draw_narrow_middle),
    ("gan", draw_branches),
    ("dcgan", draw_branches),
    ("wgan", draw_branches),
    ("wavenet", draw_all_to_all),
)


def emblem_of(template: str) -> Emblem:
    """The picture of a template, by how its name begins; what is not listed is a plain convolutional network."""
    return next((draw for start, draw in _BEGINNINGS if template.startswith(start)), draw_shrinking_maps)
