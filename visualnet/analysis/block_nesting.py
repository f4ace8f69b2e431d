"""Which blocks stand in which: what contains itself, how deep it goes, what an edited block reaches, and the way to a sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from visualnet.core.cycles import parts
from visualnet.core.graph import Node
from visualnet.core.project import MAIN, Block, Project


class Nesting:
    """The uses of blocks by blocks. Made once for each set of definitions."""

    def __init__(self, blocks: Mapping[str, Block]) -> None:
        self.blocks = blocks
        self.uses = {name: tuple({n.block: None for n in b.graph if n.block is not None}) for name, b in blocks.items()}
        self.users: dict[str, list[str]] = {}
        for name, used in self.uses.items():
            for other in used:
                self.users.setdefault(other, []).append(name)
        self.ring = self._rings()
        self.height: dict[str, int] = {}
        for name in self.ring:  # What a block uses comes before it here.
            below = [self.height[b] for b in self.uses[name] if b in self.ring and self.ring[b] != self.ring[name]]
            self.height[name] = 1 + max(below, default=0)

    def recursive(self, sheet: str, block: str) -> bool:
        """Whether an instance of the block on this sheet would contain itself."""
        return sheet == block or (sheet in self.ring and self.ring[sheet] == self.ring.get(block))

    def reached(self, changed: Iterable[str]) -> frozenset[str]:
        """The blocks whose facts rest on one of these, themselves included."""
        found = set(changed)
        todo = list(found)
        while todo:
            new = set(self.users.get(todo.pop(), ())) - found
            found |= new
            todo += new
        return frozenset(found)

    def _rings(self) -> dict[str, int]:
        """For each block the number of its ring (those that contain each other have one number), what is used before what uses it."""
        ring: dict[str, int] = {}
        waiting = {name: sum(b in self.blocks for b in used) for name, used in self.uses.items()}
        ready = [name for name, count in waiting.items() if count == 0]
        for name in ready:
            ring[name] = len(ring)
            for user in self.users.get(name, ()):
                waiting[user] -= 1
                if waiting[user] == 0:
                    ready.append(user)
        left = {name: self.uses[name] for name in self.blocks if name not in ring}
        for members in parts(left) if left else ():  # some contain themselves
            ring |= dict.fromkeys(members, len(ring))
        return ring


class Crumb(NamedTuple):
    """One part of the way: a sheet, the path of the instance through which it is seen, and its words."""

    sheet: str
    path: tuple[str, ...]
    words: str
    tip: str


def breadcrumb_trail(project: Project, sheet: str, path: tuple[str, ...]) -> list[Crumb]:
    """The way from the main sheet to this one; a block that is seen through no instance stands behind the main sheet by its own name."""
    way = [Crumb(MAIN, (), project.name, "The whole network")]
    graph = project.graph
    for at, step in enumerate(path):
        node = graph.nodes.get(step.partition("#")[0])
        if node is None or node.block not in project.blocks:
            way = way[:1]
            break
        block = node.block or ""
        times = "" if node.repeat == 1 else f" ×{node.repeat}"
        way.append(Crumb(block, path[: at + 1], node.name + times, f"“{node.name}”, a use of the block {block}"))
        graph = project.sheet(block)
    if way[-1].sheet != sheet and sheet in project.blocks:
        way.append(Crumb(sheet, (), sheet, f"The block {sheet}, seen through no use of it"))
    return way


def instances_beside(project: Project, crumb: Crumb) -> list[Node]:
    """The uses of blocks on the sheet on which this one stands, itself among them."""
    graph = project.graph
    for step in crumb.path[:-1]:
        node = graph.nodes.get(step.partition("#")[0])
        if node is None or node.block not in project.blocks:
            return []
        graph = project.sheet(node.block or MAIN)
    return [n for n in graph if n.block in project.blocks] if crumb.path else []


def find_node(project: Project, path: tuple[str, ...]) -> tuple[str, str, tuple[str, ...]]:
    """The node that a path leads to, its sheet and the path; nothing if it is not there any more."""
    sheet = MAIN
    for node_id in path[:-1]:
        node = project.sheet(sheet).nodes.get(node_id)
        if node is None or node.block not in project.blocks:
            return "", MAIN, ()
        sheet = node.block or MAIN
    there = bool(path) and path[-1] in project.sheet(sheet).nodes
    return (path[-1], sheet, path) if there else ("", MAIN, ())
