"""Networks side by side: the course's comparisons with the ratios that its formulas foretell."""

from __future__ import annotations

import json

import pytest

from visualnet.analysis import infer
from visualnet.analysis.compare.table import QUANTITIES, compare, ratio_text, table
from visualnet.analysis.compare.teaching_pairs import PAIRS
from visualnet.cli.common import FINE, UNUSABLE
from visualnet.cli.main import main

RATIOS = {"separable": 1 / 256 + 1 / 9, "stacked-3x3": 18 / 25, "inception": 271_351_808 / 854_196_224}


@pytest.mark.parametrize("name", list(PAIRS))
def test_the_ratio_is_what_the_formula_says(name: str) -> None:
    networks = PAIRS[name].build()
    for _, project in networks:
        assert not infer(project).errors()
    told = compare(networks)
    assert told["ratios"]["macs"][1] == pytest.approx(RATIOS[name], rel=1e-12)
    assert told["ratios"]["parameters"][1] == pytest.approx(RATIOS[name], rel=1e-12)
    assert f"{RATIOS[name]:.3g}" in PAIRS[name].lines[1] or f"{told['networks'][1]['macs']:,}" in PAIRS[name].lines[1]


def test_both_small_filters_see_what_the_large_one_sees() -> None:
    told = {n["name"]: n for n in compare(PAIRS["stacked-3x3"].build(), batch_size=4)["networks"]}
    assert (told["one 5×5"]["depth"], told["two 3×3"]["depth"]) == (1, 2)
    assert told["two 3×3"]["kept"] == 2 * told["one 5×5"]["kept"] == 4 * 4 * 2 * 64 * 56 * 56


def test_the_table_names_every_quantity() -> None:
    networks = PAIRS["separable"].build()
    text = table(compare(networks, 1))
    for quantity in QUANTITIES:
        assert quantity.title in text
    assert "294,912" in text and "×0.115" in text and "for 1 sample" in text


@pytest.mark.parametrize(("ratio", "text"), [(None, "–"), (1.0, "×1"), (0.11501, "×0.115"), (12_345.6, "×12,346")])
def test_ratios_in_three_figures(ratio: float | None, text: str) -> None:
    assert ratio_text(ratio) == text


def test_compare_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "lenet5", "mlp-mnist", "--json", "--batch-size", "8"]) == FINE
    told = json.loads(capsys.readouterr().out)
    assert [n["parameters"] for n in told["networks"]] == [61_706, 52_650] and told["batch_size"] == 8
    assert told["ratios"]["parameters"] == [1.0, 52_650 / 61_706]
    assert main(["compare", "separable"]) == FINE
    assert "1/N + 1/D_K²" in capsys.readouterr().out
    assert main(["compare", "lenet5"]) == UNUSABLE
    assert "separable" in capsys.readouterr().err


def test_summary_tells_memory_at_a_batch_size(capsys: pytest.CaptureFixture[str]) -> None:
    held = []
    for size in (1, 10):
        assert main(["summary", "lenet5", "--json", "--batch-size", str(size)]) == FINE
        told = json.loads(capsys.readouterr().out)
        held.append(told["memory"])
        assert told["memory"]["batch_size"] == size
        assert sum(node["kept_bytes"] for node in told["nodes"]) == told["memory"]["kept"]
        relu = next(node for node in told["nodes"] if node["name"] == "relu1")
        assert relu["output_bytes"] == relu["kept_bytes"] == 4 * 6 * 28 * 28 * size
    assert held[1]["forward"] == 10 * held[0]["forward"] and held[1]["weights"] == held[0]["weights"] == 4 * 61_706
    assert main(["summary", "lenet5", "--batch-size", "10"]) == FINE
    assert "memory for 10 samples" in capsys.readouterr().out
