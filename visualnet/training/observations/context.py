"""What an observation is given to compute with: the network in evaluation mode, the samples, and the values at its ports.

Nothing here changes a weight, a gradient, a running statistic or torch's own generators, so that observing changes no result.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, fx, nn

from visualnet.analysis.facts import NodePath
from visualnet.compiling.module import Model
from visualnet.compiling.module_tree import first_port, modules_by_path
from visualnet.core.graph import Port
from visualnet.data.loading import Loaded
from visualnet.data.tensors import Tensors
from visualnet.training.observations.feeds.fed_network import FedNetwork, FeedSources
from visualnet.training.observations.feeds.feed import Feed
from visualnet.training.observations.probe_targets import OwnSample, OwnScene, ProbePort

Array = NDArray[Any]
CHUNK = 256
"""So many samples go through the network at once, where an observation asks for many."""
KEPT_VIEWS = 24
MOST_MEASURED = 1000
"""Over so many samples of the validation set a fed mean is taken, at most."""


class ObservationContext:
    """A network, its data, and the sample that is looked at.

    Made once for a network; `aim` chooses the sample. What it computes is valid inside `in_evaluation_mode` alone.
    """

    def __init__(self, model: Model, data: Loaded, tensors: Tensors) -> None:
        self.model, self.data, self.tensors = model, data, tensors
        self.step = self.sample = 0
        self.run: Path | None = None
        """The folder of the run whose network this is, where it is known."""
        self.own: dict[str, Tensor] = {}
        """Fields of a sample that a person made, which stand in for those of the chosen one."""
        self.scene: OwnScene | None = None
        """A whole picture that a person opened, where the data are regions of such."""
        self.feeds: tuple[Feed, ...] = ()
        """What a person feeds at ports by hand: it acts on all that `values` computes."""
        self.fed = FedNetwork(model, FeedSources(self._measured, self._shown))
        self.is_cancelled = False
        """Whether `check` raised."""
        self.check: Callable[[float], None] = lambda share: None
        """Called with the share that is done by what takes long; it raises where nobody wants the answer any more."""
        self._views: OrderedDict[tuple[Any, ...], fx.GraphModule] = OrderedDict()
        self._modules: Mapping[NodePath, nn.Module] | None = None

    def aim(self, sample: int, own: OwnSample | None = None, step: int = 0, feeds: tuple[Feed, ...] = ()) -> None:
        """Look at this sample of those that are shown, or at one that a person made, from now on, with these feeds."""
        self.sample, self.step, self.feeds = min(sample, len(self.data.shown) - 1), step, feeds
        self.own = self._fitting(own)
        self.scene = own.scene if own is not None else None

    @property
    def device(self) -> torch.device:
        """Where the network is."""
        return self.tensors.device

    # --- samples -----------------------------------------------------------------------------------------------------

    @property
    def place(self) -> int:
        """Where the chosen sample stands in the whole data set."""
        return int(self.data.shown[self.sample])

    def batch(self, places: Sequence[int] | Array | None = None) -> dict[str, Tensor]:
        """Samples by field, (N, …), as the network is given them; without ``places`` the chosen one alone."""
        if places is None:
            return {**self._fetch(np.array([self.place])), **self.own}
        return self._fetch(np.asarray(places, np.int64))

    def _fetch(self, places: Array) -> dict[str, Tensor]:
        return dict(zip(self.tensors.names, self.tensors.batch(self.tensors.indices(places)), strict=True))

    def places(self, count: int, part: str = "validation") -> Array:
        """Where at most ``count`` samples of a part stand: spread over it evenly, always the same ones. Of a part without samples: of all
        that are shown."""
        found = {"train": self.data.train, "validation": self.data.validation, "test": self.data.test}[part]
        found = found if len(found) else self.data.shown
        if len(found) <= count:
            return np.asarray(found, np.int64)
        return np.asarray(found[np.linspace(0, len(found) - 1, count).round().astype(np.int64)], np.int64)

    def chunks(self, places: Array, size: int = CHUNK) -> Iterator[dict[str, Tensor]]:
        """The samples at these places, in batches."""
        for at in range(0, len(places), size):
            yield self.batch(places[at : at + size])

    def raw(self, field: str, place: int | None = None) -> Array:
        """A field of a sample as the data hold it, not normalised: of the chosen one, if no place is told."""
        return np.array(self.data.sample(self.place if place is None else place, [field])[field])

    @property
    def class_names(self) -> tuple[str, ...]:
        """The classes of the data, if they have any."""
        return tuple(self.data.classes)

    @property
    def input_fields(self) -> tuple[str, ...]:
        """The fields that the network answers from, in the order of its inputs."""
        return tuple(self.model.plan.fields[step.id] for step in self.model.plan.net_inputs)

    # --- what flows ----------------------------------------------------------------------------------------------------

    @property
    def scores_port(self) -> ProbePort:
        """Where the network's first answer leaves."""
        return _place(next(iter(self.model.plan.answers.values())))

    @property
    def answer_ports(self) -> dict[str, ProbePort]:
        """Where each answer leaves, by its name."""
        return {name: _place(port) for name, port in self.model.plan.answers.items()}

    @property
    def losses(self) -> list[tuple[ProbePort, float]]:
        """Where each loss leaves, with its weight."""
        return [(_place(first_port(step)), weight) for step, weight in self.model.plan.losses]

    def has(self, port: ProbePort) -> bool:
        """Whether the compiled network computes something there; one that was edited since may not."""
        try:
            self._view((port,), ())
        except KeyError:
            return False
        return True

    def values(
        self,
        ports: Iterable[ProbePort],
        batch: Mapping[str, Tensor] | None = None,
        *,
        replace: Mapping[ProbePort, Tensor] | None = None,
        gradients: bool = False,
    ) -> dict[ProbePort, Tensor]:
        """What flows at these output ports, (N, …), for a batch (the chosen sample, if none is given).

        The tensors in ``replace`` stand in for the values of their ports: all that is downstream follows. With ``gradients`` what comes
        back can be differentiated with respect to the parameters, to each other, and to those tensors of the batch and of ``replace`` that
        require it.

        Raises:
            KeyError: nothing is computed at a port.
        """
        wanted, replaced = tuple(dict.fromkeys(ports)), dict(replace or {})
        fields = self.batch() if batch is None else batch
        inputs = [fields.get(name) for name in self.model.fields]
        with self._differentiable() if gradients else torch.no_grad():
            if self.feeds:
                return self.fed.values(wanted, inputs, self.feeds, replaced)
            found = self._view(wanted, tuple(replaced))(*inputs, *replaced.values())
        return dict(zip(wanted, found, strict=True))

    def scores(self, batch: Mapping[str, Tensor] | None = None, **how: Any) -> Tensor:
        """The network's first answer, (N, …); ``how`` as `values` has it."""
        return self.values([self.scores_port], batch, **how)[self.scores_port]

    def loss(self, batch: Mapping[str, Tensor] | None = None, **how: Any) -> Tensor:
        """The weighted sum of the losses of a batch; ``how`` as `values` has it.

        Raises:
            ValueError: the network has no loss.
        """
        if not self.losses:
            raise ValueError("the network has no loss")
        found = self.values([port for port, _ in self.losses], batch, **how)
        # What asks for gradients stands where none are kept, as all that observes does: the sum must be kept track of too.
        with torch.set_grad_enabled(any(value.requires_grad for value in found.values())):
            total: Any = sum(weight * found[port] for port, weight in self.losses)
        assert isinstance(total, Tensor)
        return total

    def gradients(self, of: Tensor, wanted: Sequence[Tensor]) -> list[Tensor | None]:
        """The gradient of a number with respect to each of these; None where it does not rest on one. No ``.grad`` is touched."""
        usable = [tensor for tensor in wanted if tensor.requires_grad]
        with self._differentiable():
            found = torch.autograd.grad(of, usable, allow_unused=True, retain_graph=True) if usable else ()
        by_id = {id(tensor): gradient for tensor, gradient in zip(usable, found, strict=True)}
        return [by_id.get(id(tensor)) for tensor in wanted]

    # --- what is inside --------------------------------------------------------------------------------------------------

    def module(self, path: NodePath) -> nn.Module | None:
        """The module of a node (of a block: with all inside); None for one that has no module."""
        if self._modules is None:
            self._modules = modules_by_path(self.model.plan.main, self.model.net)
        return self._modules.get(path)

    def parameters(self, path: NodePath) -> dict[str, nn.Parameter]:
        """The parameters of a node by name; of a block those of all nodes inside."""
        module = self.module(path)
        return dict(module.named_parameters()) if module is not None else {}

    def generator(self, seed: int = 0) -> torch.Generator:
        """Chance of its own, on the CPU: torch's is never drawn from."""
        return torch.Generator().manual_seed(seed)

    # --- within ----------------------------------------------------------------------------------------------------------

    def _view(self, ports: tuple[ProbePort, ...], fed: tuple[ProbePort, ...]) -> fx.GraphModule:
        key = (ports, fed)
        if key not in self._views:
            self._views[key] = self.model.view(ports, fed)
            if len(self._views) > KEPT_VIEWS:
                self._views.popitem(last=False)
        self._views.move_to_end(key)
        return self._views[key]

    def _measured(self) -> Iterator[list[Tensor]]:
        """The samples over which a fed mean is taken."""
        for batch in self.chunks(self.places(MOST_MEASURED)):
            yield [batch[name] for name in self.model.fields]

    def _shown(self, sample: int) -> list[Tensor]:
        """One of the samples that are shown."""
        batch = self.batch([int(self.data.shown[min(sample, len(self.data.shown) - 1)])])
        return [batch[name] for name in self.model.fields]

    @contextmanager
    def _differentiable(self) -> Iterator[None]:
        # cuDNN's recurrent layers have no gradient in use mode; torch's own have.
        on_gpu = self.device.type == "cuda"
        with torch.enable_grad(), torch.backends.cudnn.flags(enabled=False) if on_gpu else nullcontext():
            yield

    def _fitting(self, own: OwnSample | None) -> dict[str, Tensor]:
        """The fields of a person's sample as a batch of one, normalised as the data are; none if they do not fit these data."""
        wanted = self.input_fields
        if own is None or not all(
            name in own.fields and own.fields[name].shape == self.data.fields[name].shape for name in wanted
        ):
            return {}
        found, plain = {}, plain_fields(self.model)
        for name in wanted:
            values = own.fields[name][None]
            if name in self.data.mean and name not in plain:
                values = (values - self.data.mean[name]) / self.data.std[name]
            found[name] = torch.from_numpy(np.ascontiguousarray(values)).to(self.device)
        return found


def plain_fields(model: Model) -> frozenset[str]:
    """The fields that only targets read: those are never normalised."""
    main = model.plan.main
    shown = {model.plan.fields[step.id] for step in main.inputs if step.role == "input"}
    return frozenset(model.fields) - shown


@contextmanager
def in_evaluation_mode(model: Model) -> Iterator[None]:
    """Dropout and batch statistics as in use, and afterwards as they were."""
    training = [module for module in model.objective.modules() if module.training]
    model.objective.eval()
    try:
        yield
    finally:
        for module in training:
            module.training = True


def as_array(tensor: Tensor) -> np.ndarray:
    """A tensor as float32 in memory of its own."""
    return np.array(tensor.detach().to("cpu", torch.float32).numpy(), order="C")


def _place(port: Port) -> ProbePort:
    return (port.node,), port.port
