"""Which blocks stand in which: what contains itself, how deep it goes, and what an edited block reaches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from visualnet.core.cycles import parts
from visualnet.core.project import Block


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
