"""Labels of wires find places that are free, the same in whatever order they are asked for."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field

from visualnet.analysis.geometry.boxes import Box, overlap
from visualnet.analysis.geometry.label_placement import FREE, LabelPlacement, free_spots
from visualnet.analysis.geometry.wire_paths import LabelPosition
from visualnet.core.graph import Port


@dataclass
class Wire:
    target: Port
    pills: tuple[Box, ...]
    failing: bool = False
    checked: bool = False


@dataclass
class Sheet:
    """Wires by where they end, and cards that labels must not cover."""

    wires: dict[Port, Wire] = field(default_factory=dict)
    cards: list[Box] = field(default_factory=list)
    moving_wires: frozenset[Port] = frozenset()

    def covered(self, box: Box) -> bool:
        return any(overlap(card, box) for card in self.cards)


def box(x: float, y: float) -> Box:
    return x, y, x + 60, y + 18


def sheet_of(*places: tuple[Box, ...], failing: int = -1) -> Sheet:
    ports = [Port(f"n{at}", "x") for at in range(len(places))]
    return Sheet(
        {port: Wire(port, pills, at == failing) for at, (port, pills) in enumerate(zip(ports, places, strict=True))}
    )


def placed(sheet: Sheet) -> dict[str, Box]:
    labels = LabelPlacement(sheet)
    for target in sheet.wires:
        labels.changed(target)
    return {wire.target.node: pill for wire, pill in labels.place(sheet.wires.values())}


def test_the_wire_that_fails_chooses_first_then_the_one_with_less_choice() -> None:
    here, beside = box(0, 0), box(100, 0)
    assert placed(sheet_of((here, beside), (here,))) == {"n0": beside, "n1": here}
    assert placed(sheet_of((here,), (here,), failing=1)) == {"n1": here}, "there is no room for the other"


def test_no_label_lies_on_a_card_unless_its_places_are_known_to_be_clear() -> None:
    sheet = sheet_of((box(0, 0), box(100, 0)))
    sheet.cards.append(box(10, 5))
    assert placed(sheet) == {"n0": box(100, 0)}
    next(iter(sheet.wires.values())).checked = True
    assert placed(sheet) == {"n0": box(0, 0)}


def test_places_do_not_depend_on_what_is_asked_for_first() -> None:
    rng = random.Random(7)
    places = [tuple(box(rng.randint(0, 400), rng.randint(0, 120)) for _ in range(3)) for _ in range(40)]
    sheet = sheet_of(*places)
    whole = placed(sheet)
    assert 5 < len(whole) < 40 and not any(overlap(a, b) for a, b in itertools.combinations(whole.values(), 2))
    labels = LabelPlacement(sheet)
    for target in sheet.wires:
        labels.changed(target)
    for wire in rng.sample(list(sheet.wires.values()), 40):
        found = labels.place([wire])
        assert [pill for _, pill in found] == ([whole[wire.target.node]] if wire.target.node in whole else [])


def test_labels_that_move_give_way_to_those_that_stand() -> None:
    sheet = sheet_of((box(0, 0), box(100, 0)), (box(0, 0), box(200, 0)))
    labels = LabelPlacement(sheet)
    for target in sheet.wires:
        labels.changed(target)
    assert [pill for _, pill in labels.place(sheet.wires.values())] == [box(0, 0), box(200, 0)]
    mover = Port("n1", "x")
    sheet.moving_wires = frozenset({mover})
    sheet.wires[mover].pills = (box(30, 0), box(160, 0))
    labels.changed(mover)
    assert dict((w.target.node, p) for w, p in labels.place(sheet.wires.values())) == {
        "n0": box(0, 0),
        "n1": box(160, 0),
    }
    sheet.moving_wires = frozenset()
    del sheet.wires[Port("n0", "x")]
    labels.changed(Port("n0", "x"))
    assert [pill for _, pill in labels.place(sheet.wires.values())] == [box(30, 0)], "the other went"


def test_a_label_wants_a_level_stretch_that_is_longer_than_it_is_and_room_to_cards() -> None:
    spots = [LabelPosition((0.0, 0.0), 90.0), LabelPosition((200.0, 0.0), 120.0), LabelPosition((400.0, 0.0), 120.0)]
    assert free_spots(spots, 60.0, None, False) == ((170.0, -9.0, 230.0, 9.0), (370.0, -9.0, 430.0, 9.0))
    card = (0.0, 9.0 + FREE - 1, 300.0, 50.0)
    near = free_spots(spots, 60.0, lambda area: [card] if overlap(card, area) else [], False)
    assert near == ((370.0, -9.0, 430.0, 9.0),)
    assert len(free_spots(spots, 60.0, None, True)) == 3, "on a sheet that flows down only the height counts"


def test_labels_choose_one_after_the_other_as_if_each_looked_at_all() -> None:
    """Held against the plain way: all in the order of their ranks, each at its first place that is free."""
    rng = random.Random(12)
    for _ in range(12):
        places = [
            tuple(box(rng.randint(-300, 300), rng.randint(-90, 90)) for _ in range(rng.randint(1, 3)))
            for _ in range(25)
        ]
        sheet = sheet_of(*places, failing=rng.randrange(25))
        sheet.cards = [box(rng.randint(-300, 300), rng.randint(-90, 90)) for _ in range(2)]
        taken: dict[str, Box] = {}
        wires = sheet.wires.values()
        for wire in sorted(wires, key=lambda w: (not w.failing, len(w.pills), *w.pills[0][:2], w.target)):
            free = (p for p in wire.pills if not sheet.covered(p) and not any(overlap(p, t) for t in taken.values()))
            found = next(free, None)
            if found is not None:
                taken[wire.target.node] = found
        assert placed(sheet) == taken


def test_of_many_places_three_are_asked_for_and_room_is_measured_to_the_pixel() -> None:
    spots = [LabelPosition((100.0 * n, 0.0), 108.0 - (n == 0)) for n in range(6)]
    assert [pill[0] for pill in free_spots(spots, 60.0, None, False)] == [70.0, 170.0, 270.0]
    down = [LabelPosition((0.0, 0.0), 31.9), LabelPosition((0.0, 50.0), 32.0)]
    assert free_spots(down, 60.0, None, True) == ((-30.0, 41.0, 30.0, 59.0),)
