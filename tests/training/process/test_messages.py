"""What goes over the socket: the same comes out as went in, and nothing that is foreign gets through."""

from __future__ import annotations

import socket
from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from visualnet.training.control import OwnSample, ProbeRequest
from visualnet.training.events import Grid, ProbeReport
from visualnet.training.observations.feeds.feed import DrawnValue, Feed
from visualnet.training.observations.observation import ObservationRequest, Result
from visualnet.training.observations.probe_targets import OwnScene
from visualnet.training.process.protocol import messages
from visualnet.training.process.protocol.arrays import (
    OF_TORCH,
    PlainArray,
    plain_array,
    plain_tensor,
    read_array,
    read_tensor,
)
from visualnet.training.process.protocol.message_socket import HEAD, MARK, VERSION, BadFrame, Closed, MessageSocket
from visualnet.training.process.protocol.probe_messages import (
    WatchMessage,
    plain_report,
    plain_request,
    read_report,
    read_request,
)

SHAPES = arrays_of.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
TYPES = st.sampled_from(["<f4", "<f8", "<f2", "<i8", "<i4", "|u1", "|b1", "<c8", "<U5"])


@given(TYPES.flatmap(lambda dtype: arrays_of.arrays(dtype, SHAPES)))
def test_an_array_comes_out_as_it_went_in(array: np.ndarray) -> None:
    back = read_array(msgspec.msgpack.decode(msgspec.msgpack.encode(plain_array(array)), type=PlainArray))
    assert back.dtype == array.dtype
    assert back.shape == array.shape
    assert back.tobytes() == array.tobytes()
    assert back.flags.writeable


@given(st.sampled_from(OF_TORCH), st.lists(st.integers(0, 4), max_size=3))
def test_a_tensor_comes_out_as_it_went_in(name: str, shape: list[int]) -> None:
    tensor = (torch.arange(int(np.prod(shape))) % 3).reshape(shape).to(getattr(torch, name))
    back = read_tensor(plain_tensor(tensor))
    assert back.dtype == tensor.dtype
    assert torch.equal(back, tensor)


@pytest.mark.parametrize(
    "plain",
    [
        PlainArray("|O", (1,), b"12345678"),
        PlainArray("<f4", (2,), b"1234"),
        PlainArray("<f4", (-1, -1), b"1234"),
        PlainArray("<f4", (1 << 40, 1 << 40), b"1234"),
        PlainArray("no type", (1,), b"1234"),
        PlainArray("<f4", (1,) * 20, b"1234"),
        PlainArray("<M8[s]", (1,), b"12345678"),
    ],
)
def test_what_is_no_array_is_refused(plain: PlainArray) -> None:
    with pytest.raises(ValueError, match=r"array|sizes|elements"):
        read_array(plain)
    with pytest.raises(ValueError, match="tensor"):
        read_tensor(plain)


def test_an_array_of_objects_is_not_sent() -> None:
    with pytest.raises(ValueError, match="object"):
        plain_array(np.array([object()]))


def request() -> ProbeRequest:
    picture = np.arange(12, dtype=np.float32).reshape(1, 3, 4)
    scene = OwnScene(picture, np.ones((2, 4), np.float32))
    feeds = (
        Feed((("a",), "y"), "scale", (1, 2), (0.5, 2.0), 0.25, seed=3),
        Feed((("b", "c#2"), "out"), "drawing", drawing=DrawnValue(picture)),
    )
    observations = (
        ObservationRequest("plain"),
        ObservationRequest("settings", (("a",), "y"), (("size", (2, 3)), ("on", True), ("share", 1.0), ("none", None))),
    )
    ports = ((("a", "b"), "y"), (("c",), "x"))
    return ProbeRequest(ports, 7, 0.125, True, OwnSample({"image": picture}, scene), observations, 4, feeds)


def test_a_request_comes_out_as_it_went_in() -> None:
    asked = request()
    message = messages.read_to_run(messages.pack(plain_request(5, asked)))
    assert isinstance(message, WatchMessage)
    assert message.number == 5
    back = read_request(message)
    assert back._replace(own=None, feeds=()) == asked._replace(own=None, feeds=())
    assert hash(back.observations) == hash(asked.observations)
    assert [one._replace(drawing=None) for one in back.feeds] == [one._replace(drawing=None) for one in asked.feeds]
    assert back.own is not None and back.own.scene is not None and asked.own is not None
    assert np.array_equal(back.own.fields["image"], asked.own.fields["image"])
    assert np.array_equal(back.own.scene.proposals, np.ones((2, 4)))
    assert back.feeds[1].drawing is not None


def test_a_look_comes_out_as_it_went_in_and_says_what_was_asked() -> None:
    asked = request()
    first, second = asked.observations
    seen = ProbeReport(
        step=9,
        sample=7,
        arrays={(("a", "b"), "y"): np.ones((2, 3), np.float32)},
        outputs={"answer": np.zeros(3, np.float32)},
        fields={"image": np.ones((1, 2, 2), np.float32), "label": np.array(3)},
        grid=Grid((0.0, 0.0), (1.0, 1.0), np.ones((2, 4, 4), np.float32), True),
        observed={second: Result({"a": np.arange(3)}, {"a": ("x", "y", "z")}, "note"), first: "there is nothing"},
        copy=99,
        weights={"w": torch.ones(2, dtype=torch.bfloat16)},
        asked=asked,
    )
    message = messages.read_from_run(messages.pack(plain_report(5, asked, seen)))
    back = read_report(message, asked)  # type: ignore[arg-type]
    assert back.asked is asked
    assert back.copy == asked.copy
    assert back.observed[first] == "there is nothing"
    result = back.observed[second]
    assert (result.words, result.note) == ({"a": ("x", "y", "z")}, "note")
    assert np.array_equal(result.arrays["a"], np.arange(3))
    assert back.grid is not None and back.grid.values.shape == (2, 4, 4)
    assert torch.equal(back.weights["w"], seen.weights["w"])
    assert back.key is None


@given(st.binary(max_size=200))
def test_bytes_that_are_no_message_are_refused_in_words(body: bytes) -> None:
    for read in (messages.read_to_run, messages.read_from_run):
        with pytest.raises(BadFrame, match="cannot be read"):
            read(body)


def pair(most: int = 4096) -> tuple[MessageSocket, MessageSocket]:
    ends = socket.socketpair()
    return MessageSocket(ends[0], most), MessageSocket(ends[1], most)


def read_all(connection: MessageSocket) -> list[bytes]:
    found: list[bytes] = []
    for one in connection.read():
        found.append(one)
    return found


@given(st.lists(st.binary(max_size=3000), max_size=8))
def test_messages_come_whole_and_in_order(bodies: list[bytes]) -> None:
    here, there = pair()
    for body in bodies:
        here.put(body)
    found: list[bytes] = []
    while here.waiting or len(found) < len(bodies):
        here.write()
        found += read_all(there)
    assert found == bodies
    here.close()
    with pytest.raises(Closed):
        read_all(there)
    there.close()


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (HEAD.pack(b"GE", VERSION, 3), "not of this program"),
        (HEAD.pack(MARK, VERSION + 1, 3), "version"),
        (HEAD.pack(MARK, VERSION, (1 << 32) - 1), "at most"),
    ],
)
def test_a_foreign_or_boundless_frame_is_refused(head: bytes, words: str) -> None:
    here, there = pair()
    here.socket.send(head)
    with pytest.raises(BadFrame, match=words):
        read_all(there)
    here.close()
    there.close()


@given(st.binary(min_size=8, max_size=64))
def test_no_bytes_make_the_reader_do_anything_but_wait_or_refuse(noise: bytes) -> None:
    here, there = pair(most=32)
    here.socket.send(noise)
    try:
        for body in read_all(there):
            assert len(body) <= 32
    except BadFrame:
        pass
    here.close()
    there.close()


def test_a_value_of_a_setting_keeps_its_type() -> None:
    values: Any = (((("lr", "", "", "", "")), 1.0), ((("epochs", "", "", "", "")), 3), ((("on", "", "", "", "")), True))
    back = messages.read_to_run(messages.pack(messages.ChangeSettings(values)))
    assert isinstance(back, messages.ChangeSettings)
    assert [type(value) for _, value in back.values] == [float, int, bool]
