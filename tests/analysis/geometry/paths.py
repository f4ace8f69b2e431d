"""The ways that wires take round cards, as a page to be read: `python -m tests.analysis.geometry.paths`.

Cards stand at whole numbers, so that each way can be followed with pencil and squared paper.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from visualnet.analysis.geometry.boxes import Box, Point, overlap
from visualnet.analysis.geometry.wire_paths import WirePath, find_path

PAGE = Path(__file__).with_name("paths.txt")


class Scene(NamedTuple):
    """A wire from the right edge of one card to the left edge of another, the cards that stand about, and points that a person chose."""

    title: str
    first: Box
    second: Box
    cards: tuple[Box, ...] = ()
    points: tuple[Point, ...] = ()

    @property
    def ends(self) -> tuple[Point, Point]:
        return (self.first[2], (self.first[1] + self.first[3]) / 2), (
            self.second[0],
            (self.second[1] + self.second[3]) / 2,
        )

    def path(self, down: bool = False) -> WirePath:
        """The way that the wire takes; ``down``: the scene is turned over its diagonal, as a sheet that flows down has it."""
        boxes = [self.first, self.second, *self.cards]
        own, (start, end), points = (self.first, self.second), self.ends, list(self.points)
        if down:
            boxes = [transpose(box) for box in boxes]
            own, start, end = (transpose(self.first), transpose(self.second)), start[::-1], end[::-1]
            points = [p[::-1] for p in points]
        return find_path(start, end, points, own, lambda area: [box for box in boxes if overlap(box, area)], down)


def transpose(box: Box) -> Box:
    """The box on a sheet whose axes have changed places."""
    return box[1], box[0], box[3], box[2]


def card(x: float, y: float, width: float = 160, height: float = 80) -> Box:
    """A card by its corner."""
    return float(x), float(y), float(x + width), float(y + height)


def page() -> str:
    """All scenes with the ways of their wires."""
    return "\n".join(line for scene in SCENES for line in lines(scene))


def lines(scene: Scene) -> Iterator[str]:
    """One scene: where its wire goes, piece by piece, and where its label may lie."""
    path = scene.path()
    yield scene.title
    yield f"  from {text(path.start)}"
    for piece in path.segments:
        bend = f"  by {text(piece.one)} and {text(piece.two)}" if piece.one and piece.two else ""
        yield f"  to {text(piece.to)}{bend}"
    yield "  label " + ", ".join(f"{text(spot.at)} room {spot.room:.1f}" for spot in path.spots)
    yield ""


def text(point: Point) -> str:
    """A point to a tenth."""
    return f"{point[0]:.1f} {point[1]:.1f}"


LEFT, RIGHT = card(0, 0), card(640, 0)
CROWD = tuple(card(x, y, 100, 60) for x in (200, 340, 480) for y in (-400, -300, -200, -100, 20, 120, 220, 320))

SCENES = [
    Scene("level, nothing in between", LEFT, card(260, 0)),
    Scene("a little lower", LEFT, card(260, 59)),
    Scene("much lower and near", LEFT, card(260, 100)),
    Scene("far away and lower", LEFT, card(1160, 300)),
    Scene("hardly further right", LEFT, card(180, 200)),
    Scene("not far enough to the right to go straight on", LEFT, card(179, 200)),
    Scene("back, below", card(400, 0), card(0, 200)),
    Scene("back, above", card(400, 200), card(0, 0)),
    Scene("back, in the same row", card(400, 0), card(0, 0, 160, 100)),
    Scene("back, hardly below", card(400, 0), card(0, 88)),
    Scene("back, hardly above", card(400, 88), card(0, 0)),
    Scene("round one card, below", LEFT, RIGHT, (card(320, -10),)),
    Scene("round one card, above", LEFT, RIGHT, (card(320, -30),)),
    Scene(
        "through the gap between two cards", LEFT, card(640, 200), (card(320, -60, 160, 180), card(320, 150, 160, 200))
    ),
    Scene("round one card that is near the port", LEFT, RIGHT, (card(190, 0),)),
    Scene("round one card that is near the end", LEFT, RIGHT, (card(450, 0),)),
    Scene("two cards leave a narrow gap", LEFT, RIGHT, (card(300, -90, 160, 120), card(300, 64, 160, 120))),
    Scene("two cards leave no gap", LEFT, RIGHT, (card(300, -90, 160, 120), card(300, 40, 160, 120))),
    Scene(
        "cards on both sides of the way out",
        LEFT,
        RIGHT,
        (card(168, -60, 200, 70), card(168, 70, 200, 70), card(420, 0)),
    ),
    Scene("back, round a card between the rows", card(640, 0), card(0, 300), (card(300, 150),)),
    Scene("back under two cards, round a third", card(640, 0), card(0, 0), (card(300, 60),)),
    Scene("through a crowd", LEFT, RIGHT, CROWD),
    Scene("back through a crowd", card(640, 0), card(0, 0), CROWD),
    Scene("a wall without a way round", LEFT, RIGHT, (card(320, -2000, 160, 4000),)),
    Scene("over a chosen point", LEFT, RIGHT, (), ((400, 200),)),
    Scene("over two chosen points", LEFT, RIGHT, (), ((300, 120), (500, 140))),
    Scene("over a chosen point, round a card", LEFT, RIGHT, (card(420, 60),), ((300, 120),)),
    Scene("over a chosen point, a card near it", LEFT, card(640, 100), (card(236, 90, 60, 60),), ((340, 120),)),
    Scene("over a point at the start", LEFT, RIGHT, (), ((160, 40),)),
]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
