"""All that is told of some small networks: as written down in ``networks.txt``, to be read and worked out by hand."""

from __future__ import annotations

import pytest
import torch

from tests.analysis.networks import NETWORKS, PAGE, Network, lines
from tests.generators.pages import read_sections
from visualnet.analysis.cost.saved_tensors import BYTES


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.title)
def test_the_page_of_networks_is_current(network: Network) -> None:
    now = "\n".join(lines(network)).rstrip().splitlines()[1:]
    assert now == read_sections(PAGE)[network.title], "run: python -m tests.analysis.networks"


def test_a_number_takes_as_many_bytes_as_in_torch() -> None:
    kinds = {"float": torch.float32, "int": torch.int64, "bool": torch.bool}
    assert {name: torch.zeros(1, dtype=kind).element_size() for name, kind in kinds.items()} == BYTES
