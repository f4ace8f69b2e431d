"""The tables that are shipped hold what their declarations say."""

from __future__ import annotations

import numpy as np
import pytest

from visualnet.core.project import DataChoice
from visualnet.data.inspect_source import choose
from visualnet.data.loading import load
from visualnet.data.registry import fields, make_data_set
from visualnet.data.table_files import shipped_tables
from visualnet.resources import resource


@pytest.mark.parametrize(
    ("name", "counts", "means"),
    [
        ("iris", [50, 50, 50], {"sepal length": 5.84, "petal width": 1.20}),
        ("wine", [59, 71, 48], {"alcohol": 13.0, "proline": 746.9}),
        ("breast_cancer", [212, 357], {"mean radius": 14.13, "worst fractal dimension": 0.0839}),
        ("diabetes", [], {"age": 48.5, "blood sugar": 91.26}),
    ],
)
def test_the_figures_are_those_that_their_sources_tell(name: str, counts: list[int], means: dict[str, float]) -> None:
    data = load(DataChoice(name=name, normalise=False))
    names = [column.name for column in fields(data.choice)["features"].columns]
    features = data.whole("features")
    for column, mean in means.items():
        assert np.isclose(features[:, names.index(column)].mean(), mean, rtol=0.003)
    if counts:
        assert np.bincount(data.whole("label")).tolist() == counts
    else:
        assert (data.whole("y").min(), data.whole("y").max()) == (25, 346)


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "diabetes"])
def test_the_source_of_tables_reads_the_same_from_their_files(name: str) -> None:
    choice, found = choose("table", resource("data", f"{name}.csv"), {})
    own, shipped = load(choice), load(DataChoice(name=name))
    assert np.array_equal(own.whole("features"), shipped.whole("features"))
    assert own.fields["features"] == shipped.fields["features"]
    target = "y" if name == "diabetes" else "label"
    assert sorted(own.classes) == sorted(shipped.classes)
    if target == "y":
        assert np.array_equal(own.whole("y"), shipped.whole("y"))
    else:
        assert [own.classes[n] for n in own.whole("label")] == [shipped.classes[n] for n in shipped.whole("label")]
    assert all(finding.severity == "hint" for finding in found.findings)


def test_a_shipped_table_that_is_damaged_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped_tables.Iris, "rows", 151)
    with pytest.raises(ValueError, match=r"iris\.csv cannot be read: .* Set the program up again"):
        make_data_set(DataChoice(name="iris")).open()
