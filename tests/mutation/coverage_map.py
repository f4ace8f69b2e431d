"""Which test executes which line: one run of the suite under coverage, a context a test, kept as JSON."""

from __future__ import annotations

import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("core", "layers", "analysis")
_CONTRACT = (
    "layers_declared layers_meaning layers_schema layers_torch losses notes kept_names templates random_graphs files_fuzz figures"
    " structured_mutants hidden_characters"
)
TESTS = (
    *(
        "core",
        "layers",
        "analysis",
        "compiling",
        "data",
        "api/test_graph.py",
        "cli/test_cli.py",
        "app/test_families.py",
    ),
    *(f"contract/test_{name}.py" for name in _CONTRACT.split()),
)
"""The tests that mutants are held against: those that open no window, or hardly any."""

WHOLE_FILE = "file "
"""Begins the context of a fixture that several tests of a file share."""


class CoverageMap:
    """Test → seconds, and for each file line → the tests that execute it."""

    def __init__(self, seconds: dict[str, float], lines: dict[str, dict[int, list[str]]]) -> None:
        self.seconds = seconds
        self.lines = lines

    @classmethod
    def read(cls, path: Path) -> CoverageMap:
        """Read what `write` wrote; the tests of a line are stored by their place in the list of tests."""
        stored = json.loads(path.read_text(encoding="utf-8"))
        names = stored["contexts"]
        lines = {
            file: {int(line): [names[i] for i in seen] for line, seen in by_line.items()}
            for file, by_line in stored["lines"].items()
        }
        return cls(stored["seconds"], lines)

    def write(self, path: Path) -> None:
        """Write as JSON."""
        names = sorted({name for by_line in self.lines.values() for seen in by_line.values() for name in seen})
        place = {name: index for index, name in enumerate(names)}
        lines = {
            file: {line: [place[name] for name in seen] for line, seen in by_line.items()}
            for file, by_line in self.lines.items()
        }
        stored = {"contexts": names, "seconds": self.seconds, "lines": lines}
        path.write_text(json.dumps(stored), encoding="utf-8")

    def executed(self, file: str, first: int, last: int) -> bool:
        """Whether a test executes one of these lines itself, not by importing the file."""
        by_line = self.lines.get(file, {})
        return any(name in self.seconds for line in range(first, last + 1) for name in by_line.get(line, ()))

    def tests_of(self, file: str, first: int, last: int) -> tuple[set[str], set[str]]:
        """Return the tests that execute one of these lines, and those that execute only others of the file.

        What runs when the file is imported belongs to no test; there the first are all that execute a function of the file.
        """
        by_line = self.lines.get(file, {})
        everything = {name for seen in by_line.values() for name in seen}
        near = {name for line in range(first, last + 1) for name in by_line.get(line, ())} & self.seconds.keys()
        near = near or everything & self.seconds.keys()
        files = {name.removeprefix(WHOLE_FILE) for name in everything if name.startswith(WHOLE_FILE)}
        wide = {test for test in self.seconds if test.partition("::")[0] in files} if files else set()
        return near, ((everything & self.seconds.keys()) | wide) - near


def measure(tests: list[str]) -> CoverageMap:
    """Run the tests in this process and return what they executed. A test that fails, if only under coverage, is left out."""
    import coverage

    with tempfile.TemporaryDirectory() as folder:
        source = [str(ROOT / "visualnet" / package) for package in PACKAGES]
        tracer = coverage.Coverage(data_file=str(Path(folder) / "coverage"), source=source, config_file=False)
        contexts = _Contexts(tracer)
        tracer.start()
        try:
            pytest.main(["-q", "-p", "no:cacheprovider", "-p", "no:benchmark", *tests], plugins=[contexts])
        finally:
            tracer.stop()
        lines = {}
        data = tracer.get_data()
        for file in data.measured_files():
            by_line = {line: [c for c in seen if c] for line, seen in data.contexts_by_lineno(file).items()}
            lines[Path(file).relative_to(ROOT).as_posix()] = by_line
    seconds = {test: time for test, time in contexts.seconds.items() if test not in contexts.failed}
    return CoverageMap(seconds, lines)


class _Contexts:
    """Tell coverage which test runs; time each."""

    def __init__(self, tracer: Any) -> None:
        self.tracer = tracer
        self.seconds: dict[str, float] = defaultdict(float)
        self.failed: set[str] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Iterator[None]:
        self.tracer.switch_context("")
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.tracer.switch_context(item.nodeid)
        began = time.process_time()
        report = yield
        self.seconds[item.nodeid] = time.process_time() - began
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> Iterator[None]:
        if fixturedef.scope == "function":
            return (yield)
        item = request._pyfuncitem.nodeid
        self.tracer.switch_context(WHOLE_FILE + item.partition("::")[0])
        try:
            return (yield)
        finally:
            self.tracer.switch_context(item)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.add(report.nodeid)
