"""The base of procedures: what the loop asks of one, and what it sees of the run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol

from visualnet.analysis import Analysis
from visualnet.analysis.facts import NodePath
from visualnet.core.project import Recipe
from visualnet.data.loading import Loaded
from visualnet.layers.recipe.procedure_declaration import ProcedureDeclaration

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from visualnet.compiling.module import Model
    from visualnet.data.tensors import Sampler, Tensors
    from visualnet.training import devices
    from visualnet.training.learners.learners import Learners
    from visualnet.training.loop.metrics import Tally
    from visualnet.training.loop.run_state import RunState
    from visualnet.training.machine.hardware_options import Machine, Program

    TensorMap = Mapping[str, "torch.Tensor"]


class StartFault(NamedTuple):
    """Why a run cannot begin, and at which node."""

    words: str
    path: NodePath = ()
    kind: str = "data"


class DrawnBatch(NamedTuple):
    """What one round learns from: the fields of a batch in the order of ``Model.fields``, and what lets it be drawn again (``again``)."""

    samples: Tensor
    batch: list[Tensor]


class PlayedEpisode(NamedTuple):
    """What came of an episode: its reward, its steps, and the most that could be had in it (None where nobody knows)."""

    reward: float
    length: int
    best: float | None


class TrainedRun(Protocol):
    """A run that has been set up, as a procedure sees it: what ``TrainingLoop`` is here."""

    data: Loaded
    recipe: Recipe
    network: Model
    tensors: Tensors
    tally: Tally
    learners: Learners
    sampler: Sampler
    state: RunState
    place: devices.DeviceChoice
    machine: Machine
    evaluate: Program

    def is_due(self) -> bool: ...

    def look_up(self, phase: str = "training") -> bool: ...


class RoundAborted(Exception):
    """A round was left before it had a batch: the run is to stop, or to go on with another network."""


class Procedure:
    """What a round of training does. The loop asks for rounds and learns from each as the learners say; the rest of an epoch's rounds can
    be asked for anew at any time, from ``run.state.position`` on.

    What must be the same for a resumed run to go on to the last bit is told by ``tensors`` and ``numbers``, and put back by ``restore``.
    """

    declaration: ClassVar[ProcedureDeclaration]
    """Its name, words, settings and rule. Each class says its own."""
    script_lines: ClassVar[str] = ""
    """The module whose ``LINES`` print its rounds into a training script (`round_lines.py`), maybe its own file; nothing: a script
    refuses it by name. Each class says its own."""

    def __init__(self, run: TrainedRun) -> None:
        self.run = run

    # --- before the run ------------------------------------------------------------------------------------------------

    @staticmethod
    def faults(analysis: Analysis, data: Loaded) -> Iterator[StartFault]:
        """What keeps this network from being trained so on this data."""
        yield from ()

    @staticmethod
    def make_sampler(data: Loaded, recipe: Recipe) -> Sampler:
        """Who counts the rounds of an epoch and draws their samples.

        Raises:
            ValueError: they cannot be drawn so.
        """
        raise NotImplementedError

    @staticmethod
    def fits(sampler: Sampler, order: Tensor) -> bool:
        """Whether this can be the order of samples of an epoch, as a checkpoint says."""
        raise NotImplementedError

    @staticmethod
    def play_episodes(
        model: Model, data: Loaded, count: int, first_seed: int, check: Callable[[float], None]
    ) -> list[PlayedEpisode]:
        """The episodes of ``count`` seeds from the first one on, played with a trained network without learning: what it is judged by
        where the declaration says that the procedure ``plays``. ``check`` is called between two steps of play with the share that is
        done at least; it may raise to end it.

        Raises:
            ValueError: nothing can be played; the words say why.
        """
        raise NotImplementedError

    # --- the run -------------------------------------------------------------------------------------------------------

    def follow(self) -> None:
        """The run's network, or a setting, is another one now."""

    def begin_epoch(self) -> None:
        """No round of this epoch is done."""

    def rounds(self) -> Iterator[DrawnBatch]:
        """The rest of this epoch's rounds.

        Raises:
            RoundAborted, WaitEnded: the run is to stop, or to go on with another network.
        """
        raise NotImplementedError

    def again(self, index: Tensor, step: int) -> list[Tensor]:
        """The batch of a round once more, which was the run's step of this number."""
        raise NotImplementedError

    def measured(self, count: int) -> DrawnBatch:
        """A batch of so many samples, to measure what a step takes: the first ones, and the same again where there are fewer."""
        raise NotImplementedError

    def largest(self) -> tuple[int, str]:
        """The most samples that make sense in a batch, and why, as a sentence."""
        raise NotImplementedError

    def validate(self, averaged: bool = False) -> dict[str, float | None] | None:
        """What the network is worth after this epoch, by name, or what its averaged copy is; None if that was left."""
        raise NotImplementedError

    def take_values(self, count: int) -> dict[str, list[float | None]]:
        """The procedure's own values of the last ``count`` rounds by name, told once."""
        return {}

    def close_epoch(self) -> dict[str, float | None]:
        """The procedure's own values over the epoch; the next begins at nothing."""
        return {}

    # --- for checkpoints -----------------------------------------------------------------------------------------------

    def tensors(self) -> dict[str, Tensor]:
        """What a checkpoint keeps of it, by names that begin with ``procedure.``"""
        return {}

    def numbers(self) -> dict[str, float | None]:
        """The numbers that a checkpoint keeps of it."""
        return {}

    def expects(self, header: Mapping[str, tuple[tuple[int, ...], str]]) -> Mapping[str, tuple[tuple[int, ...], str]]:
        """Shape and type of each tensor that a checkpoint with this header can hold of it; of what must be there and is not, too.

        Raises:
            ValueError: the header's cannot be this procedure's.
        """
        return {}

    def restore(self, found: TensorMap, numbers: Mapping[str, Any]) -> None:
        """Put back what was kept.

        Raises:
            ValueError: it does not fit; the words say what.
        """
