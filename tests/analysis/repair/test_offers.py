"""What is offered for each kind of fault, in order and with its price: as written down in ``offers.txt``, to be read and judged."""

from __future__ import annotations

import pytest

from tests.analysis.repair.offers import FAULTS, PAGE, Fault, lines, offers
from visualnet.analysis import infer


def written() -> dict[str, str]:
    """Title → what the page says."""
    parts = PAGE.read_text(encoding="utf-8").split("\n\n")
    return {part.partition(" [")[0].strip(): part.strip() for part in parts}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.title)
def test_the_page_of_offers_is_current_and_each_offer_leaves_the_errors_that_it_says(fault: Fault) -> None:
    found = offers(fault)
    assert "\n".join(lines(fault, found)).strip() == written()[fault.title], (
        "run: python -m tests.analysis.repair.offers"
    )
    for repair in found:
        assert len(infer(repair.edit(fault.project), None, fault.fields).errors()) == repair.after
    assert len({repair.words for repair in found}) == len(found)
