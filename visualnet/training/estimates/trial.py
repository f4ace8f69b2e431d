"""Real training steps on a copy of the network: what begins as the run would, and leaves weights, runs and generators as they were."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from visualnet.core import edits
from visualnet.core.edits import learners
from visualnet.core.project import Project
from visualnet.data.loading import Loaded
from visualnet.training import devices, training_lock
from visualnet.training.loop.failures import find_failing_node
from visualnet.training.loop.metrics import NonFinite
from visualnet.training.loop.procedures.procedure import DrawnBatch
from visualnet.training.loop.session import Session, TrainingLoop
from visualnet.training.measure.step_peak import measure_peak

Check = Callable[[float], object]
"""Called between two steps with the share that is done; it raises when nobody waits any more."""
WAIT_S = 5.0
"""So long a measurement that a person asked for waits for one that was begun by itself."""

LEFT_OUT = ("warmup", "ema_decay", "patience")
"""Options of a recipe that move the rate, or look at epochs."""


class Trial:
    """A training that was set up and is stepped from outside. ``loop`` holds its network, optimizer and data."""

    def __init__(self, loop: TrainingLoop) -> None:
        self.loop = loop
        self.network, self.sampler, self.tensors = loop.network, loop.sampler, loop.tensors
        self.device = loop.place.device
        self.learners = tuple(loop.learners.by_name.values())
        self._rounds = self._endless()
        loop.learners.begin_epoch(0)

    def _endless(self) -> Iterator[DrawnBatch]:
        """One round after another, as the run's own procedure does them: it draws from the data, or plays."""
        procedure, state = self.loop.procedure, self.loop.state
        while True:
            state.position = 0
            procedure.begin_epoch()
            for drawn in procedure.rounds():
                yield drawn
                state.position += 1
                state.step += 1

    def step(self, drawn: DrawnBatch | None = None, last: bool = False) -> Tensor:
        """Learn from the next round's batch, or from this one, as the run would: a round of all its learners. The loss of the first.

        Raises:
            NonFinite: the loss is not finite; the weights are still those before it.
        """
        loop = self.loop
        index, batch = next(self._rounds) if drawn is None else drawn
        self.network.trial.train()
        loop.tally.before_step(index)
        losses: list[Tensor] = []
        for program, learner, closes in loop.learners.turns:
            results = program(*batch)
            loop.tally.take(results, len(batch[0]))
            losses.append(results[0]["loss"])
            learner.learn(losses[-1], closes and last)
        return losses[0].detach()

    def evaluate(self, index: Tensor) -> None:
        """Compute the values of these samples as validation does."""
        self.network.trial.eval()
        with torch.no_grad():
            self.loop.tally.fresh().add(self.loop.evaluate(*self.tensors.batch(index)), len(index))

    def read(self, loss: Tensor) -> float:
        """The loss as a figure.

        Raises:
            NonFinite: a loss since the last time was not finite.
        """
        value = loss.item()
        self.loop.flush()
        return value

    def explain(self, fault: NonFinite) -> str:
        """Which node made the loss NaN or infinite, in words."""
        return find_failing_node(fault, self.network, self.loop.procedure.again, self.loop.machine, 1).words

    def peak(self, step: Callable[[], object]) -> int:
        """The most memory that training takes while this step is taken: weights, optimizer and all that the step makes.

        What the data take on the device is left out, as in the forecast.
        """
        if self.device.type != "cuda":
            kept = [*self.network.objective.parameters(), *self.network.objective.buffers()]
            for learner in self.learners:
                kept += learner.average
                state = learner.optimizer.state.values()
                kept += [t for values in state for t in values.values() if isinstance(t, Tensor)]
            return measure_peak(step, kept)
        torch.cuda.reset_peak_memory_stats(self.device)
        step()
        self.wait()
        return torch.cuda.max_memory_allocated(self.device) - self.loop.memory.before - self.loop.memory.data

    def forget_step(self) -> None:
        """Let go of what a step that broke off has left."""
        for learner in self.learners:
            learner.gathered = 0
            for parameter in learner.parameters:
                parameter.grad = None
        if self.device.type == "cuda":
            torch.cuda.empty_cache()

    def wait(self) -> None:
        """Wait until the device has done all that it was given."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        elif self.device.type == "mps":
            torch.mps.synchronize()


def without_schedule(project: Project, lr: float) -> Project:
    """The project with a rate that stays as it is, and nothing that looks at epochs."""
    recipe = project.recipe
    said = {name: value for name, value in recipe.options.items() if name not in LEFT_OUT}
    if len(recipe.learners) != 1:  # several are measured as they are
        return edits.set_recipe(project, schedule="constant", lr=lr, options=said)
    own = {name: value for name, value in recipe.learners[0].options.items() if name not in LEFT_OUT}
    return learners.set_steps(edits.set_recipe(project, options=said), schedule="constant", lr=lr, options=own)


@contextmanager
def open_trial(project: Project, data: Loaded, wait_s: float = WAIT_S) -> Iterator[Trial]:
    """A copy of what the run would begin with. Nothing of it is kept, and the generators are put back.

    Raises:
        ValueError: the run could not begin, or something else is being computed.
    """
    with training_lock.measuring(wait_s):
        device = devices.device_of(project.recipe.device)
        # Translating takes longer than what is measured; what a step needs beside time is the same without.
        options = {name: value for name, value in project.recipe.options.items() if name != "compile"}
        with torch.random.fork_rng([device] if device.type == "cuda" else []):
            loop = Session(edits.set_recipe(project, options=options), data, lambda _event: None).set_up()
            try:
                with loop.machine.applied():
                    yield Trial(loop)
            finally:
                loop.tensors.close()
