"""The parts of the mutation run that are ours: which tests a mutant meets, in which order, and the interval of the share."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.mutation.__main__ import table, wilson
from tests.mutation.coverage_map import WHOLE_FILE, CoverageMap
from tests.mutation.sample import ROOT, _annotations, _caches, _checks_of_length, _markers, reads_the_only_input
from tests.mutation.trial import in_function

FILE = "visualnet/core/x.py"
MAP = CoverageMap(
    {"a.py::fast": 0.1, "a.py::slow": 9.0, "b.py::one": 0.2, "b.py::two": 0.3, "c.py::other": 0.1},
    {FILE: {3: ["a.py::slow", "a.py::fast"], 4: ["a.py::fast"], 7: [WHOLE_FILE + "b.py"], 9: []}},
)


def test_tests_of_a_line_and_of_its_file() -> None:
    near, far = MAP.tests_of(FILE, 4, 4)
    assert near == {"a.py::fast"} and far == {"a.py::slow", "b.py::one", "b.py::two"}
    assert MAP.tests_of(FILE, 3, 4)[0] == {"a.py::fast", "a.py::slow"}
    assert MAP.tests_of(FILE, 9, 9) == ({"a.py::fast", "a.py::slow"}, {"b.py::one", "b.py::two"})  # when it is imported
    assert MAP.tests_of("visualnet/core/y.py", 1, 1) == (set(), set())


def test_a_map_that_is_written_is_read_back(tmp_path: Path) -> None:
    MAP.write(tmp_path / "map.json")
    again = CoverageMap.read(tmp_path / "map.json")
    assert again.seconds == MAP.seconds and again.lines == MAP.lines


def test_the_interval_is_wilsons() -> None:
    # Newcombe 1998, table I: 81 of 263, and 1 of 29.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=1e-4)
    low, high = wilson(10, 10)
    assert high == pytest.approx(1) and 0.7 < low < 0.75


def test_the_table_counts_a_timeout_as_killed() -> None:
    text = table([("core", "killed"), ("core", "survived"), ("layers", "timeout"), ("layers", "killed")])
    assert "| core | 2 | 1 | 0 | 1 | 50.0% |" in text
    assert "| layers | 2 | 1 | 1 | 0 | 100.0% |" in text
    assert "| all | 4 | 2 | 1 | 1 | 75.0% |" in text and "analysis" not in text


SOURCE = """\
@cached(64)
def area(width: int = 3 * 4, *, height: int = 5) -> int:
    return width * height


class Cell:
    rows = [a * b for a, b in zip(A, B, strict=True)]
"""


def test_what_changes_no_answer_is_left_out() -> None:
    """Types, the room of a cache, a check of lengths, and how parameters may be named; nothing else."""
    lines = SOURCE.splitlines()

    def pieces(found: Iterable[tuple[tuple[int, int], tuple[int, int]]]) -> list[str]:
        return [lines[first[0] - 1][first[1] : last[1]] for first, last in found]

    assert pieces(_annotations(SOURCE)) == ["int", "int", "int"]
    assert pieces(_caches(SOURCE)) == ["@cached(64)"]
    assert pieces(_checks_of_length(SOURCE)) == ["True"]
    assert list(_markers(SOURCE)) == [((2, 29), (2, 30))]
    assert not list(_caches(SOURCE.replace("cached", "layer")))
    assert not list(_checks_of_length(SOURCE.replace("strict=True", "strict=False")))


def test_a_default_and_what_a_class_declares_run_on_import() -> None:
    assert [in_function(SOURCE, line) for line in range(1, 8)] == [False, False, True, False, False, False, False]


@pytest.mark.parametrize(
    ("file", "text", "index", "same"),
    [
        ("shape/slicing.py", "if shapes[0][at] != 1:", "-1", True),
        ("shape/slicing.py", "if shapes[0][at] != 1:", "1", False),
        ("loss/classification.py", "shapes[0]", "-1", False),
    ],
)
def test_the_only_input_is_the_first_and_the_last(file: str, text: str, index: str, same: bool) -> None:
    path = f"visualnet/layers/catalog/{file}"
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    line = next(at for at, found in enumerate(lines) if text in found)
    column = lines[line].index("shapes[0]") + len("shapes[")
    lines[line] = f"{lines[line][:column]} {index}{lines[line][column + 1 :]}"
    assert reads_the_only_input(path, line + 1, column, "\n".join(lines)) == same
