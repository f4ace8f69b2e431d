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
from visualnet.layers.declaration.params import Bool, Float, Int
from visualnet.layers.recipe.procedure_declaration import ProcedureDeclaration, ReportedValue
from visualnet.layers.recipe.technique import Rule, declare
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
from visualnet.training.recipe.settings import recipe_of_run, settings

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

    from visualnet.compiling.module import Model
    from visualnet.data.tensors import Sampler
    from visualnet.training.loop.procedures.q_play import QPlay

    Values = Callable[[Tensor], Tensor]

_TOO_LARGE = 0.8
MOST_STEPS = 10_000_000
MOST_KEPT = 5_000_000


DECLARATION = ProcedureDeclaration(
    "deep_q",
    "A round plays a few steps in the environment and learns from a batch of remembered ones: the network tells what each action is "
    "worth (Q), mostly the best is done, and Q of the action taken is brought closer to the reward and what comes after it.",
    declare(
        rounds=Int(500, "Rounds in an epoch: so many batches are learned from.", low=1, high=1_000_000),
        play_steps=Int(1, "Steps played in each round.", low=1, high=1000),
        discount=Float(0.99, "What a reward of the next step counts of one now.", low=0, high=1, live="step"),
        epsilon_start=Float(1.0, "Share of steps that are drawn at random, at first.", low=0, high=1, live="step"),
        epsilon_end=Float(0.05, "Share of steps that are drawn at random, at last.", low=0, high=1, live="step"),
        epsilon_steps=Int(
            10_000,
            "Steps of play over which it goes from first to last, down or up.",
            low=1,
            high=MOST_STEPS,
            live="step",
        ),
        buffer=Int(20_000, "Steps of play that are remembered, the last ones.", low=1, high=MOST_KEPT),
        learning_starts=Int(500, "Random steps that are played before the first batch.", low=1, high=MOST_STEPS),
        target_every=Int(
            200, "Rounds from one renewal of the target network to the next.", low=1, high=MOST_STEPS, live="step"
        ),
        target_rate=Float(
            1.0,
            "How far the target network then follows; 1 makes it a copy.",
            low=1e-6,
            high=1,
            more=True,
            live="step",
        ),
        double_q=Bool(True, "The next action is chosen by the network, and judged by the target network.", live="step"),
        clip_reward=Float(
            None,
            "No reward counts more than this, or less than its negative.",
            low=1e-9,
            high=1e9,
            none="off",
            live="step",
        ),
        episodes=Int(
            10,
            "Episodes played after each epoch to judge the network, always the same ones.",
            low=1,
            high=1000,
            live="step",
        ),
        test_epsilon=Float(
            0.0,
            "Share of steps drawn at random in those; a few get it out of circles.",
            low=0,
            high=1,
            more=True,
            live="step",
        ),
    ),
    (
        Rule("y", "r + discount*q_next"),
        Rule(
            "epsilon",
            "epsilon_start + (epsilon_end - epsilon_start)*min(max(t - learning_starts, 0)/epsilon_steps, 1)",
        ),
        Rule("v_new", "v + target_rate*(w - v)"),
    ),
    "Mnih et al. 2015, Human-level Control through Deep Reinforcement Learning; van Hasselt, Guez and Silver 2016, Deep Reinforcement "
    "Learning with Double Q-learning, arXiv:1509.06461",
    meanings={
        "y": "target of Q of the action taken",
        "r": "reward",
        "q_next": "what the target network says of the best next action; 0 at the end of an episode",
        "t": "steps played so far",
        "v": "weight of the target network",
    },
    tells={
        "reward": ReportedValue(
            "max", "Reward of an episode: in training the one that ended last, in validation their mean"
        ),
        "episode_length": ReportedValue("", "Steps of an episode"),
        "epsilon": ReportedValue("", "Share of steps drawn at random"),
    },
    plays=True,
)


class DeepQ(Procedure):
    """Plays a few steps, mostly those that the network thinks best, and brings what it says of a step closer to the reward and what the
    target network says of what comes after it."""

    declaration = DECLARATION
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
        from visualnet.training.loop.procedures.play_state import play_tensors

        return play_tensors(self.play, self.following)

    def numbers(self) -> dict[str, float | None]:
        from visualnet.training.loop.procedures.play_state import play_numbers

        return play_numbers(self.play)

    def expects(self, header: Mapping[str, tuple[tuple[int, ...], str]]) -> Mapping[str, tuple[tuple[int, ...], str]]:
        from visualnet.training.loop.procedures.play_state import expected_tensors

        return expected_tensors(self.tensors(), header)

    def restore(self, found: Mapping[str, Tensor], numbers: Mapping[str, Any]) -> None:
        from visualnet.training.loop.procedures.play_state import restore_play

        restore_play(self.play, self.following, found, numbers)


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
