"""Where small graphs are laid out, as a page to be read: `python -m tests.analysis.geometry.layouts`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from visualnet.analysis.geometry.auto_layout import tidy
from visualnet.core.graph import Graph, Node, Port

PAGE = Path(__file__).with_name("layouts.txt")
SIZE = (168.0, 80.0)
Places = dict[str, tuple[float, float]]


class Sheet(NamedTuple):
    """Wires as ``ab`` (from a to b; the n-th into a card ends at its port ``xn``), where cards are drawn, and how they are laid out."""

    title: str
    wires: str
    places: Places = {}
    sizes: dict[str, tuple[float, float]] = {}
    options: dict[str, Any] = {}

    @property
    def names(self) -> list[str]:
        return sorted(set(self.wires) - {" "})

    @property
    def edges(self) -> list[tuple[str, str]]:
        return [(wire[0], wire[1]) for wire in self.wires.split() if len(wire) == 2]

    @property
    def graph(self) -> Graph:
        nodes = {name: Node(id=name, kind="relu", name=name) for name in self.names}
        wires: dict[Port, Port] = {}
        for source, target in self.edges:
            port = f"x{sum(t.node == target for t in wires) + 1}"
            wires[Port(target, port)] = Port(source, "y")
        return Graph(nodes, wires, self.places)

    @property
    def all_sizes(self) -> dict[str, tuple[float, float]]:
        return {name: self.sizes.get(name, SIZE) for name in self.names}

    def lay_out(self) -> Places:
        """Where each card is put."""
        return tidy(self.graph, self.all_sizes, **self.options)


def page() -> str:
    """All sheets, laid out."""
    return "\n".join(line for sheet in SHEETS for line in lines(sheet))


def lines(sheet: Sheet) -> Iterator[str]:
    """One sheet: its title, and the cards of each column from the top."""
    yield sheet.title
    yield f"  {sheet.wires}"
    places = sheet.lay_out()
    for x in sorted({x for x, _ in places.values()}):
        column = sorted((y, name) for name, (left, y) in places.items() if left == x)
        yield f"  {x:g}: " + ", ".join(f"{name} {y:g}" for y, name in column)
    yield ""


BIG = {"b": (224.0, 200.0), "e": (168.0, 32.0)}
PORTS = {("d", "in", "x1"): 20.0, ("d", "in", "x2"): 60.0, ("a", "out", "y"): 30.0}

SHEETS = [
    Sheet("a chain", "ab bc cd"),
    Sheet("a chain that flows down", "ab bc cd", options={"direction": "down"}),
    Sheet("a chain of cards of many sizes", "ab bc cd de", sizes=BIG),
    Sheet("the same, down", "ab bc cd de", sizes=BIG, options={"direction": "down"}),
    Sheet("a skip over one", "ab bc ac cd"),
    Sheet("a skip over three", "ab bc cd de ae ef"),
    Sheet("two skips", "ab bc cd de ef ac cf"),
    Sheet("two branches", "ab ac bd cd"),
    Sheet("three branches of different lengths", "ab bc ce ad de ae"),
    Sheet("two branches of tall and low cards", "ab ac bd ce de", sizes=BIG),
    Sheet("ports that stand apart", "ab ac bd cd", options={"offsets": PORTS}),
    Sheet("ports that stand apart, the branches the other way", "ab ac cd bd", options={"offsets": PORTS}),
    Sheet("wires that need not cross", "af be cd ag bh ci"),
    Sheet("wires that have to cross", "ac ad bc bd"),
    Sheet(
        "crossed as drawn, straight when laid out",
        "ad be cf",
        {"a": (0, 0), "b": (0, 200), "c": (0, 400), "d": (300, 400), "e": (300, 200), "f": (300, 0)},
    ),
    Sheet(
        "the order that was drawn stays",
        "ab ac ad be ce de",
        {"a": (0, 100), "b": (300, 400), "c": (300, 200), "d": (300, 0), "e": (600, 100)},
    ),
    Sheet(
        "a card that is new goes to what leads to it",
        "ab ac ad be ce de",
        {"a": (16, 100), "b": (300, 400), "d": (300, 0), "e": (600, 100)},
    ),
    Sheet("two parts, the larger on top", "ab cd de"),
    Sheet("single cards", "a b c"),
    Sheet("a circle", "ab bc ca cd"),
    Sheet("a card wired to itself", "ab bb bc"),
    Sheet("a late source", "ab bc cd ed fc"),
    Sheet("a ladder", "ab cd ac bd be df ef"),
    Sheet("a fan and back", "ab ac ad ae bf cf df ef"),
    Sheet("a net of three columns", "ad ae bd bf ce cf dg eg eh fh"),
    Sheet("a chain in rows", "ab bc cd de ef fg gh", options={"wrap_width": 700}),
    Sheet("a chain in rows, down", "ab bc cd de ef fg gh", options={"wrap_width": 400, "direction": "down"}),
    Sheet(
        "rows end where a single wire leads on, or the wires of a single card that join soon",
        "ab bc bd ce de ef fg gh",
        options={"wrap_width": 700},
    ),
    Sheet("rows of cards of different sizes", "ab bc cd de ef fg gh", sizes=BIG, options={"wrap_width": 800}),
    Sheet(
        "some cards only",
        "ab bc cd",
        {"a": (0, 0), "b": (83, 401), "c": (20, 640), "d": (900, 0)},
        options={"ids": ["b", "c"]},
    ),
    Sheet("the corner stays", "ab ac", {"a": (101, 57), "b": (30, 300), "c": (500, 90)}),
    Sheet("wires of many lengths", "ab bc cd de ef fg ac ad bg cf ag"),
    Sheet("an encoder and a decoder", "ab bc cd de ef fg gh bg cf de"),
]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
