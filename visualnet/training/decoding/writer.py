"""A network that can write a text: which of its inputs holds what is written so far, and what it says comes next.

Nothing of that is said in a drawing. The data say which input holds what is to be answered one place earlier (teacher forcing); that the
network does not see what it is asked for is measured: with other tokens from a place on, the scores of all earlier places must stay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, fx

from visualnet.analysis.facts import NodePath
from visualnet.compiling.module import Model
from visualnet.data.loading import Loaded
from visualnet.data.registry import make_data_set
from visualnet.training.decoding.scores import Scores
from visualnet.training.decoding.search import NextTokens
from visualnet.training.decoding.token_text import TokenText

Array = NDArray[Any]
Port = tuple[NodePath, str]
Compute = Callable[[Sequence[Port], Mapping[str, Tensor], Mapping[Port, Tensor]], Mapping[Port, Tensor]]
"""Computes ports for a batch of fields, with tensors in place of other ports."""

MOST_PLACES = 16
"""At so many places it is tried whether the network sees what it is asked for."""
LOOKED_AT = 64
"""So many samples tell what the data's fields are to each other."""
ROWS = 512
"""So many beginnings go through the network at once."""


class CannotWrite(ValueError):
    """This network writes no texts; the words say why."""


class WriterNetwork(NamedTuple):
    """What was found of a network that writes; it holds nothing of the network.

    ``own`` is the field that holds what is written so far, ``sources`` are the other fields that are read. ``begin`` is the token that
    stands before the first one, None where a text begins with itself. ``memory`` are the ports at which what rests on the sources alone
    meets what rests on the text (what an encoder hands to a decoder); empty where that is not at ports.
    """

    own: str
    sources: tuple[str, ...]
    begin: int | None
    memory: tuple[Port, ...]


class Writer:
    """Writes with a network. ``end`` is the token that ends a text, None where texts have no end."""

    def __init__(
        self,
        model: Model,
        data: Loaded,
        scores: Scores,
        compute: Compute | None = None,
        reading: WriterNetwork | None = None,
    ) -> None:
        """``compute`` is how ports are computed, where not simply by the model; ``reading`` what was found of this network before.

        Raises:
            CannotWrite: no input holds what is written so far, or the network sees what it is asked for.
        """
        self.model, self.data, self.scores = model, data, scores
        self.compute = compute or compute_with(model)
        self.reading = reading or self._find_reading()
        self.text = TokenText(data, self.reading.own, scores.tokens)
        word = make_data_set(data.choice).end_word
        self.end = self.text.names.index(word) if word and word in self.text.names else None

    @property
    def sources(self) -> tuple[str, ...]:
        """The fields that are read beside the text."""
        return self.reading.sources

    @property
    def begin(self) -> int | None:
        """The token that stands before the first one."""
        return self.reading.begin

    @property
    def longest(self) -> int:
        """How many tokens can be written, where a text begins anew; one that goes on may grow, and then its beginning is not seen."""
        return self.scores.places

    # --- what the data and the network say -------------------------------------------------------------------------------------------

    def _find_reading(self) -> WriterNetwork:
        inputs = tuple(self.model.plan.fields[step.id] for step in self.model.plan.net_inputs)
        own, begin = self._find_own(inputs)
        self._check_causal(own)
        sources = tuple(name for name in inputs if name != own)
        return WriterNetwork(own, sources, begin, _find_memory(self.model, self.scores.port, own))

    def _find_own(self, inputs: Sequence[str]) -> tuple[str, int | None]:
        chosen = self.data.train[:LOOKED_AT]
        target = np.asarray(self.data.fetch(chosen, (self.scores.target,))[self.scores.target])
        for name in inputs:
            spec = self.data.fields.get(name)
            if spec is None or spec.dtype != "int" or spec.shape != (self.scores.places,):
                continue
            values = np.asarray(self.data.fetch(chosen, (name,))[name])
            asked = (target[:, 1:] != self.scores.ignored) & (target[:, :-1] != self.scores.ignored)
            if asked.any() and (values[:, 1:] == target[:, :-1])[asked].all():
                first = values[:, 0]
                return name, int(first[0]) if (first == first[0]).all() and len(first) > 1 else None
        raise CannotWrite(
            f"No input holds what is written so far: at each place the token that “{self.scores.target}” has one place before. "
            "Choose data whose texts are there twice, once moved by a place (a text “tokenise”d with “next”, or pairs of sentences)"
        )

    def _check_causal(self, field: str) -> None:
        """Raise CannotWrite where what the network says at a place rests on tokens that it is to find, or on no token at all."""
        places = self.scores.places
        batch = self._batch(self.data.train[:1])
        tried = np.unique(np.linspace(0, places - 1, min(places, MOST_PLACES)).round().astype(int))
        own = batch[field].repeat(len(tried) + 1, 1)
        for row, place in enumerate(tried, 1):
            own[row, place:] = (own[row, place:] + 1) % self.scores.tokens
        rows = {name: value.repeat(len(own), *[1] * (value.dim() - 1)) for name, value in batch.items()}
        with torch.no_grad():
            found = self.compute((self.scores.port,), {**rows, field: own}, {})[self.scores.port].float()
        moved = (found - found[:1]).abs().amax(1)
        limit = 1e-4 * max(float(found.abs().max()), 1.0)
        seen = [
            place for row, place in enumerate(tried.tolist(), 1) if place and float(moved[row, :place].max()) > limit
        ]
        if seen:
            raise CannotWrite(
                f"This network sees what it is asked for: what it says before place {seen[0]} rests on what stands there. "
                "Written freely nothing stands there yet. Make its attention causal, or its convolutions look back only"
            )
        if float(moved.max()) == 0:
            raise CannotWrite(f"What this network says does not rest on “{field}”: there is nothing to go on from")

    def _batch(self, index: Array) -> dict[str, Tensor]:
        """Samples by the fields that the network reads, as it reads them."""
        fields = tuple(self.model.plan.fields[step.id] for step in self.model.plan.net_inputs)
        found = {}
        for name, values in self.data.fetch(index, fields).items():
            given = torch.from_numpy(np.ascontiguousarray(values)).to(self.model.device)
            if name in self.data.mean:
                mean, std = (torch.from_numpy(np.asarray(part[name])) for part in (self.data.mean, self.data.std))
                given = (given - mean.to(given.device)) / std.to(given.device)
            found[name] = given
        return found

    # --- writing -------------------------------------------------------------------------------------------------------------------------

    def source_batch(self, index: Array) -> dict[str, Tensor]:
        """What the network is shown beside its own text, of these samples of the data."""
        return {name: value for name, value in self._batch(index).items() if name != self.reading.own}

    def next_tokens(self, sources: Mapping[str, Tensor], start: Sequence[int] = ()) -> NextTokens:
        """What may come next, for samples with these ``sources`` (those of one sample are those of all).

        ``start`` are tokens that stand before all that is written: needed where texts have no token to begin with.

        What does not rest on the text is computed once.
        """
        kept = self._remember(sources)

        def answer(prefixes: Array, rows: Array) -> Array:
            own, place = self.own_text(prefixes, start)
            parts = [
                self._answer(own[at : at + ROWS], rows[at : at + ROWS], place, sources, kept)
                for at in range(0, len(own), ROWS)
            ]
            return np.concatenate(parts)

        return answer

    def own_text(self, prefixes: Array, start: Sequence[int] = ()) -> tuple[Array, int]:
        """The input with these beginnings (beginning, place), and the place at which the network says what comes next. Of a text that is
        longer than the input its end is taken."""
        first = [*([self.begin] if self.begin is not None else []), *start]
        whole = np.concatenate([np.tile(np.array(first, np.int64), (len(prefixes), 1)), prefixes], 1)
        if not whole.shape[1]:
            raise ValueError("a text needs a word to go on from")
        whole = whole[:, -self.scores.places :]
        own = np.zeros((len(prefixes), self.scores.places), np.int64)
        own[:, : whole.shape[1]] = whole
        return own, whole.shape[1] - 1

    def _remember(self, sources: Mapping[str, Tensor]) -> dict[Port, Tensor]:
        if not self.reading.memory:
            return {}
        with torch.no_grad():
            return dict(self.compute(self.reading.memory, sources, {}))

    def _answer(
        self, own: Array, rows: Array, place: int, sources: Mapping[str, Tensor], kept: Mapping[Port, Tensor]
    ) -> Array:
        def of(value: Tensor) -> Tensor:
            return (
                value.expand(len(own), *value.shape[1:])
                if len(value) == 1
                else value[torch.from_numpy(rows).to(value.device)]
            )

        text = torch.from_numpy(own).to(self.model.device)
        batch = {self.reading.own: text, **({} if kept else {name: of(value) for name, value in sources.items()})}
        with torch.no_grad():
            found = self.compute((self.scores.port,), batch, {port: of(value) for port, value in kept.items()})
        return self.log_probabilities(found[self.scores.port][:, :, place])

    def log_probabilities(self, said: Tensor) -> Array:
        """Logarithms of probabilities from what the network says of tokens on axis 1."""
        values = said.float()
        if self.scores.kind != "log_probabilities":
            values = values.log_softmax(1)
        return np.asarray(values.cpu().numpy(), np.float64)


def compute_with(model: Model) -> Compute:
    """Ports computed by the model alone, in use mode; its programs are kept."""
    views: dict[tuple[tuple[Port, ...], tuple[Port, ...]], fx.GraphModule] = {}

    def compute(
        ports: Sequence[Port], batch: Mapping[str, Tensor], fed: Mapping[Port, Tensor]
    ) -> Mapping[Port, Tensor]:
        key = tuple(ports), tuple(fed)
        if key not in views:
            views[key] = model.view(*key)
        view = views[key]
        training = [module for module in view.modules() if module.training]
        view.eval()
        try:
            values = view(*(batch.get(name) for name in model.fields), *fed.values())
        finally:
            for module in training:
                module.training = True
        return dict(zip(key[0], values, strict=True))

    return compute


def _find_memory(model: Model, scores: Port, own: str) -> tuple[Port, ...]:
    """The ports at which what rests on other inputs alone meets what rests on the text: what an encoder hands to a decoder. Empty where
    that is not at ports, or nothing rests on others."""
    graph = model.everything((scores[0][0],)).graph
    placeholders = dict(zip(model.fields, graph.find_nodes(op="placeholder"), strict=False))
    if own not in placeholders:
        return ()
    late = _reached([placeholders[own]])
    early = _reached([node for name, node in placeholders.items() if name != own]) - late
    # A layer may turn what arrives before it computes: what leaves a port lies then before that.
    todo = [node for node in graph.nodes if node in early and any(user in late for user in node.users)]
    found: dict[Port, None] = {}
    for node in todo:
        places = node.meta.get("places")
        if places:
            found[places[0]] = None
        else:
            todo += [above for above in node.all_input_nodes if above in early]
    if not found:
        return ()
    view = model.view((scores,), tuple(found))
    fields = dict(zip(model.fields, view.graph.find_nodes(op="placeholder"), strict=False))
    return tuple(found) if all(not node.users for name, node in fields.items() if name != own) else ()


def _reached(start: Sequence[fx.Node]) -> set[fx.Node]:
    """These nodes and all that rests on them."""
    found, todo = set(start), list(start)
    for node in todo:
        new = [user for user in node.users if user not in found]
        found.update(new)
        todo += new
    return found
