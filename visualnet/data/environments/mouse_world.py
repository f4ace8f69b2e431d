"""The mouse's world. Of libraries it needs NumPy alone: a training script has this class printed into it."""

from __future__ import annotations

from typing import Any

import numpy as np


class MouseWorld:
    """A grid with cheese and poison, and a mouse that sees 5×5 cells: channels cheese, poison, outside, trail (channel, row, column).

    ``cheese`` and ``poison`` are shares of the cells; with ``fixed`` every episode has the layout of that seed. Actions are 0 up, 1 down,
    2 left, 3 right. The methods are those of ``gymnasium.Env``.
    """

    MOVES = ((-1, 0), (1, 0), (0, -1), (0, 1))
    CHEESE, POISON, FADES = 0.5, -1.0, 0.97

    def __init__(self, side: int, cheese: float, poison: float, steps: int, fixed: int | None = None) -> None:
        self.side, self.steps, self.fixed = side, steps, fixed
        self.count = max(round(cheese * side * side), 1), round(poison * side * side)
        self._np_random = np.random.default_rng(0)
        # Two cells wider on each side than the grid, so that the view never ends.
        self.board = np.zeros((4, side + 4, side + 4), np.float32)
        self.place, self.taken, self.left = (0, 0), 0, 0

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[np.ndarray, dict[str, Any]]:
        """Begin an episode: another layout, or that of the seed."""
        if seed is not None:
            self._np_random = np.random.default_rng(seed)
        drawn = self._np_random if self.fixed is None else np.random.default_rng(self.fixed)
        while not self._lay_out(drawn):
            pass
        self.taken = 0
        return self._observe(), {}

    def step(self, action: int) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        """Go one cell, or stay at the edge, and eat what lies there."""
        down, right = self.MOVES[int(action)]
        row, column = self.place
        row, column = min(max(row + down, 0), self.side - 1), min(max(column + right, 0), self.side - 1)
        self.place = row, column
        self.taken += 1
        reward, at = 0.0, (row + 2, column + 2)
        if self.board[0][at]:
            self.board[0][at], reward = 0.0, self.CHEESE
            self.left -= 1
        elif self.board[1][at]:
            self.board[1][at], reward = 0.0, self.POISON
        return self._observe(), reward, self.left == 0, self.taken >= self.steps, {}

    def render(self) -> np.ndarray:
        """Pixels (row, column, RGB), one a cell: cheese yellow, poison red, the mouse grey."""
        pixels = np.full((self.side, self.side, 3), 255, np.uint8)
        inner = self.board[:, 2:-2, 2:-2]
        pixels[inner[0] > 0], pixels[inner[1] > 0], pixels[self.place] = (240, 190, 40), (200, 50, 50), (110, 110, 110)
        return pixels

    def cheese_left(self) -> int:
        """How many cells still have cheese."""
        return int(self.left)

    def cells(self) -> np.ndarray:
        """What lies on each cell (row, column): 0 nothing, 1 cheese, 2 poison."""
        inner = self.board[:2, 2:-2, 2:-2]
        cells: np.ndarray = (inner[0] + 2 * inner[1]).astype(np.int64)
        return cells

    def close(self) -> None:
        """Nothing to let go of."""

    def _lay_out(self, drawn: np.random.Generator) -> bool:
        """Draw a layout, less the cheese that cannot be reached from the mouse without poison; whether any is left."""
        side, (cheese, poison) = self.side, self.count
        order = drawn.permutation(side * side)
        self.board[:] = 0.0
        self.board[2] = 1.0
        inner = self.board[:, 2:-2, 2:-2]
        inner[2] = 0.0
        rows, columns = np.divmod(order, side)
        inner[0][rows[1 : 1 + cheese], columns[1 : 1 + cheese]] = 1.0
        inner[1][rows[1 + cheese : 1 + cheese + poison], columns[1 + cheese : 1 + cheese + poison]] = 1.0
        self.place = int(rows[0]), int(columns[0])
        reached = np.zeros((side, side), np.float32)
        seen, ends = {self.place}, [self.place]
        while ends:
            row, column = ends.pop()
            for down, right in self.MOVES:
                cell = row + down, column + right
                if cell not in seen and 0 <= cell[0] < side and 0 <= cell[1] < side and not inner[1][cell]:
                    seen.add(cell)
                    ends.append(cell)
        for cell in seen:
            reached[cell] = 1.0
        inner[0] *= reached
        self.left = int(inner[0].sum())
        return self.left > 0

    def _observe(self) -> np.ndarray:
        row, column = self.place
        trail = self.board[3]
        trail *= self.FADES
        trail[row + 2, column + 2] = 1.0
        return self.board[:, row : row + 5, column : column + 5].copy()
