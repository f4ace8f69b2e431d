"""Looks into a network as messages: what is asked for, and what was seen. Arrays go as plain bytes, nothing as a pickle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from visualnet.core.text.format import format_bytes
from visualnet.training.control import OwnSample, ProbeRequest
from visualnet.training.events import Grid, ProbeReport
from visualnet.training.observations.feeds.feed import DrawnValue, Feed
from visualnet.training.observations.observation import ObservationRequest, Result
from visualnet.training.observations.probe_targets import OwnScene
from visualnet.training.process.protocol.arrays import PlainArray, plain_array, plain_tensor, read_array, read_tensor

Port = tuple[tuple[str, ...], str]
MOST_WEIGHTS = 900 << 20
"""Bytes of a copy of the weights at most."""


class FeedMessage(msgspec.Struct, frozen=True, array_like=True):
    """A `Feed`, field by field."""

    port: Port
    kind: str
    units: tuple[int, ...]
    figures: tuple[float, ...]
    share: float
    sample: int
    seed: int
    heads: bool
    drawing: PlainArray | None
    on: bool


class ObservationMessage(msgspec.Struct, frozen=True, array_like=True):
    """An `ObservationRequest`, field by field."""

    name: str
    subject: Port
    options: tuple[tuple[str, Any], ...]


class WatchMessage(msgspec.Struct, frozen=True, tag_field="is", tag="watch"):
    """A `ProbeRequest` with a number, by which its answers name it."""

    number: int
    ports: tuple[Port, ...] = ()
    sample: int = 0
    budget: float = 0.05
    grid: bool = False
    own: Mapping[str, PlainArray] | None = None
    scene: tuple[PlainArray, PlainArray] | None = None
    observations: tuple[ObservationMessage, ...] = ()
    copy: int = 0
    feeds: tuple[FeedMessage, ...] = ()


class ResultMessage(msgspec.Struct, frozen=True, array_like=True):
    """A `Result`, or the words why there is none."""

    arrays: Mapping[str, PlainArray] = {}
    words: Mapping[str, tuple[str, ...]] = {}
    note: str = ""
    refusal: str | None = None


class GridMessage(msgspec.Struct, frozen=True, array_like=True):
    """A `Grid`, field by field."""

    low: tuple[float, ...]
    high: tuple[float, ...]
    values: PlainArray
    share: bool


class LookMessage(msgspec.Struct, frozen=True, tag_field="is", tag="look"):
    """A `ProbeReport` that answers the request of this number; what was observed is named by its place in the request."""

    number: int
    time: float
    step: int
    sample: int
    cost_s: float
    own: bool
    arrays: tuple[tuple[Port, PlainArray], ...]
    outputs: Mapping[str, PlainArray]
    fields: Mapping[str, PlainArray]
    grid: GridMessage | None
    observed: tuple[tuple[int, ResultMessage], ...]
    weights: Mapping[str, PlainArray] | None


def plain_request(number: int, request: ProbeRequest) -> WatchMessage:
    """The message that asks for this."""
    own, scene = request.own, request.own.scene if request.own is not None else None
    return WatchMessage(
        number=number,
        ports=request.ports,
        sample=request.sample,
        budget=request.budget,
        grid=request.grid,
        own={name: plain_array(array) for name, array in own.fields.items()} if own is not None else None,
        scene=(plain_array(scene.image), plain_array(scene.proposals)) if scene is not None else None,
        observations=tuple(ObservationMessage(*one) for one in request.observations),
        copy=request.copy,
        feeds=tuple(
            FeedMessage(*one._replace(drawing=plain_array(one.drawing.values) if one.drawing else None))  # type: ignore[arg-type]
            for one in request.feeds
        ),
    )


def read_request(message: WatchMessage) -> ProbeRequest:
    """What a message asks for.

    Raises:
        ValueError: an array in it is none.
    """
    own = None
    if message.own is not None:
        scene = OwnScene(*map(read_array, message.scene)) if message.scene is not None else None
        own = OwnSample({name: read_array(array) for name, array in message.own.items()}, scene)
    return ProbeRequest(
        ports=message.ports,
        sample=max(message.sample, 0),
        budget=min(max(message.budget, 0.001), 1.0),
        grid=message.grid,
        own=own,
        observations=tuple(
            ObservationRequest(one.name, one.subject, tuple((name, read_value(value)) for name, value in one.options))
            for one in message.observations
        ),
        copy=message.copy,
        feeds=tuple(_read_feed(one) for one in message.feeds),
    )


def _read_feed(message: FeedMessage) -> Feed:
    fields = {name: getattr(message, name) for name in Feed._fields}
    drawing = DrawnValue(read_array(message.drawing)) if message.drawing is not None else None
    return Feed(**{**fields, "drawing": drawing})


def read_value(value: Any) -> Any:
    """A setting's value; lists are the tuples that they were."""
    return tuple(map(read_value, value)) if isinstance(value, list) else value


def plain_report(number: int, request: ProbeRequest, report: ProbeReport) -> LookMessage:
    """The message that answers ``request``, which has this number.

    Raises:
        ValueError: something of it cannot be sent.
    """
    places = {one: place for place, one in enumerate(request.observations)}
    grid = report.grid
    return LookMessage(
        number=number,
        time=report.time,
        step=report.step,
        sample=report.sample,
        cost_s=report.cost_s,
        own=report.own,
        arrays=tuple((port, plain_array(array)) for port, array in report.arrays.items()),
        outputs={name: plain_array(array) for name, array in report.outputs.items()},
        fields={name: plain_array(array) for name, array in report.fields.items()},
        grid=GridMessage(grid.low, grid.high, plain_array(grid.values), grid.share) if grid is not None else None,
        observed=tuple((places[one], _plain_result(found)) for one, found in report.observed.items() if one in places),
        weights=_plain_weights(report.weights) if report.weights is not None else None,
    )


def _plain_result(found: Result | str) -> ResultMessage:
    if isinstance(found, str):
        return ResultMessage(refusal=found)
    return ResultMessage({name: plain_array(array) for name, array in found.arrays.items()}, found.words, found.note)


def _plain_weights(weights: Mapping[str, Any]) -> dict[str, PlainArray]:
    size = sum(tensor.numel() * tensor.element_size() for tensor in weights.values())
    if size > MOST_WEIGHTS:
        raise ValueError(
            f"a copy of the weights has {format_bytes(size)}, at most {format_bytes(MOST_WEIGHTS)} are sent: pause the run and look at "
            "its checkpoint"
        )
    return {name: plain_tensor(tensor) for name, tensor in weights.items()}


def read_report(message: LookMessage, request: ProbeRequest) -> ProbeReport:
    """What was seen; ``request`` is the one of the message's number.

    Raises:
        ValueError: an array in it is none.
    """
    grid, wanted = message.grid, request.observations
    return ProbeReport(
        time=message.time,
        step=message.step,
        sample=message.sample,
        cost_s=message.cost_s,
        own=message.own,
        arrays={port: read_array(array) for port, array in message.arrays},
        outputs={name: read_array(array) for name, array in message.outputs.items()},
        fields={name: read_array(array) for name, array in message.fields.items()},
        grid=Grid(grid.low, grid.high, read_array(grid.values), grid.share) if grid is not None else None,
        observed={wanted[place]: _read_result(found) for place, found in message.observed if 0 <= place < len(wanted)},
        asked=request,
        copy=request.copy,
        weights={name: read_tensor(plain) for name, plain in message.weights.items()}
        if message.weights is not None
        else None,
    )


def _read_result(message: ResultMessage) -> Result | str:
    if message.refusal is not None:
        return message.refusal
    return Result({name: read_array(array) for name, array in message.arrays.items()}, message.words, message.note)
