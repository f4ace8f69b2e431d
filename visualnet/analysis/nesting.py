"""Which blocks stand in which: what contains itself, how deep it goes, and what an edited block reaches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

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
        """For each block the number of its ring (those that contain each other have one number), what is used before what uses it.

        Tarjan's algorithm, with a stack of its own, since files may nest deeper than Python calls.
        """
        seen: dict[str, int] = {}
        low: dict[str, int] = {}
        ring: dict[str, int] = {}
        open_: list[str] = []
        for start in self.blocks:
            if start in seen:
                continue
            stack = [(start, iter(self.uses[start]))]
            seen[start] = low[start] = len(seen)
            open_.append(start)
            while stack:
                name, rest = stack[-1]
                other = next(rest, None)
                if other is None:
                    stack.pop()
                    if stack:
                        low[stack[-1][0]] = min(low[stack[-1][0]], low[name])
                    if low[name] == seen[name]:
                        while name not in ring:
                            ring[open_.pop()] = seen[name]
                elif other in self.blocks and other not in seen:
                    seen[other] = low[other] = len(seen)
                    open_.append(other)
                    stack.append((other, iter(self.uses[other])))
                elif other in self.blocks and other not in ring:
                    low[name] = min(low[name], seen[other])
        return ring
