"""The settings that a training takes by name. Written from the declarations: python -m visualnet.api.publish.method_stubs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict

from visualnet.core.project import LearnerSpec


class RecipeSettings(TypedDict, total=False):
    """All that ``visualnet.train``, ``cross_validate`` and ``Graph.set`` take; what is left out is as the network's own recipe says."""

    optimizer: str
    """One of SGD, Adagrad, Adadelta, RMSprop, Adam, AdamW, NAdam, RAdam, Adamax, Muon."""
    lr: float
    """Learning rate: how far each step goes."""
    momentum: float
    """How much of the last step is taken along."""
    nesterov: bool
    """Look ahead: take the slope where the momentum leads."""
    weight_decay: float
    """Weight decay (L2): how strongly weights are pulled towards zero."""
    batch_size: int
    """Samples that one step looks at."""
    epochs: int
    """How often every training sample is seen."""
    seed: int
    """Of the first weights and of the order of the samples."""
    device: str
    """auto, cpu, cuda, mps …"""
    best_by: str
    """The value by which the best epoch is told, on the validation set: loss, a loss or metric node, or the last epoch."""
    start_from: str
    """Weights to begin with: runs/FOLDER/best, runs/FOLDER/last, weights/NAME or trained/TEMPLATE."""
    schedule: str
    """One of constant, step, multistep, exponential, polynomial, cosine, restarts, one_cycle, plateau, drawn."""
    procedure: str
    """What a round does: supervised, deep_q."""
    lr_decay: float
    """How fast the rate falls with each step."""
    initial_accumulator_value: float
    """What the sums of squares begin with."""
    eps: float
    """Added to the divisor, so that it is never 0."""
    rho: float
    """How much of the means of squares is kept at each step."""
    alpha: float
    """How much of the mean of squares is kept at each step."""
    centered: bool
    """Subtract the square of the mean gradient: divide by a deviation."""
    beta1: float
    """How much of the mean of gradients is kept at each step (the first of torch's betas)."""
    beta2: float
    """How much of the mean of their squares is kept at each step (the second of torch's betas)."""
    amsgrad: bool
    """Divide by the greatest mean of squares so far, not by the present one."""
    momentum_decay: float
    """How the momentum grows with the steps."""
    ns_steps: int
    """Steps by which a matrix is made orthogonal (Newton and Schulz)."""
    step_size: int
    """Epochs between two falls."""
    gamma: float
    """What the rate is multiplied by."""
    milestones: int | Sequence[int]
    """The epochs after which it falls."""
    power: float
    """How it bends: 1 is a straight line, 2 falls faster at first."""
    lowest: float
    """The lowest rate, as a share of the learning rate."""
    first_cycle: int
    """Epochs of the first cycle."""
    cycle_factor: int
    """How many times longer each cycle is than the one before."""
    pct_start: float
    """The share of the run in which it rises."""
    div_factor: float
    """The rate divided by this is the first one."""
    final_div_factor: float
    """The first rate divided by this is the last one."""
    wait: int
    """Epochs without gain that are let pass (torch: patience)."""
    factor: float
    """What the rate is multiplied by."""
    threshold: float
    """The least gain that counts, as a share of the best value."""
    points: str
    """Points of the curve: the epoch, a colon, the share of the learning rate; as 0:1, 5:0.5, 10:0.1."""
    between: Literal["linear", "smooth"]
    """How the rate goes from point to point."""
    warmup: int
    """Epochs in which the rate rises to its full size, before the schedule begins."""
    warmup_from: float
    """The first rate of the warm-up, as a share of the learning rate."""
    label_smoothing: float
    """Share of certainty given to all classes alike."""
    l1: float
    """L1 penalty on the weights; 0 leaves it out."""
    clip_norm: float | None
    """The greatest length of all gradients together."""
    clip_value: float | None
    """The greatest size of each number of a gradient."""
    accumulate: int
    """Batches whose gradients make one step."""
    patience: int | None
    """Epochs without gain after which the run ends."""
    min_delta: float
    """The least gain that counts."""
    ema_decay: float | None
    """How much of the copy stays at each step."""
    precision: Literal["float32", "bf16", "fp16"]
    """The numbers that layers compute with."""
    init_scale: float
    """fp16: what the loss is multiplied by at first."""
    growth_interval: int
    """fp16: steps without overflow after which the scale doubles."""
    compile: bool
    """Translate the network by torch.compile."""
    compile_backend: Literal["inductor", "aot_eager", "eager"]
    """What torch.compile translates with."""
    channels_last: bool
    """Keep images and their weights pixel by pixel."""
    deterministic: bool
    """Use deterministic algorithms alone."""
    threads: int | None
    """Threads of one operation on the CPU."""
    data_workers: int | None
    """Threads that decode samples."""
    data_cache: int | None
    """Memory for samples that were decoded already."""
    unreadable: Literal["leave out", "stop"]
    """Samples that cannot be read."""
    curves: Literal["none", "tensorboard", "csv", "both"]
    """In which form curves are written beside the log."""
    keep_every: int | None
    """After every so many epochs the weights are kept."""
    rounds: int
    """Rounds in an epoch: so many batches are learned from."""
    play_steps: int
    """Steps played in each round."""
    discount: float
    """What a reward of the next step counts of one now."""
    epsilon_start: float
    """Share of steps that are drawn at random, at first."""
    epsilon_end: float
    """Share of steps that are drawn at random, at last."""
    epsilon_steps: int
    """Steps of play over which it goes from first to last, down or up."""
    buffer: int
    """Steps of play that are remembered, the last ones."""
    learning_starts: int
    """Random steps that are played before the first batch."""
    target_every: int
    """Rounds from one renewal of the target network to the next."""
    target_rate: float
    """How far the target network then follows; 1 makes it a copy."""
    double_q: bool
    """The next action is chosen by the network, and judged by the target network."""
    clip_reward: float | None
    """No reward counts more than this, or less than its negative."""
    episodes: int
    """Episodes played after each epoch to judge the network, always the same ones."""
    test_epsilon: float
    """Share of steps drawn at random in those; a few get it out of circles."""
    options: Mapping[str, Any]
    """Settings by name, as a mapping."""
    learners: Sequence[LearnerSpec]
    """Those that learn beside or against each other."""
