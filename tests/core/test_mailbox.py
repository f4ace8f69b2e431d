"""Mail from many threads arrives in order, the window is never flooded."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from tests.counting import count_calls
from tests.waiting import linger
from visualnet.core.process.mailbox import Mailbox


@dataclass(frozen=True)
class Fact:
    sender: int
    number: int


@dataclass(frozen=True)
class Glimpse:
    key: str
    number: int


def test_order_is_kept_and_the_newest_of_a_key_wins() -> None:
    box = Mailbox()
    for event in (Glimpse("a", 1), Fact(0, 1), Glimpse("b", 1), Glimpse("a", 2), Fact(0, 2)):
        box.put(event)
    assert box.drain() == [Fact(0, 1), Glimpse("b", 1), Glimpse("a", 2), Fact(0, 2)]
    assert box.drain() == []


def test_over_capacity_the_oldest_that_may_go_do_and_facts_stay() -> None:
    box = Mailbox(capacity=2)
    facts = [Fact(0, number) for number in range(8)]
    for number, fact in enumerate(facts):
        box.put(fact)
        box.put(Glimpse(f"k{number}", number))
    taken = box.drain()
    assert [event for event in taken if isinstance(event, Fact)] == facts
    assert [event for event in taken if isinstance(event, Glimpse)] == [Glimpse("k6", 6), Glimpse("k7", 7)]


def test_a_window_that_sleeps_lets_nothing_grow() -> None:
    box = Mailbox(capacity=100)
    for number in range(100_000):
        box.put(Glimpse(f"map{number % 500}", number))
        assert len(box) <= 201
    assert box.drain()[-1] == Glimpse("map499", 99_999)


def test_facts_alone_are_all_kept_and_cost_little() -> None:
    box = Mailbox(capacity=100)

    def send() -> None:
        for number in range(100_000):
            box.put(Fact(0, number))

    _, calls = count_calls(send)
    assert [event.number for event in box.drain()] == list(range(100_000))
    assert calls < 600_000


def test_four_threads_send_while_the_window_drains() -> None:
    box = Mailbox(capacity=500)
    each = 25_000
    senders = [threading.Thread(target=_send, args=(box, sender, each)) for sender in range(4)]
    for sender in senders:
        sender.start()
    taken: list[object] = []
    while any(sender.is_alive() for sender in senders):
        taken += box.drain()
        linger(0.001)
    taken += box.drain()
    for sender in range(4):
        facts = [event.number for event in taken if isinstance(event, Fact) and event.sender == sender]
        assert facts == list(range(0, each, 10))
        glimpses = [event.number for event in taken if isinstance(event, Glimpse) and event.key == f"s{sender}"]
        assert glimpses == sorted(glimpses) and glimpses[-1] == each - 1


def test_a_put_inside_a_drain_does_not_wait() -> None:
    box = Mailbox(capacity=1)
    box._sorting.acquire()
    try:
        for number in range(5):
            box.put(Glimpse("a", number))
    finally:
        box._sorting.release()
    assert box.drain() == [Glimpse("a", 4)]


def _send(box: Mailbox, sender: int, count: int) -> None:
    for number in range(count):
        if number % 10 == 0:
            box.put(Fact(sender, number))
        box.put(Glimpse(f"s{sender}", number))
