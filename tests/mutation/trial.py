"""One mutant, one trial: its file changed in a copy of the tree, its tests run there in a forked process."""

from __future__ import annotations

import ast
import gc
import os
import resource
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from itertools import groupby
from pathlib import Path

import pytest

from tests.mutation.coverage_map import ROOT, CoverageMap
from tests.mutation.sample import Mutant
from tests.waiting import linger

PARTS = (
    "visualnet",
    "tests",
    "resources",
    "docs",
    "packaging",
    "README.md",
    "CONTRIBUTING.md",
    "pyproject.toml",
    "LICENSE",
)
REGISTRY_WALKS = {
    "layers": (
        "tests/contract/test_layers_declared.py::test_the_schema_is_current",
        "tests/contract/test_layers_declared.py::test_the_reference_page_is_current",
        "tests/contract/test_layers_declared.py::test_every_tag_that_files_may_hold_is_still_known",
    )
}
"""What a file declares when it is imported belongs to no test; these hold what all of a package declare."""

BATCH_S = (0.7, 3.0, 6.0)
"""Processor time of the tests that run in one process, as measured without the mutant; after the last there is no further."""

PATIENCE = 4
"""A batch may take so many times its measured processor time, and START_S more; then the mutant counts as one that hangs."""

START_S = 10

WALL_S = 600.0
"""What waits for ever takes no processor time: then this is the end."""

LIBRARIES = (
    "hypothesis.strategies",
    "msgspec",
    "networkx",
    "numpy",
    "psygnal",
    "PySide6.QtTest",
    "PySide6.QtWidgets",
    "safetensors",
    "torch.fx",
)


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant: killed by which test, survived how many, or timeout."""

    verdict: str
    test: str = ""
    tests: int = 0
    seconds: float = 0.0


class Workshop:
    """A copy of the tree in which files are changed and put back."""

    def __init__(self, folder: Path, coverage: CoverageMap) -> None:
        self.folder = folder
        self.coverage = coverage
        self.kills: Counter[str] = Counter()
        for part in PARTS:
            place = ROOT / part
            if place.is_dir():
                shutil.copytree(place, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(place, folder / part)
        _import_libraries()

    def warm_up(self) -> str:
        """Run the cheapest test of each file, which leaves the bytecode of all that is imported; return the first that fails."""
        cheapest: dict[str, str] = {}
        for test in sorted(self.coverage.seconds, key=self.coverage.seconds.__getitem__):
            cheapest.setdefault(test.partition("::")[0], test)
        return self.check(list(cheapest.values()))

    def check(self, tests: list[str]) -> str:
        """Run tests on the source as it is; return the first that fails."""
        for batch in _batches(_by_file(tests, self.coverage), self.coverage, (10.0,) * 1000):
            verdict, test = self._run(batch, keep_bytecode=True)
            if verdict != "survived":
                return test or verdict
        return ""

    def tests_of(self, mutant: Mutant) -> list[list[str]]:
        """List the tests of a mutant in batches, those that execute its lines before those that execute its file.

        Of those the ones that killed a mutant before come first, then those that lie where the file lies, then the fastest. Before
        all others stand those that hold what the package declares, where the line lies in no function and so runs on import.
        """
        folder = "/".join(["tests", *mutant.file.split("/")[1:-1]])
        near, far = self.coverage.tests_of(mutant.file, mutant.line, mutant.last_line)
        walks = {test for test in REGISTRY_WALKS.get(mutant.package, ()) if test in self.coverage.seconds}
        tests = [] if in_function((ROOT / mutant.file).read_text(encoding="utf-8"), mutant.line) else sorted(walks)
        for part in (near, far):
            tests += sorted(
                part.difference(tests),
                key=lambda t: (-self.kills[t], not t.startswith(folder), self.coverage.seconds[t], t),
            )
        return list(_batches(tests, self.coverage, BATCH_S))

    def try_(self, mutant: Mutant) -> Outcome:
        """Change the file, run the batches until one fails, put the file back."""
        began, count = time.monotonic(), 0
        with self._changed(mutant):
            for batch in self.tests_of(mutant):
                verdict, test = self._run(batch)
                count += len(batch)
                if verdict != "survived":
                    self.kills[test] += 1
                    return Outcome(verdict, test, count, time.monotonic() - began)
        return Outcome("survived", "", count, time.monotonic() - began)

    @contextmanager
    def _changed(self, mutant: Mutant) -> Iterator[None]:
        place = self.folder / mutant.file
        before, stat = place.read_bytes(), place.stat()
        place.write_text(mutant.source(), encoding="utf-8")
        try:
            yield
        finally:
            place.write_bytes(before)
            os.utime(place, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # or the cached bytecode would no longer count

    def _run(self, tests: list[str], keep_bytecode: bool = False) -> tuple[str, str]:
        reader, writer = os.pipe()
        gc.freeze()  # or the child's collector would touch, and so copy, all that the parent holds
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            os.setpgid(0, 0)
            limit = START_S * (20 if keep_bytecode else 1) + int(
                PATIENCE * sum(map(self.coverage.seconds.__getitem__, tests))
            )
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
            os.close(reader)
            _run_tests(self.folder, tests, writer, keep_bytecode)
        os.close(writer)
        status = _wait(child)
        with os.fdopen(reader, encoding="utf-8") as told:
            test = told.read()
        if status is None or (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU):
            return "timeout", ""
        return ("survived" if os.waitstatus_to_exitcode(status) == 0 else "killed"), test.partition("\n")[0]


def in_function(text: str, line: int) -> bool:
    """Whether a line of a file lies in the body of a function: decorators, defaults and what a class declares do not."""
    functions = (n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    return any(n.body[0].lineno <= line <= (n.end_lineno or 0) for n in functions)


def _wait(child: int) -> int | None:
    """Return the exit status of a child, or None where it had to be ended. Its group goes with it."""
    deadline = time.monotonic() + WALL_S
    status = None
    while status is None and time.monotonic() < deadline:
        ended, code = os.waitpid(child, os.WNOHANG)
        status = code if ended else None
        linger(0.02)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    if status is None:
        os.waitpid(child, 0)
    return status


def _by_file(tests: list[str], coverage: CoverageMap) -> list[str]:
    return sorted(tests, key=lambda test: (test.partition("::")[0], coverage.seconds[test]))


def _batches(tests: list[str], coverage: CoverageMap, limits: tuple[float, ...]) -> Iterator[list[str]]:
    """Divide tests, in their order, into batches of about so many seconds; inside a batch those of a file stand together."""
    rest = list(tests)
    for limit in limits:
        batch: list[str] = []
        while rest and (not batch or sum(coverage.seconds[t] for t in batch) + coverage.seconds[rest[0]] <= limit):
            batch.append(rest.pop(0))
        if batch:
            order = {file: place for place, file in enumerate(dict.fromkeys(t.partition("::")[0] for t in batch))}
            yield sorted(batch, key=lambda test: order[test.partition("::")[0]])


def _import_libraries() -> None:
    """Import what is large and is not ours, once, for every child."""
    for name in LIBRARIES:
        import_module(name)
    import_module("torch").set_num_threads(1)


class _Chosen:
    """Keep the chosen tests, in their order, and tell the first that fails."""

    def __init__(self, tests: list[str], writer: int) -> None:
        self.place = {test: index for index, test in enumerate(tests)}
        self.writer = writer

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self) -> None:
        """Draw the suite's examples, but do not look for the smallest one that fails: that one fails is enough here."""
        from hypothesis import Phase, settings

        settings.register_profile("mutant", settings.default, phases=(Phase.explicit, Phase.generate))
        settings.load_profile("mutant")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted((i for i in items if i.nodeid in self.place), key=lambda i: self.place[i.nodeid])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            os.write(self.writer, f"{report.nodeid}\n".encode())

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            os.write(self.writer, f"import of {report.nodeid}\n".encode())


def _run_tests(folder: Path, tests: list[str], writer: int, keep_bytecode: bool) -> None:
    """Run tests in this process, which is a child, and leave it. An exit status of 0 says that all passed."""
    code = 1
    try:
        os.chdir(folder)
        sys.path[:] = [str(folder), *(p for p in sys.path if Path(p or ".").resolve() != ROOT)]
        for name in [n for n in sys.modules if n.partition(".")[0] in ("tests", "visualnet")]:
            del sys.modules[name]
        os.environ["PYTHONPATH"] = str(folder)
        sys.dont_write_bytecode = not keep_bytecode
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        files = [file for file, _ in groupby(tests, key=lambda test: test.partition("::")[0])]
        options = [
            "-x",
            "-q",
            "--tb=no",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:benchmark",
            "-p",
            "no:xdist",
            "--timeout=0",
        ]
        options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # the parent has imported the plugins
        code = pytest.main([*options, f"--rootdir={folder}", *dict.fromkeys(files)], plugins=[_Chosen(tests, writer)])
        code = 0 if code in (0, 5) else 1
    except BaseException as e:
        os.write(writer, f"{type(e).__name__}: {e}\n".encode())
    finally:
        os._exit(code)
