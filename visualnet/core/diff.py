"""What an edit did to one graph, so that views change only what changed."""

from __future__ import annotations

from typing import NamedTuple

from visualnet.core.graph import Graph, Port, Wire


class GraphDiff(NamedTuple):
    """Ids of nodes that came, went, changed (name, parameters, kind …) or stand elsewhere; wires that came and went; and of the wires
    that stayed those whose bends changed, by where they end. ``changed_annotations``: the ids of annotations that came, went or changed.
    ``turned``: the sheet flows in another direction."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    wires_added: tuple[Wire, ...] = ()
    wires_removed: tuple[Wire, ...] = ()
    bent: tuple[Port, ...] = ()
    changed_annotations: tuple[str, ...] = ()
    turned: bool = False

    def __bool__(self) -> bool:
        return any(self)


NOTHING = GraphDiff()


def diff(before: Graph, after: Graph) -> GraphDiff:
    """What leads from one graph to the other. Parts that are the same object are not looked into."""
    if before is after:
        return NOTHING
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    old, new = before.nodes, after.nodes
    if old is not new:
        added = tuple(i for i in new if i not in old)
        removed = tuple(i for i in old if i not in new)
        changed = tuple(i for i, node in new.items() if old.get(i, node) is not node)
    moved: tuple[str, ...] = ()
    if before.places is not after.places:
        stood = before.places
        moved = tuple(
            i for i, at in after.places.items() if (spot := stood.get(i)) is not at and spot != at and i in old
        )
    wires_added: tuple[Wire, ...] = ()
    wires_removed: tuple[Wire, ...] = ()
    if before.wires is not after.wires:
        olds, news = before.wires, after.wires
        wires_added = tuple(Wire(s, t) for t, s in news.items() if (o := olds.get(t)) is not s and o != s)
        wires_removed = tuple(Wire(s, t) for t, s in olds.items() if (n := news.get(t)) is not s and n != s)
    bent: tuple[Port, ...] = ()
    if before.bends is not after.bends:
        was, now = before.bends, after.bends
        bent = tuple(
            t for t in {**was, **now} if was.get(t) != now.get(t) and before.wires.get(t) == after.wires.get(t)
        )
    changed_annotations: tuple[str, ...] = ()
    if before.annotations is not after.annotations:
        old_r, new_r = before.annotations, after.annotations
        changed_annotations = tuple(i for i in {**old_r, **new_r} if old_r.get(i) != new_r.get(i))
    turned = before.direction != after.direction
    return GraphDiff(added, removed, changed, moved, wires_added, wires_removed, bent, changed_annotations, turned)
