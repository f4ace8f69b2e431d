"""The report on a network: its figures are those of the analysis, the table's columns add up, and a problem stands in a line."""

from __future__ import annotations

import re
from typing import Any

from tests.analysis.drawing import look, project
from visualnet.analysis import infer, report
from visualnet.analysis.cost.totals import Costs
from visualnet.core.graph import BLOCK_PREFIX, Graph, Node, Port
from visualnet.core.project import Block, Project


def net() -> Project:
    inner = project("x:input c:conv2d n:batch_norm2d y:output x>c c>n n>y", c={"out_channels": 3, "padding": 1})
    nodes = project(
        "i:input f:flatten a:linear t:target l:cross_entropy o:output",
        i={"size": (3, 8, 8)},
        a={"out_features": 10, "_trainable": False},
    ).graph.nodes
    block = Node(id="b", kind=BLOCK_PREFIX + "part", name="part1", repeat=2)
    wires = {
        Port("b", "x"): Port("n1", "x"),
        Port("n2", "x"): Port("b", "y"),
        Port("n3", "x"): Port("n2", "y"),
        Port("n5", "logits"): Port("n3", "y"),
        Port("n5", "target"): Port("n4", "y"),
        Port("n6", "x"): Port("n3", "y"),
    }
    return Project(graph=Graph({**nodes, "b": block}, wires), blocks={"part": Block(params={}, graph=inner.graph)})


def told(made: Project, batch: int | None = None) -> dict[str, Any]:
    return report.report(made, infer(made), batch)


CONV, NORM, LINEAR = 3 * 3 * 9 + 3, 6, 192 * 10 + 10


def test_totals_are_what_one_counts_by_hand() -> None:
    totals = told(net())["totals"]
    assert totals["parameters"] == 2 * (CONV + NORM) + LINEAR
    assert totals["trainable"] == 2 * (CONV + NORM)
    assert totals["statistics"] == 2 * 6 and totals["counters"] == 2 and totals["buffers"] == 14
    assert totals["with_statistics"] == totals["parameters"] + 12
    assert totals["macs"] == 2 * 64 * 81 + 1920 and totals["flops"] == 2 * totals["macs"]
    assert totals["nodes"] == 7 and totals["depth"] == 3


def test_every_node_is_told_a_block_with_what_is_inside_it() -> None:
    found = {node["name"]: node for node in told(net())["nodes"]}
    assert list(found) == [node.name for node in net().graph]
    block = found["part1"]
    assert (block["repeat"], block["path"], block["parameters"]) == (2, ["b"], 2 * (CONV + NORM))
    inside = {node["name"]: node for node in block["inside"]}
    assert inside["c"]["path"] == ["b", "n2"] and inside["c"]["parameters"] == CONV
    assert inside["n"]["with_statistics"] == NORM + 6
    assert found["a"]["output_shapes"] == {"y": [10]} and found["a"]["trainable"] == 0 and found["a"]["card"]
    assert found["i"]["output_bytes"] == 4 * 192 * told(net())["memory"]["batch_size"]
    assert "inside" not in found["a"] and "repeat" not in found["a"]
    open_end = {node["name"]: node for node in told(project("r:relu"))["nodes"]}
    assert open_end["r"]["output_shapes"] == {"y": None} and open_end["r"]["card"] == ""


def test_memory_is_for_the_batch() -> None:
    made = net()
    cost = Costs(infer(made), 5).whole()
    memory = told(made, 5)["memory"]
    assert memory["batch_size"] == 5 and memory["kept"] == cost.kept and memory["training"] == cost.training
    assert told(made)["memory"]["batch_size"] == made.recipe.batch_size


def rows(text: str) -> list[str]:
    lines = text.splitlines()
    return lines[2 : lines.index("")]


def test_the_table_has_a_row_for_every_node_and_columns_that_line_up() -> None:
    text = report.table(told(net(), 4))
    head, rule, *_ = text.splitlines()
    found = rows(text)
    assert [row.split()[0] for row in found] == ["i", "f", "a", "t", "l", "o", "part1", "x", "c", "n", "y"]
    assert found[8].startswith("  c ") and found[6].startswith("part1") and "part ×2" in found[6]
    assert "conv2d 3×3 · 3 · padding 1 " in found[8] and "relu " not in text
    starts = [m.start() for m in re.finditer("─+", rule)]
    assert [head[at:].split("  ")[0].strip() for at in starts[:3]] == ["node", "kind", "output"]
    assert "with statistics" in head and all(len(row) <= len(rule) for row in found)
    ends = [m.end() for m in re.finditer("─+", rule)]
    assert head[: ends[3]].endswith("parameters") and found[2][: ends[3]].endswith(f" {LINEAR:,}")
    assert "1,030 of them frozen" not in text and f"({LINEAR:,} of them frozen)" in text
    assert "with the 12 running statistics of normalizations" in text and "2 counters of batches" in text
    assert f"{2 * (CONV + NORM):,} trainable, {LINEAR + 12:,} not" in text
    assert "memory for 4 samples: " in text
    assert found[3].split()[-1] != "0"  # nothing is written where there is nothing to count


def test_columns_that_would_be_empty_are_left_out_and_long_names_are_cut() -> None:
    long = "a" * 60
    made = project(f"i:input {long}:linear o:output i>{long} {long}>o", i={"size": (4,)})
    text = report.table(told(made))
    assert "with statistics" not in text and "frozen" not in text and "counter" not in text
    cut = next(row for row in rows(text) if row.startswith("aa"))
    assert cut.split("  ")[0] == "a" * 43 + "…"
    exact = project("i:input " + "b" * 44 + ":relu")
    assert "b" * 44 + " " in report.table(told(exact)) and "…" not in "".join(rows(report.table(told(exact))))
    assert "?" in rows(report.table(told(exact)))[1].split()


def test_problems_in_lines_with_their_repairs() -> None:
    made = project("i:input c:conv2d o:output i>c c>o", i={"size": (1, 3, 3)}, c={"kernel_size": 9})
    everything = told(made)  # once: how many repairs are found in the time that they have is not always the same
    found = everything["problems"]
    first = next(p for p in found if p["severity"] == "error")
    assert first["node"] == "c" and first["repairs"]
    said = report.lines(found)
    at = said.index(f"error: c: {first['words']}")
    assert f"    repair: {first['repairs'][0]}" in said[at:]
    assert not first["formula"] or f"    {first['formula']}" in said
    assert "\n".join(said) in report.table(everything)
    inside = {**first, "sheet": "part", "node": "c", "repairs": [], "formula": ""}
    assert report.lines([inside]) == [f"error: part › c: {first['words']}"]
    assert report.lines([{**inside, "sheet": "", "node": "", "severity": "hint"}]) == [f"hint: {first['words']}"]


def test_a_hint_is_not_worth_a_search_and_without_time_nothing_is() -> None:
    analysis = look("i:input f:linear o:output i>f f>o", i={"size": (1, 4, 4)})
    hints = [p for p in report.problems(analysis.project, analysis) if p["severity"] == "hint"]
    assert hints and not any(p["repairs"] for p in hints)
    faulty = look("i:input c:conv2d o:output i>c c>o", i={"size": (1, 3, 3)}, c={"kernel_size": 9})
    assert not any(p["repairs"] for p in report.problems(faulty.project, faulty, seconds=0))
