"""Deep Q-learning: rounds of play in an environment and of learning from what is remembered of it."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from visualnet.analysis import Analysis
from visualnet.core.project import Recipe
from visualnet.core.text.format import format_bytes, format_quantity
from visualnet.data.environments.environment import OBSERVATION, Environment
from visualnet.data.environments.registry import ENVIRONMENTS, environment_of
from visualnet.data.loading import Loaded
from visualnet.layers.recipe.settings import recipe_of_run, settings
from visualnet.training.loop.procedures.action_values import find_values, normaliser, observed_shape, value_faults
from visualnet.training.loop.procedures.procedure import (
    DrawnBatch,
    PlayedEpisode,
    Procedure,
    RoundAborted,
    StartFault,
    TrainedRun,
)
from visualnet.training.measure.free_memory import free_memory

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

    from visualnet.compiling.module import Model
    from visualnet.data.tensors import Sampler
    from visualnet.training.loop.procedures.q_play import QPlay

    Values = Callable[[Tensor], Tensor]

START = "procedure."
_ROWS = ("seen", "after", "action", "reward", "ended")
_TOO_LARGE = 0.8


class DeepQ(Procedure):
    """Plays a few steps, mostly those that the network thinks best, and brings what it says of a step closer to the reward and what the
    target network says of what comes after it."""

    script_lines = "visualnet.training.script.lines.play_lines"

    # --- before the run ------------------------------------------------------------------------------------------------

    @staticmethod
    def faults(analysis: Analysis, data: Loaded) -> Iterator[StartFault]:
        environment = environment_of(data.choice)
        if environment is None:
            known = ", ".join(kind.title for kind in ENVIRONMENTS.values())
            words = f"deep Q-learning plays in an environment, and “{data.choice.called}” is none"
            yield StartFault(f"{words}: choose one as data ({known}), or make the recipe's procedure supervised")
            return
        if data.choice.preparation:
            yield StartFault("what is seen in an environment is not prepared: take the steps of the preparation away")
        try:
            environment.make()
        except ValueError as error:
            yield StartFault(str(error))
        yield from value_faults(analysis.main, environment)
        wanted, free = _buffer_bytes(environment, analysis.project.recipe), free_memory()
        if wanted > _TOO_LARGE * free:
            steps = settings(recipe_of_run(analysis.project.recipe))["buffer"]
            fits = int(steps * _TOO_LARGE * free / wanted)
            words = f"a buffer of {format_quantity(steps, 'step')} takes {format_bytes(wanted)}, and {format_bytes(free)} are free"
            yield StartFault(f"{words}: make it {fits:,} at most")

    @staticmethod
    def make_sampler(data: Loaded, recipe: Recipe) -> Sampler:
        """Counts the rounds of an epoch; what is learned from in them is drawn from what was played."""
        import torch

        from visualnet.data.tensors import Sampler

        sampler = Sampler(1, 1, recipe.seed)
        sampler.batch_size, sampler.steps = recipe.batch_size, settings(recipe_of_run(recipe))["rounds"]
        sampler.size, sampler.order = sampler.steps * sampler.batch_size, torch.zeros(0, dtype=torch.int64)
        return sampler

    @staticmethod
    def fits(sampler: Sampler, order: Tensor) -> bool:
        return not len(order)

    @staticmethod
    def play_episodes(
        model: Model, data: Loaded, count: int, first_seed: int, check: Callable[[float], None]
    ) -> list[PlayedEpisode]:
        """With the actions that are worth most, but for the recipe's ``test_epsilon``."""
        from visualnet.training.loop.procedures.played_episodes import play_episodes

        return play_episodes(model, data, count, first_seed, check)

    # --- the run -------------------------------------------------------------------------------------------------------

    def __init__(self, run: TrainedRun) -> None:
        super().__init__(run)
        self.settings: dict[str, Any] = {}
        self.view: nn.Module | None = None
        self.lagging: nn.Module | None = None
        """The target network."""
        self.weights: list[Tensor] = []
        self.following: list[Tensor] = []
        self._told: list[tuple[float | None, float | None, float]] = []

    def follow(self) -> None:
        """Ask the network that is trained now; a target network that fits it goes on."""
        run, model = self.run, self.run.network
        self.settings = {**settings(recipe_of_run(model.project.recipe)), "batch_size": run.sampler.batch_size}
        port = find_values(model.analysis.main)
        assert port is not None  # the preflight said so
        view = model.view([((port.node,), port.port)])
        lagging = copy.deepcopy(view).eval().requires_grad_(False)
        before = self.lagging.state_dict() if self.lagging is not None else {}
        own = lagging.state_dict()
        if before.keys() == own.keys() and all(before[name].shape == tensor.shape for name, tensor in own.items()):
            lagging.load_state_dict(before)
        self.view, self.lagging = view, lagging
        self.weights, self.following = _tensors(view), _tensors(lagging)
        self.q, self.lagging_q = self._asked(view), self._asked(lagging)
        if "play" in self.__dict__:
            self.play.settings = self.settings

    def _asked(self, view: nn.Module) -> Values:
        """The values of actions for observations on the device."""
        import torch

        before, autocast = [None] * self.run.network.fields.index(OBSERVATION), self.run.machine.autocast

        def ask(seen: Tensor) -> Tensor:
            with torch.no_grad(), autocast():
                values: Tensor = view(*before, seen)[0]
            return values.float()

        return ask

    @cached_property
    def environment(self) -> Environment:
        """What is played."""
        found = environment_of(self.run.data.choice)
        assert found is not None
        return found

    @cached_property
    def play(self) -> QPlay:
        """The play, with all that is remembered."""
        import numpy as np

        from visualnet.training.loop.procedures.q_play import QPlay

        kind, spec = self.environment, self.environment.observation()
        seen = np.zeros(observed_shape(kind), np.int64 if spec.dtype == "int" else np.float32)
        seed, device = self.run.recipe.seed, self.run.place.device
        return QPlay(kind.make(), seen, len(kind.actions), self.settings, seed, self.normal, device)

    @cached_property
    def normal(self) -> Callable[[np.ndarray], np.ndarray]:
        """What brings an observation to where the network wants it."""
        return normaliser(self.run.data)

    def rounds(self) -> Iterator[DrawnBatch]:
        from visualnet.training.loop.procedures.q_play import update_target_network

        run, play, state = self.run, self.play, self.run.state
        while state.position < run.sampler.steps:
            self._play_on()
            # From here to the step nothing is saved in between: it is done whole or not at all.
            if state.step and state.step % self.settings["target_every"] == 0:
                update_target_network(self.following, self.weights, self.settings["target_rate"])
            places = play.draw()
            batch = self.again(places, state.step)
            self._told.append((*(play.last or (None, None)), play.epsilon))
            yield DrawnBatch(places, batch)

    def _play_on(self) -> None:
        """Play as many steps as the rounds so far want, with those before the first."""
        run, play = self.run, self.play
        wanted = max(self.settings["learning_starts"], 1) + run.state.step * self.settings["play_steps"]
        run.network.trial.eval()
        while play.played < wanted:
            play.step(self.q)
            if run.is_due():
                # Settings change between two rounds alone: else a resumed run would play on with others.
                if not run.look_up("play"):
                    raise RoundAborted
                run.network.trial.eval()

    def again(self, index: Tensor, step: int) -> list[Tensor]:
        trial = self.run.network.trial.eval()
        found = self.play.learn_from(index, self.q, self.lagging_q)
        trial.train()
        return [found[name] for name in self.run.network.fields]

    def measured(self, count: int) -> DrawnBatch:
        """Of what is remembered after as much play as the next round wants."""
        import torch

        self._play_on()
        places = torch.arange(count) % min(self.play.played, self.play.size)
        return DrawnBatch(places, self.again(places, self.run.state.step))

    def largest(self) -> tuple[int, str]:
        size: int = self.settings["buffer"]
        return (
            size,
            f"These are all {format_quantity(size, 'step')} that the buffer remembers: more in a batch would be the same again.",
        )

    def validate(self, averaged: bool = False) -> dict[str, float | None] | None:
        """Mean reward and length of the same episodes each time, with the actions that are worth most."""
        from visualnet.training.loop.procedures.q_play import CheckedWorld, PlayFailed, describe_episodes, play_greedily

        run, shape = self.run, observed_shape(self.environment)
        worlds = [CheckedWorld(self.environment.make(), shape, self.normal) for _ in range(self.settings["episodes"])]
        run.network.trial.eval()
        q = self.q if not averaged else self._with_averages()

        def stops() -> bool:
            return run.is_due() and not run.look_up("validation")

        chance = len(self.environment.actions), self.settings["test_epsilon"]
        try:
            found = play_greedily(worlds, q, run.place.device, *chance, stops=stops)
        except PlayFailed as error:
            raise PlayFailed(f"judging after epoch {run.state.epoch + 1}: {error}") from error
        if found is None:
            return None
        return {name: _finite(value) for name, value in describe_episodes(found).items()}

    def _with_averages(self) -> Values:
        """The values as the averaged copy of the weights gives them."""
        learners, q = self.run.learners, self.q

        def ask(seen: Tensor) -> Tensor:
            learners.swap_averages()
            try:
                return q(seen)
            finally:
                learners.swap_averages()

        return ask

    def take_values(self, count: int) -> dict[str, list[float | None]]:
        rows, self._told = self._told[:count], []
        names = ("reward", "episode_length", "epsilon")
        return {name: [row[at] for row in rows] for at, name in enumerate(names)}

    def close_epoch(self) -> dict[str, float | None]:
        return {**self.play.close_epoch()}

    # --- for checkpoints -----------------------------------------------------------------------------------------------

    def tensors(self) -> dict[str, Tensor]:
        import torch

        play = self.play
        kept = min(play.played, play.size)
        found = {name: getattr(play, name)[:kept] for name in _ROWS}
        found["taken"] = torch.tensor(play.world.taken, dtype=torch.int64)
        found["chance"] = torch.tensor(play.chance.getstate()[1], dtype=torch.int64)
        found["generator"] = play.generator.get_state()
        found["done"] = torch.tensor(play.done, dtype=torch.float64).reshape(-1, 2)
        found |= {f"lagging.{at}": tensor for at, tensor in enumerate(self.following)}
        return {START + name: tensor for name, tensor in found.items()}

    def numbers(self) -> dict[str, float | None]:
        play = self.play
        reward, length = play.last or (None, None)
        return {
            "played": play.played,
            "running": float(play.now is not None),
            "seed": play.world.seed,
            "total": play.total,
            "chosen": play.chosen,
            "last_reward": reward,
            "last_length": length,
        }

    def expects(self, header: Mapping[str, tuple[tuple[int, ...], str]]) -> Mapping[str, tuple[tuple[int, ...], str]]:
        """As they would be told now, but for how much was remembered."""
        from visualnet.training.checkpoints import TENSOR_TYPES

        kept = header.get(START + "reward", ((0,), ""))[0]
        free = {START + name for name in ("taken", "done")}
        found = {}
        for name, tensor in self.tensors().items():
            shape = tuple(tensor.shape)
            if name.removeprefix(START) in _ROWS:
                shape = (*kept[:1], *shape[1:])
            elif name in free and name in header:
                shape = (*header[name][0][:1], *shape[1:])
            found[name] = shape, TENSOR_TYPES[tensor.dtype]
        return found

    def restore(self, found: Mapping[str, Tensor], numbers: Mapping[str, Any]) -> None:
        import numpy as np

        play = self.play
        own = {name.removeprefix(START): tensor for name, tensor in found.items() if name.startswith(START)}
        played, kept = int(numbers.get("played") or 0), len(own["reward"])
        if kept > play.size or kept != min(played, play.size):
            raise ValueError(
                f"it remembers {kept:,} of {played:,} steps, and the buffer has room for {play.size:,}: the run goes on with the "
                "buffer that it began with"
            )
        for name in _ROWS:
            getattr(play, name)[:kept] = own[name]
        play.played = played
        play.chance.setstate((3, tuple(own["chance"].tolist()), None))
        play.generator.set_state(own["generator"])
        for mine, kept_tensor in zip(
            self.following, (own[f"lagging.{at}"] for at in range(len(self.following))), strict=True
        ):
            mine.copy_(kept_tensor)
        play.done = [(reward, int(length)) for reward, length in own["done"].tolist()]
        reward, length = numbers.get("last_reward"), numbers.get("last_length")
        play.last = None if reward is None or length is None else (reward, int(length))
        play.chosen = -1 if (chosen := numbers.get("chosen")) is None else int(chosen)
        play.total, play.now = float(numbers.get("total") or 0.0), None
        seed, taken = int(numbers.get("seed") or 0), own["taken"].tolist()
        play.world.seed, play.world.taken = seed, taken
        if numbers.get("running"):
            play.now = play.world.begin(seed)
            for action in taken:
                play.now, *_ = play.world.step(action)
            last = play.after[(played - 1) % play.size].numpy() if taken else play.now
            if not np.array_equal(play.now, last):
                raise ValueError(
                    "the environment does not play the same as when the run was stopped; was it another version?"
                )


def _buffer_bytes(environment: Environment, recipe: Recipe) -> int:
    """What the remembered steps take in memory."""
    spec = environment.observation()
    width = 8 if spec.dtype == "int" else 4
    steps: int = settings(recipe_of_run(recipe))["buffer"]
    return steps * (2 * width * int(spec.size) + 16)


def _tensors(module: nn.Module) -> list[Tensor]:
    return [tensor.detach() for tensor in (*module.parameters(), *module.buffers())]


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
