"""What is kept of the benchmarks: a run of some leaves the tables of the others, and the words below them, as they stand."""

from __future__ import annotations

from tests.benchmarks.__main__ import HERE, TITLES, results, table


def test_a_run_of_one_benchmark_replaces_its_own_table_only() -> None:
    before = (HERE / "RESULTS.md").read_text(encoding="utf-8")
    made = table("bench_files", [["open a file", 1.5, "ms", "made up for this test"]])
    after = results(before, {"bench_files": made})
    assert made in after and before.count("### ") == after.count("### ")
    assert results(after, {}).partition("### ")[2] == after.partition("### ")[2]
    for title in TITLES.values():
        if title != TITLES["bench_files"]:
            part = f"### {title}\n" + before.partition(f"### {title}\n")[2].partition("\n#")[0]
            assert part in after, title
    assert after.partition("\n## ")[2] == before.partition("\n## ")[2]


def test_a_new_benchmark_finds_its_place() -> None:
    first, second = list(TITLES)[:2]
    only = results("", {second: table(second, [["b", 2.0, "", ""]])})
    both = results(only, {first: table(first, [["a", 1.0, "", ""]])})
    assert both.index(TITLES[first]) < both.index(TITLES[second])
