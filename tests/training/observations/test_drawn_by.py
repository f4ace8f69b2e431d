"""Settings that an observation says to change only its picture are read by nothing that computes."""

from __future__ import annotations

import pytest

from visualnet.training.observations.observation import NETWORK, Observation, find_observations

DRAWN = [kind for kind in find_observations().values() if kind.drawn_by]


@pytest.mark.parametrize("kind", DRAWN, ids=lambda kind: kind.name)
def test_what_changes_only_the_picture_is_not_computed_with(kind: type[Observation]) -> None:
    assert kind.drawn_by <= set(kind.params)
    assert not kind.drawn_by & set(kind.compute.__code__.co_names)
    plain = kind.request(NETWORK, {})
    assert kind.request(NETWORK, {name: kind.params[name].default for name in kind.drawn_by}) == plain
    others = sorted(set(kind.params) - kind.drawn_by)
    assert all(kind.request(NETWORK, {name: kind.params[name].default}) != plain for name in others)
