"""Play with the values of a network, and remember it: the heart of deep Q-learning. Of libraries it needs PyTorch and NumPy alone: a
training script has these classes printed into it."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor


class PlayFailed(ValueError):
    """The environment cannot be played on; the words say at which step of which episode."""


class CheckedWorld:
    """A world whose answers are held against what was declared, and the episode that is played in it: its ``seed``, and the actions
    ``taken`` so far.

    ``shape`` is that of an observation; ``normal`` brings one to where the network wants it.
    """

    def __init__(self, world: Any, shape: tuple[int, ...], normal: Callable[[np.ndarray], np.ndarray]) -> None:
        self.world, self.shape, self.normal = world, shape, normal
        self.seed = 0
        self.taken: list[int] = []

    def begin(self, seed: int) -> np.ndarray:
        """Begin the episode of this seed: the first observation, as the network wants it.

        Raises:
            PlayFailed: the world raised, or what is observed is not what was declared.
        """
        self.seed, self.taken = seed, []
        try:
            now, _ = self.world.reset(seed=seed)
        except Exception as error:
            words = f"the environment could not begin the episode of seed {seed}: {describe_error(error)}"
            raise PlayFailed(words) from error
        return self.look_at(now)

    def step(self, action: int) -> tuple[np.ndarray, float, bool, bool]:
        """Do this: the observation as the network wants it, the reward, whether the episode came to its end, and whether it was cut off.

        Raises:
            PlayFailed: the world raised, or the reward or what is observed is not a finite number of the declared shape.
        """
        try:
            after, reward, ended, cut, _ = self.world.step(action)
            reward = float(reward)
        except Exception as error:
            words = f"{self.place()} the environment failed on action {action}: {describe_error(error)}"
            raise PlayFailed(words) from error
        if not math.isfinite(reward):
            raise PlayFailed(
                f"{self.place()} the reward is {reward}: nothing can be learned from that; mend the environment"
            )
        seen = self.look_at(after)
        self.taken.append(action)
        return seen, reward, bool(ended), bool(cut)

    def look_at(self, observation: Any) -> np.ndarray:
        """An observation as the network wants it, if it is one."""
        found = np.asarray(observation)
        if found.shape != self.shape:
            raise PlayFailed(f"{self.place()} the observation has the shape {found.shape}; {self.shape} was declared")
        if found.dtype.kind not in "biuf":
            raise PlayFailed(f"{self.place()} the observation is of type {found.dtype}; numbers are wanted")
        if not np.isfinite(found).all():
            raise PlayFailed(f"{self.place()} the observation holds {found[~np.isfinite(found)][0]}")
        return self.normal(found)

    def place(self) -> str:
        """Where the play stands, for messages."""
        return f"at step {len(self.taken) + 1} of the episode of seed {self.seed}"


class QPlay:
    """Plays in a world as the values of a network say, remembers the last steps, and draws batches of them.

    ``q`` and ``lagging`` give for observations (sample, …) what each action is worth (sample, action): as the network says, and as the
    target network does.
    """

    def __init__(
        self,
        world: Any,
        seen: np.ndarray,
        actions: int,
        settings: dict[str, Any],
        seed: int,
        normal: Callable[[np.ndarray], np.ndarray],
        device: torch.device,
    ) -> None:
        """``seen``: an observation of zeros. ``settings``: ``discount``, ``buffer``, ``epsilon_start`` … by name. ``normal`` brings an
        observation to where the network wants it."""
        self.world = CheckedWorld(world, seen.shape, normal)
        """With the seed and the actions of the running episode, which are the state of the world."""
        self.actions, self.settings, self.device, self.size = actions, settings, device, settings["buffer"]
        self.chance = random.Random(seed)
        self.generator = torch.Generator().manual_seed(seed)
        kind = torch.int64 if seen.dtype == np.int64 else torch.float32
        self.seen = torch.zeros((self.size, *seen.shape), dtype=kind)
        self.after = torch.zeros((self.size, *seen.shape), dtype=kind)
        self.action = torch.zeros(self.size, dtype=torch.int64)
        self.reward = torch.zeros(self.size)
        self.ended = torch.zeros(self.size)
        # The same memory: a step is written in NumPy, which takes a tenth of the time.
        self.rows = [t.numpy() for t in (self.seen, self.after, self.action, self.reward, self.ended)]
        self.played = 0
        """Steps so far; the step of number n lies at n modulo the size of the buffer."""
        self.now: np.ndarray | None = None
        self.total = 0.0
        self.chosen = -1
        """The action that was chosen and could not be done, as the world failed; −1 where there is none."""
        self.last: tuple[float, int] | None = None
        """Reward and length of the episode that ended last."""
        self.done: list[tuple[float, int]] = []
        """The episodes of this epoch."""

    @property
    def epsilon(self) -> float:
        """The share of steps that are drawn at random, now: it goes from the first to the last in a line, down or up."""
        start, end = self.settings["epsilon_start"], self.settings["epsilon_end"]
        since = max(self.played - self.settings["learning_starts"], 0) / self.settings["epsilon_steps"]
        return float(start + (end - start) * since if since < 1 else end)

    def step(self, q: Callable[[Tensor], Tensor]) -> None:
        """Play one step, and remember it.

        Raises:
            PlayFailed: the world raised, or gave what cannot be learned from; what was remembered before is whole.
        """
        if self.now is None:
            self.begin()
        now = self.now
        assert now is not None
        if self.chosen < 0:
            if self.played < self.settings["learning_starts"] or self.chance.random() < self.epsilon:
                self.chosen = self.chance.randrange(self.actions)
            else:
                self.chosen = int(q(torch.from_numpy(now[None]).to(self.device)).argmax())
        action = self.chosen
        after, reward, ended, cut = self.world.step(action)
        self.chosen = -1
        clip, counted, at = self.settings["clip_reward"], reward, self.played % self.size
        if clip is not None:
            counted = min(max(reward, -clip), clip)
        row: tuple[Any, ...] = (now, after, action, counted, float(ended))
        for rows, value in zip(self.rows, row, strict=True):
            rows[at] = value
        self.played += 1
        self.total += reward
        self.now = after
        if ended or cut:
            self.last = self.total, len(self.world.taken)
            self.done.append(self.last)
            self.now = None

    def begin(self) -> None:
        """Begin an episode. Where the world cannot, its seed is drawn again by who plays on."""
        before = self.chance.getstate()
        try:
            self.now = self.world.begin(self.chance.randrange(2**31))
        except PlayFailed:
            self.chance.setstate(before)
            raise
        self.total = 0.0

    def close_epoch(self) -> dict[str, float]:
        """The mean reward and length of the episodes that ended in this epoch, and the share of random steps now."""
        done, self.done = self.done, []
        return {"epsilon": self.epsilon, **(describe_episodes(done) if done else {})}

    def draw(self) -> Tensor:
        """The places of a batch among what is remembered."""
        kept = min(self.played, self.size)
        return torch.randint(kept, (self.settings["batch_size"],), generator=self.generator)

    @torch.no_grad()
    def learn_from(
        self, places: Tensor, q: Callable[[Tensor], Tensor], lagging: Callable[[Tensor], Tensor]
    ) -> dict[str, Tensor]:
        """A batch: observation (sample, …), action (sample,), and as target (sample, 1) the reward and, unless the episode ended there, the
        discounted worth of the best next action."""
        device = self.device
        after = self.after[places].to(device)
        worth = lagging(after)
        best = (q(after) if self.settings["double_q"] else worth).argmax(1, keepdim=True)
        ahead = worth.gather(1, best) * (1 - self.ended[places].to(device)[:, None])
        target = self.reward[places].to(device)[:, None] + self.settings["discount"] * ahead
        return {"observation": self.seen[places].to(device), "action": self.action[places].to(device), "target": target}


@torch.no_grad()
def update_target_network(lagging: list[Tensor], weights: list[Tensor], rate: float) -> None:
    """Let the target network's weights follow: by this share of the way, or become copies."""
    for old, new in zip(lagging, weights, strict=True):
        if rate < 1 and old.is_floating_point():
            old.lerp_(new, rate)
        else:
            old.copy_(new)


@torch.no_grad()
def play_greedily(
    worlds: list[CheckedWorld],
    q: Callable[[Tensor], Tensor],
    device: torch.device,
    actions: int,
    epsilon: float = 0.0,
    first_seed: int = 1_000_000,
    stops: Callable[[], bool] = lambda: False,
) -> list[tuple[float, int]] | None:
    """An episode in each world, side by side, with the actions that are worth most, but for a share ``epsilon`` of the steps.

    The episodes are those of the seeds from the first one on. Reward and length of each; None where it was to stop.

    Raises:
        PlayFailed: a world raised, or gave what nobody can be judged by.
    """
    chance = random.Random(first_seed)
    now = [world.begin(first_seed + at) for at, world in enumerate(worlds)]
    found = [(0.0, 0)] * len(worlds)
    going = list(range(len(worlds)))
    while going:
        if stops():
            return None
        chosen = q(torch.from_numpy(np.stack([now[at] for at in going])).to(device)).argmax(1).tolist()
        left = []
        for at, action in zip(going, chosen, strict=True):
            if epsilon and chance.random() < epsilon:
                action = chance.randrange(actions)
            now[at], reward, ended, cut = worlds[at].step(action)
            total, length = found[at]
            found[at] = total + reward, length + 1
            if not (ended or cut):
                left.append(at)
        going = left
    return found


def describe_episodes(episodes: list[tuple[float, int]]) -> dict[str, float]:
    """Mean reward and mean length."""
    return {
        "reward": sum(reward for reward, _ in episodes) / len(episodes),
        "episode_length": sum(length for _, length in episodes) / len(episodes),
    }


def describe_error(error: BaseException) -> str:
    """What an exception says, on one line."""
    words = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {words}" if words else type(error).__name__
