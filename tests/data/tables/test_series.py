"""Windows of time series from tables, and their division by time."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualnet.core.project import DataChoice
from visualnet.data.inspect_source import choose
from visualnet.data.loading import load
from visualnet.data.registry import make_data_set
from visualnet.data.sources.registry import guess_sources
from visualnet.data.sources.source import SourceScan


def write(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def look(path: Path, **options: Any) -> tuple[DataChoice, SourceScan]:
    return choose("series", path, options)


def fetched(choice: DataChoice) -> dict[str, Any]:
    samples = make_data_set(choice).open()
    return dict(samples.fetch(np.arange(samples.size), ("series", "y")))


def words(found: SourceScan) -> str:
    return "\n".join(finding.words for finding in found.findings)


WEATHER = [
    "day,wind,sky,warmth",
    *(f"2024-{1 + n // 28:02d}-{n % 28 + 1:02d},{n},{'ab'[n % 2]},{n / 4:.2f}" for n in range(30)),
]


def test_windows_follow_each_other_and_what_is_behind_them_is_asked(tmp_path: Path) -> None:
    path = write(tmp_path / "w.csv", WEATHER)
    choice, found = look(path, window=4, horizon=2, step=3)
    assert choice.facts is not None
    assert choice.facts.size == 9
    assert choice.facts.fields["series"].shape == (4, 2) and choice.facts.fields["y"].shape == (2,)
    assert (choice.division, choice.division_options) == ("time", {"column": "time"})
    rows = fetched(choice)
    assert rows["series"][1].tolist() == [[n, n / 4] for n in (3, 4, 5, 6)]
    assert rows["y"][1].tolist() == [7 / 4, 8 / 4]
    assert "“warmth” is taken as what is predicted" in words(found)
    assert dict(found.figures)["Group"] == "none"  # no day is there twice: “sky” tells no series apart
    assert [column.name for column in make_data_set(choice).specs()["series"].columns] == ["wind", "warmth"]
    assert make_data_set(choice).open().describe(1) == "w.csv, lines 5 to 10"
    both = look(path, window=4, horizon=2, target="wind, warmth", input_columns="wind")[0]
    assert fetched(both)["y"][0].tolist() == [4, 1, 5, 1.25]
    assert fetched(both)["series"].shape[2] == 1


def test_a_table_of_a_date_and_numbers_is_guessed_as_a_series(tmp_path: Path) -> None:
    alone = ["month,flights", *(f"{1950 + n // 12}-{n % 12 + 1:02d},{100 + n}" for n in range(36))]
    assert guess_sources(write(tmp_path / "a.csv", alone))[0][0].name == "series"
    assert guess_sources(write(tmp_path / "w.csv", WEATHER))[0][0].name == "table"


def test_several_series_are_told_apart_and_put_in_order(tmp_path: Path) -> None:
    lines = ["when,place,value", *(f"2024-01-{n // 2 + 1:02d},{('york', 'hull')[n % 2]},{n}" for n in range(40))]
    lines.append("2024-01-01,goole,1")
    choice, found = look(write(tmp_path / "t.csv", [lines[0], *lines[:0:-1]]), window=3)
    assert choice.facts is not None and choice.facts.columns == ("time", "group")
    samples = make_data_set(choice).open()
    group, moments = samples.column("group"), samples.column("time")
    assert group is not None and moments is not None
    rows = fetched(choice)
    for name, odd in (("york", 0), ("hull", 1)):
        of = group == name
        assert of.sum() == 17 and (rows["series"][of] % 2 == odd).all()
        assert (np.diff(moments[of]) == 1).all() and (np.diff(rows["series"][of][:, 0, 0]) == 2).all()
    assert "put in that order" in words(found) and "“place” is taken to tell several series apart" in words(found)
    assert "1 series of fewer than 4 steps left out: “goole”" in words(found)
    one = look(tmp_path / "t.csv", window=3, group="none")[1]
    assert "21 rows with a time that is there already" in words(one)


def test_missing_values_leave_windows_out_or_are_carried_forward(tmp_path: Path) -> None:
    lines = ["hour,a,b", *(f"{n},{'' if n in (0, 9) else n},{n * 2}" for n in range(20))]
    path = write(tmp_path / "t.csv", lines)
    choice, found = look(path, window=3, time="hour")
    assert choice.facts is not None and choice.facts.size == 17 - 5
    assert "5 windows with a missing value left out" in words(found)
    assert np.isfinite(fetched(choice)["series"]).all()
    carried, said = look(path, window=3, time="hour", missing="previous")
    rows = fetched(carried)["series"]
    assert rows[:, :, 0][7].tolist() == [8, 8, 10]
    assert "1 window with a missing value left out" in words(said)  # nothing stands before the first row
    gap = look(write(tmp_path / "g.csv", [*lines[:8], *lines[12:]]), window=2, time="hour")[1]
    assert "1 step of time longer than usual" in words(gap)


@pytest.mark.parametrize(
    ("lines", "options", "said"),
    [
        (["a,b", "x,y"] * 5, {}, "no column of numbers"),
        (["day,a", "2024-01-01,1", "2024-01-02,2"], {"window": 5}, "no window of 5 steps and 1 after them: shorten"),
        (["w,a", *("x,1",) * 9], {"time": "w", "window": 2}, "neither dates nor numbers"),
        (["w,a", *("x,1",) * 9], {"target": "w"}, "holds no numbers"),
        (["w,a", *("x,1",) * 9], {"group": "v"}, "no column “v”"),
        (["day,a", *("2024-01-01,",) * 9], {}, "no column of numbers"),
    ],
)
def test_what_is_no_series_is_refused_in_words(
    tmp_path: Path, lines: list[str], options: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        look(write(tmp_path / "t.csv", lines), **options)


def test_each_column_is_measured_by_itself(tmp_path: Path) -> None:
    lines = ["hour,small,large", *(f"{n},{n % 5},{1000 * (n % 7)}" for n in range(60))]
    data = load(look(write(tmp_path / "t.csv", lines), window=4, time="hour")[0])
    assert data.mean["series"].shape == (1, 1, 2)
    rows = data.fetch(data.train, ("series",))["series"]
    assert np.allclose(data.mean["series"][0, 0], rows.mean((0, 1)), rtol=1e-4)
    assert np.allclose(data.std["series"][0, 0], rows.std((0, 1)), rtol=1e-4)


@settings(max_examples=40, deadline=None)
@given(
    lengths=st.lists(st.integers(1, 40), min_size=1, max_size=4),
    window=st.integers(1, 6),
    horizon=st.integers(1, 4),
    step=st.integers(1, 4),
    cut=st.sampled_from(((0.8, 0.2, 0.0), (0.6, 0.2, 0.2), (0.5, 0.0, 0.5))),
)
def test_windows_lie_in_one_series_and_none_reaches_into_a_later_part(
    lengths: list[int], window: int, horizon: int, step: int, cut: tuple[float, float, float]
) -> None:
    # The value of a row tells its series and its place there.
    rows = [(place, group) for group, length in enumerate(lengths) for place in range(length)]
    np.random.default_rng(sum(lengths)).shuffle(rows)
    lines = ["hour,series,value", *(f"{place},s{group},{1000 * group + place}" for place, group in rows)]
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "t.csv", lines)
        options = {
            "window": window,
            "horizon": horizon,
            "step": step,
            "time": "hour",
            "group": "series",
            "input_columns": "value",
        }
        wanted = sum(max(0, math.ceil((length - window - horizon + 1) / step)) for length in lengths)
        if not wanted:
            with pytest.raises(ValueError, match="no window of"):
                look(path, **options)
            return
        choice, _ = look(path, **options)
        samples = make_data_set(choice).open()
        assert samples.size == wanted
        found = samples.fetch(np.arange(wanted), ("series", "y"))
        whole = np.concatenate((np.asarray(found["series"])[:, :, 0], np.asarray(found["y"])), 1)
        assert (np.diff(whole, axis=1) == 1).all()
        assert (whole[:, 0] // 1000 == whole[:, -1] // 1000).all()
        try:
            data = load(msgspec.structs.replace(choice, split=cut, normalise=False))
        except ValueError as error:
            refused = str(error)
        else:
            refused = ""
        if refused:
            assert "reaches into a later part" in refused or "too few" in refused
            return
        last = [
            max((whole[part] % 1000).max() for part in parts if len(part))
            for parts in ((data.train,), (data.train, data.validation))
        ]
        for end, later in zip(last, ((data.validation, data.test), (data.test,)), strict=True):
            for part in later:
                assert not len(part) or end < (whole[part] % 1000).min()
