"""The processes that compute a run together, as the training loop sees them: one alone, or several that torchrun has started.

Every process goes through the same steps. Each computes its part of a batch; what is told, decided and learned is that of the whole
batch, so that all stay alike: the same losses, the same weights, the same end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from visualnet.training.control import Control
from visualnet.training.events import Event, Failed, Processes

if TYPE_CHECKING:
    import numpy as np
    import torch
    from torch import Tensor, fx

    from visualnet.compiling.module import Model

    Index = TypeVar("Index", Tensor, np.ndarray)
    Program = Callable[..., tuple[Mapping[str, Tensor], Mapping[str, Tensor]]]

Emit = Callable[[Event], None]
T = TypeVar("T")


class Member(NamedTuple):
    """One of the processes: its number, the machine that it runs on and its number there."""

    rank: int
    host: str
    pid: int

    @property
    def words(self) -> str:
        """``rank 1 (process 4242 on node7)``."""
        return f"rank {self.rank} (process {self.pid} on {self.host})"


class ProcessGroup:
    """One process that computes the whole run; `several.JoinedProcesses` overrides what is otherwise where there are more."""

    rank, size = 0, 1
    counts = True
    """Whether the batch that is computed next counts, or only stands in where there are fewer samples than processes."""
    samples = 0
    """Over all processes, of the batch that was computed last."""
    least = 1
    """The fewest samples of a part."""
    shards = False
    """Whether each keeps only its part of the weights (`sharding.py`): then all of them take part in a checkpoint."""
    processes = Processes()
    """How many there are, where, and what they divide, as a run remembers it."""

    @property
    def writes(self) -> bool:
        """Whether this process keeps the run's folder: only one of them does."""
        return self.rank == 0

    def load(self, make: Callable[[], T]) -> T:
        """Make what each process needs of its machine's files: one of a machine first, which may have to fetch them."""
        return make()

    def from_rank_0(self, make: Callable[[], T]) -> T:
        """What rank 0 makes.

        Raises:
            ValueError, OSError: it cannot; every process is told.
        """
        return make()

    def lead(self, control: Control, emit: Emit) -> Control:
        """What the loop obeys, where ``control`` is what this process was given."""
        return control

    def first_place(self, device: torch.device) -> torch.device:
        """Where a network that is to be computed on ``device`` is made: elsewhere, where it need not fit there whole."""
        return device

    def follow(self, model: Model) -> None:
        """This network is trained from here on."""

    def wrap(self, program: fx.GraphModule, plain: Program) -> Program:
        """``plain``, which runs ``program`` on a batch, as all processes run it together."""
        return plain

    def begin(self, position: Sequence[int], emit: Emit) -> None:
        """The run is set up and stands at this position (of steps and epochs), before its first step.

        Raises:
            ValueError: others stand elsewhere.
        """

    def is_due(self, wanted: bool) -> bool:
        """Whether to look up from the steps now. Asked once for each batch."""
        return wanted

    def agree(self, soon: bool) -> None:
        """Look up: hear what all of them were asked to do. ``soon``: again after the next step."""

    def decide(self, wanted: bool) -> bool:
        """What this process decides for all, where they must do the same; asked of each at the same step."""
        return wanted

    def part(self, index: Index) -> Index:
        """The samples of a batch that this process computes."""
        return index

    def take(self, index: Tensor, step: int | None = None) -> Tensor:
        """`part`, before it is computed. In training, ``step`` is the number of the run's step: what layers draw follows from it."""
        return index

    def count(self, batch: Sequence[Tensor]) -> int:
        """How many samples were computed last, where this process computed ``batch``."""
        return len(batch[0])

    def failed(self, told: Failed, error: BaseException) -> Failed:
        """How the run ends where this process cannot go on because of ``error``."""
        return told


ALONE = ProcessGroup()
