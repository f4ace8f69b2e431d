"""What a file may hold at most is what its documentation says."""

from __future__ import annotations

from pathlib import Path

from visualnet.core import names, validation
from visualnet.core.storage import embedded_project, safe_json
from visualnet.core.storage.decoding import decode

PAGE = Path(__file__).parents[3] / "docs" / "file-format.md"


def test_the_bounds_are_those_of_the_page() -> None:
    page = " ".join(PAGE.read_text(encoding="utf-8").split())
    refused = (
        f"more than {safe_json.MAX_BYTES >> 20} MiB; deeper than {safe_json.MAX_DEPTH} levels;"
        f" more than {decode.MAX_NODES:,} nodes or {decode.MAX_WIRES:,} wires over all sheets;"
        f" more than {safe_json.MAX_QUOTES // 2:,} texts, or so many values that they would take more than"
        f" {safe_json.MAX_MEMORY // 2**20} MiB; texts over {names.MAX_TEXT:,} and names over {names.MAX_NAME} characters;"
        f" parameters with more than {validation.MAX_LIST:,} entries; whole numbers beyond 2⁵³ and numbers with more than 40 digits"
    )
    assert refused in page
    assert f"Python source (at most {names.MAX_SOURCE >> 10} KiB)" in page
    assert (
        f"unpacks to more than {safe_json.MAX_BYTES >> 20} MiB or {embedded_project._MAX_RATIO} times its size" in page
    )
    whole = (safe_json.MAX_BYTES, safe_json.MAX_MEMORY)
    assert all(size % 2**20 == 0 for size in whole) and names.MAX_SOURCE % 2**10 == 0
    assert validation.MAX_NUMBER == decode.MAX_SEED == 2**53
    assert safe_json._LONG_NUMBER.search(b"1" * 41) and not safe_json._LONG_NUMBER.search(b"1" * 40)
