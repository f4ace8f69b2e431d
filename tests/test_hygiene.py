"""What must never be in the shipped source, held over every file."""

import ast
import builtins
import gc
import itertools
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from tests.generators import architecture_docs

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "visualnet"
SOURCES = sorted(PACKAGE.rglob("*.py"))
MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 60
MOST_FILES_IN_A_FOLDER = 12

UNSAFE_BUILTINS = {"eval", "exec", "compile", "__import__"}
UNSAFE_MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal", "joblib"}
UNSAFE_CALLS = {"torch.load", "yaml.load", "yaml.unsafe_load", "os.system", "os.popen", "torch.hub.load"}
QT = {"PySide6", "shiboken6", "pyqtgraph", "superqt", "qtpy", "PyQt5", "PyQt6"}


def name_of(node: ast.expr) -> str:
    """`torch.load` for that attribute; empty for what is no dotted name."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def imported_by(node: ast.AST) -> list[str]:
    """List the modules that an import statement names; none for a relative one."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def walk(tree: ast.AST) -> Iterable[ast.AST]:
    """All nodes of a tree; those below a whole file's are listed once, for all tests that look at it."""
    if not isinstance(tree, ast.Module):
        return ast.walk(tree)
    if not hasattr(tree, "all_nodes"):
        tree.all_nodes = list(ast.walk(tree))[1:]  # type: ignore[attr-defined]  # without itself: it must go when nobody holds it
    return tree.all_nodes  # type: ignore[attr-defined,no-any-return]


def unsafe(tree: ast.AST) -> Iterator[str]:
    """Yield `line: what` for each thing that could run a stranger's code or write where a stranger wishes."""
    for node in walk(tree):
        for module in imported_by(node):
            if module.split(".")[0] in UNSAFE_MODULES or module in UNSAFE_CALLS:
                yield f"{node.lineno}: imports {module}"
        if isinstance(node, ast.Attribute):
            if node.attr in {"extractall", "allow_pickle"} or name_of(node) in UNSAFE_CALLS:
                yield f"{node.lineno}: {name_of(node) or node.attr}"
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in UNSAFE_BUILTINS:
                yield f"{node.lineno}: {node.func.id}()"
            for keyword in node.keywords:
                if keyword.arg in {"shell", "allow_pickle"} and not is_false(keyword.value):
                    yield f"{node.lineno}: {keyword.arg}="


THE_ONE_PLACE = ("visualnet/compiling/custom_modules.py", "_run")
"""Where a person's own layers become code, once that person trusts their source on this machine. No other function may."""


WHERE_TORCH_LOADS = ("visualnet/training/transfer/weight_files.py", "_read_torch")
"""Where a file that torch.save wrote is opened, with `weights_only=True`. No other function may."""


def allowed(path: Path, tree: ast.AST) -> set[str]:
    """What the one place may do: one `exec` of one `compile`; and the other one: one `torch.load` of weights only."""
    if place(path) == WHERE_TORCH_LOADS[0]:
        (function,) = (n for n in walk(tree) if isinstance(n, ast.FunctionDef) and n.name == WHERE_TORCH_LOADS[1])
        (call,) = (n for n in ast.walk(function) if isinstance(n, ast.Call) and name_of(n.func) == "torch.load")
        (only,) = (k.value for k in call.keywords if k.arg == "weights_only")
        assert isinstance(only, ast.Constant) and only.value is True
        return set(unsafe(call))
    if place(path) != THE_ONE_PLACE[0]:
        return set()
    (function,) = (n for n in walk(tree) if isinstance(n, ast.FunctionDef) and n.name == THE_ONE_PLACE[1])
    found = sorted(unsafe(function))
    assert [f.partition(": ")[2] for f in found] == ["compile()", "exec()"], found
    return set(found)


def is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def parse_all(paths: Iterable[Path]) -> dict[Path, ast.AST]:
    """Their syntax trees. The collector would walk over millions of nodes again and again and find no garbage (6.4 s, not 1.9)."""
    gc.disable()
    try:
        return {path: ast.parse(path.read_text(encoding="utf-8"), str(path)) for path in paths}
    finally:
        gc.enable()


@pytest.fixture(scope="module")
def trees() -> dict[Path, ast.AST]:
    assert SOURCES, "no source found"
    return parse_all(SOURCES)


def test_no_source_runs_foreign_code_or_unpacks_blindly(trees: dict[Path, ast.AST]) -> None:
    faults = [
        (path, fault) for path, tree in trees.items() for fault in unsafe(tree) if fault not in allowed(path, tree)
    ]
    assert [f"{place(path)}:{fault}" for path, fault in faults] == []


def test_what_runs_a_persons_own_code_asks_for_trust_first() -> None:
    """`_run` has one caller, and that caller refuses before it calls."""
    tree = ast.parse((ROOT / THE_ONE_PLACE[0]).read_text(encoding="utf-8"))
    callers = [
        f
        for f in walk(tree)
        if isinstance(f, ast.FunctionDef)
        and any(isinstance(c, ast.Call) and name_of(c.func) == THE_ONE_PLACE[1] for c in ast.walk(f))
    ]
    assert [f.name for f in callers] == ["build"]
    first = callers[0].body[1]  # behind the docstring
    assert isinstance(first, ast.Expr) and isinstance(first.value, ast.Call)
    assert name_of(first.value.func) == "_refuse_strangers"
    others = [p for p in SOURCES if "custom_modules._run" in p.read_text(encoding="utf-8")]
    assert others == []


@pytest.mark.parametrize(
    "line",
    [
        "eval(x)",
        "exec(x)",
        "compile(x, '', 'exec')",
        "import pickle",
        "from pickle import loads",
        "from torch import load",
        "torch.load(x)",
        "read = torch.load",
        "yaml.load(x)",
        "os.system(x)",
        "subprocess.run(x, shell=True)",
        "archive.extractall(x)",
        "numpy.load(x, allow_pickle=True)",
        "numpy.load(x, allow_pickle=trusted)",
    ],
)
def test_the_walk_finds_each_unsafe_line(line: str) -> None:
    assert list(unsafe(ast.parse(line)))


@pytest.mark.parametrize(
    "line", ["re.compile(x)", "model.eval()", "numpy.load(x, allow_pickle=False)", "subprocess.run(x, shell=False)"]
)
def test_the_walk_lets_harmless_lines_pass(line: str) -> None:
    assert not list(unsafe(ast.parse(line)))


# --- figures in words ---------------------------------------------------------------------------------------------

FORMAT = "visualnet/core/text/format.py"
"""The one place where figures become words."""
UNIT = re.compile(r"^ ?(?:B|bytes|[kKMGTP]i?B|ns|µs|us|ms|s|min|h|%|per cent)(?![\w-])")
UNIT_ALONE = re.compile(r"^ ?(?:[kKMGTP]i?B|ns|µs|ms)$")


def figures_by_hand(tree: ast.AST) -> Iterator[str]:
    """Yield `line: what` for bytes, durations, shares, plurals and sentences that are put into words on the spot."""
    for node in walk(tree):
        if isinstance(node, ast.JoinedStr):
            for part, after in itertools.pairwise([*node.values, ast.Constant("")]):
                if not isinstance(part, ast.FormattedValue):
                    continue
                if part.format_spec is not None and ast.unparse(part.format_spec).rstrip("'\"").endswith("%"):
                    yield f"{node.lineno}: a share"
                if isinstance(after, ast.Constant) and UNIT.match(after.value):
                    yield f"{node.lineno}: a figure with its unit: {after.value.split()[0]}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and UNIT_ALONE.match(node.value):
            yield f"{node.lineno}: the unit {node.value}"
        elif isinstance(node, ast.Call) and name_of(node.func) == "divmod":
            if isinstance(node.args[-1], ast.Constant) and node.args[-1].value in {60, 1000, 1024, 3600}:
                yield f"{node.lineno}: divmod"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            first = isinstance(node.func.value, ast.Subscript) and ast.unparse(node.func.value.slice) in {":1", "0"}
            if node.func.attr == "capitalize" or (node.func.attr == "upper" and first):
                yield f"{node.lineno}: {node.func.attr}()"
        elif isinstance(node, ast.IfExp) and isinstance(node.test, ast.Compare):
            words = [
                w.value for w in (node.body, node.orelse) if isinstance(w, ast.Constant) and isinstance(w.value, str)
            ]
            one, many = sorted(words, key=len) if len(words) == 2 else ("", "-")
            if many in {one + "s", one + "es"}:
                yield f"{node.lineno}: a plural: {many}"
        elif (
            isinstance(node, ast.BinOp)
            and isinstance(node.op, ast.Mult)
            and "'s'" in map(ast.unparse, (node.left, node.right))
        ):
            yield f"{node.lineno}: a plural made by multiplication"


def test_figures_become_words_in_one_place(trees: dict[Path, ast.AST]) -> None:
    faults = [(path, fault) for path, tree in trees.items() if place(path) != FORMAT for fault in figures_by_hand(tree)]
    assert [f"{place(path)}:{fault}" for path, fault in faults] == []


@pytest.mark.parametrize(
    "line",
    [
        "f'{n / 1024:.1f} KiB'",
        "f'{n:,} bytes'",
        "f'{t:.1f} s left'",
        "f'{t:.0f} ms'",
        "f'{m} min'",
        "f'{100 * share:.1f} %'",
        "f'{share:.0%}'",
        "units = ('B', 'MiB')",
        "divmod(t, 60)",
        "words[:1].upper() + words[1:]",
        "words[0].upper()",
        "words.capitalize()",
        "'s' if n != 1 else ''",
        "'s' * (n != 1)",
        "'class' if n == 1 else 'classes'",
    ],
)
def test_the_walk_finds_each_figure_written_by_hand(line: str) -> None:
    assert list(figures_by_hand(ast.parse(line)))


@pytest.mark.parametrize(
    "line",
    ["f'{n:,} samples'", "f'{name} has {n} heads'", "f'{kind}-size'", "'dark' if n == 1 else 'light'", "w.upper()"],
)
def test_the_walk_lets_other_words_pass(line: str) -> None:
    assert not list(figures_by_hand(ast.parse(line)))


def test_only_the_app_knows_qt(trees: dict[Path, ast.AST]) -> None:
    faults = [
        f"{place(path)}:{node.lineno}: {module}"
        for path, tree in trees.items()
        if "app" not in path.relative_to(PACKAGE).parts[:1]
        for node in walk(tree)
        for module in imported_by(node)
        if module.split(".")[0] in QT
    ]
    assert faults == []


THREADS = {
    "visualnet/training/process/server.py": "windows that follow a run: no window is in its process",
    "visualnet/training/experiments/side_by_side/turns.py": "loops that stand still in turn: one thread computes at a time",
    "visualnet/api/training.py": "a training that is iterated over: there is no window",
    "visualnet/app/services/background_task.py": "the one for all work of the window, training too",
    "visualnet/app/features/lazy_page.py": "waited for at once: an import that shall have no call of the window above it",
    "visualnet/core/process/autosave.py": "below Qt",
    "visualnet/core/process/parent_process.py": "waits for a pipe to close, in processes that are no window",
}
"""Who starts threads, and why it is no `BackgroundTask`."""


def test_only_a_few_start_threads(trees: dict[Path, ast.AST]) -> None:
    found = {
        place(path)
        for path, tree in trees.items()
        for node in walk(tree)
        if isinstance(node, ast.Call) and name_of(node.func).rpartition(".")[2] in {"Thread", "QThread", "QThreadPool"}
    }
    assert found == THREADS.keys()


# --- files ----------------------------------------------------------------------------------------------------------

THE_ONLY_OPENER = "visualnet/core/storage/regular_files.py"
LOCKED_ASIDE = "visualnet/core/storage/temporaries.py"
"""Opens folders, to lock them; its files it opens through the other."""
OPENS = {"read_text", "read_bytes", "write_text", "write_bytes", "mkstemp", "NamedTemporaryFile", "TemporaryFile"}
OPENS_BY_NAME = {"os.open", "os.fdopen", "io.open", "codecs.open", "gzip.open", "np.load", "numpy.load"}
MODE = re.compile(r"[rwaxbt+U]{1,4}")


def openings(tree: ast.AST) -> Iterator[str]:
    """Yield `line: what` for each call that opens a file by itself: a pipe or a device in its place would hang or flood the program."""
    for node in walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = name_of(node.func)
        words = [a.value for a in (*node.args, *(k.value for k in node.keywords)) if isinstance(a, ast.Constant)]
        if name in {"read_text", "read_regular"}:
            continue  # ours
        if name == "os.open" and ast.unparse(node.args[0]) == "os.devnull":
            continue
        if name in OPENS_BY_NAME or name == "open":
            yield f"{node.lineno}: {name}()"
        elif isinstance(node.func, ast.Attribute):
            moded = any(isinstance(w, str) and MODE.fullmatch(w) for w in words)
            if node.func.attr in OPENS or (node.func.attr == "open" and moded):
                yield f"{node.lineno}: .{node.func.attr}()"
            elif (node.func.attr == "ZipFile" or name == "Image.open") and not (
                node.args and ast.unparse(node.args[0]) == "file"
            ):
                yield f"{node.lineno}: {ast.unparse(node)}"


def test_files_are_opened_in_one_place_that_takes_only_regular_ones(trees: dict[Path, ast.AST]) -> None:
    faults = [
        f"{place(path)}:{fault}"
        for path, tree in trees.items()
        if place(path) not in (THE_ONLY_OPENER, LOCKED_ASIDE)
        for fault in openings(tree)
    ]
    assert faults == []
    own = [fault.partition(": ")[2] for fault in openings(trees[ROOT / LOCKED_ASIDE])]
    assert own == ["os.open()"], "of a folder"


@pytest.mark.parametrize(
    "line",
    [
        "open(path)",
        "os.open(path, os.O_RDONLY)",
        "path.open('rb')",
        "path.open(mode='w')",
        "path.read_text()",
        "path.read_bytes()",
        "path.write_text(x)",
        "tempfile.mkstemp()",
        "zipfile.ZipFile(path)",
        "np.load(path)",
        "Image.open(path)",
    ],
)
def test_the_walk_finds_each_opening(line: str) -> None:
    assert list(openings(ast.parse(line)))


@pytest.mark.parametrize(
    "line",
    [
        "popup.open(point, True)",
        "read_text(path)",
        "open_regular(path, 'ab')",
        "zipfile.ZipFile(file)",
        "Image.open(file)",
    ],
)
def test_the_walk_lets_our_own_openings_pass(line: str) -> None:
    assert not list(openings(ast.parse(line)))


def test_no_file_is_too_long_to_read() -> None:
    lengths = {place(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_no_function_is_too_long_to_read(trees: dict[Path, ast.AST]) -> None:
    lengths = {
        f"{place(path)}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path, tree in trees.items()
        for node in walk(tree)
        if isinstance(node, ast.FunctionDef)
    }
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES_OF_A_FUNCTION} == {}


def test_no_folder_has_more_than_a_dozen_files() -> None:
    """Beside its `__init__.py`: what has more is grouped into folders that say what is in them."""
    counts = Counter(path.parent for path in SOURCES if path.name != "__init__.py")
    many = {str(folder.relative_to(ROOT)): n for folder, n in counts.items() if n > MOST_FILES_IN_A_FOLDER}
    assert many == {}


# --- start-up -------------------------------------------------------------------------------------------------------

STARTUP = ("", ".core", ".layers", ".analysis", ".cli.main", ".data", ".app.shell.window")


def modules_after(module: str) -> set[str]:
    """Import a module in a fresh Python and tell all that came with it."""
    code = f"import sys, {module}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return set(run.stdout.split())


def exists(module: str) -> bool:
    path = ROOT / module.replace(".", "/")
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


@pytest.mark.parametrize("name", STARTUP)
def test_start_up_imports_no_torch(name: str) -> None:
    module = "visualnet" + name
    if not exists(module):
        pytest.skip(f"{module} is not there")
    loaded = modules_after(module)
    assert "torch" not in loaded
    if name != ".app.shell.window":
        assert not QT & loaded


# --- what a public repository must not tell -------------------------------------------------------------------------

# Written in pieces, or this file would be found guilty.
PRIVATE = re.compile(
    r"(?<![\w.\-])/(?:ro" + r"ot|wo" + r"rk/(?:main|shared)|ho" + r"me/\w+|Us" + r"ers/\w+)/"
    r"|[A-Z]:\\+Us" + r"ers\\"
    r"|py"
    + r"pi\.org|python"
    + r"hosted\.org|download\.py"
    + r"torch\.org|registry\.n"
    + r"pmjs|deb\.deb"
    + r"ian\.org"
)

WORDS = (
    "ro" + "ot/",
    "wo" + "rk/",
    "ho" + "me/",
    "Us" + "ers",
    "py" + "pi",
    "hos" + "ted",
    "py" + "torch",
    "n" + "pmjs",
    "deb" + "ian",
)
"""One of these is in all that `PRIVATE` finds, and they are found much faster."""


def tracked_files() -> list[Path]:
    try:
        run = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("git is not there")
    if run.returncode or not run.stdout:
        pytest.skip("this is not a checkout")
    return [path for name in run.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def test_no_tracked_file_names_a_private_folder_or_a_registry() -> None:
    faults = []
    for path in tracked_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture or an array
        lines = text.splitlines() if any(word in text for word in WORDS) and PRIVATE.search(text) else []
        faults += [f"{place(path)}:{n}: {m[0]}" for n, line in enumerate(lines, 1) if (m := PRIVATE.search(line))]
    assert faults == []


# --- a trap below us ------------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal here: it cannot be lost")
def test_qt_keeps_its_references_to_none() -> None:
    """PySide6 6.12.0 on Python 3.11 loses one in each void call and aborts the process when none is left."""
    from PySide6.QtCore import QEvent, QObject

    class Listener(QObject):
        def customEvent(self, event: QEvent) -> None:
            self.heard = True

    listener = Listener()
    event = QEvent(QEvent.Type.User)
    before = sys.getrefcount(None)
    for _ in range(2_000):
        listener.setObjectName("probe")
        listener.event(event)  # C++ calls back into customEvent
    assert listener.heard
    assert sys.getrefcount(None) - before > -1_000


# --- tests hold at any load -----------------------------------------------------------------------------------------

LEAST_PATIENCE = {"timeout": 10, "timeout_s": 10, "seconds": 10}
USUAL_LIMIT_S = 180
"""That of a test (pyproject.toml). A mark may lengthen it; a shorter one fails on a busy machine, and a hang is found by this one too."""
PATIENT_S = 60
"""The least for a limit that stands in its place: ``event.wait(60)``."""
POLLS_S = 0.05
"""Up to so many seconds somebody asks again soon, which is how a state is waited for."""
CLOCKS = {
    *("time.perf_counter", "time.monotonic", "perf_counter", "monotonic"),
    *("time.thread_time", "time.process_time", "thread_time", "process_time"),
}
WAITING = {
    "tests/flows/monkey/gestures.py",
    "tests/waiting.py",
    "tests/conftest.py",
    "tests/pictures/photographer.py",
    "tests/pictures/window_states.py",
}
"""Where waiting is made, and what draws pictures for people to look at."""
TESTS = [
    path
    for path in sorted((ROOT / "tests").rglob("*.py"))
    if place(path) not in WAITING and "benchmarks" not in path.parts
]


def waits_for_time(tree: ast.AST) -> Iterator[str]:
    """Yield `line: what` where a test waits for a time instead of a state, has little patience, or asserts what a clock shows."""
    clocks = _asks_clock(tree)
    for node in walk(tree):
        if isinstance(node, ast.Constant) and (program := _program(node.value)) is not None:
            yield from (f"{node.lineno}, in the program: {fault}" for fault in waits_for_time(program))
        if isinstance(node, ast.Call):
            called = name_of(node.func)
            yield from _short_limits(node)
            if called in {"time.sleep", "sleep", "qtbot.wait", "QTest.qWait", "QThread.msleep"}:
                yield f"{node.lineno}: {called}()"
            unit = 1000 if called.startswith("qtbot.") else 1
            for given in node.args[1:] if called.rpartition(".")[2] == "until" else ():
                if isinstance(given, ast.Constant) and isinstance(given.value, int | float) and given.value < 10:
                    yield f"{node.lineno}: {called}(…, {given.value})"
            for keyword in node.keywords:
                if called.rpartition(".")[2].startswith(("wait", "until", "run")) and isinstance(
                    keyword.value, ast.Constant
                ):
                    least = LEAST_PATIENCE.get(keyword.arg or "", 0) * unit
                    if isinstance(keyword.value.value, int | float) and keyword.value.value < least:
                        yield f"{node.lineno}: {called}({keyword.arg}={keyword.value.value})"
        if clocks and isinstance(node, ast.FunctionDef) and _asks_clock(node):
            timed = {
                target.id
                for assigned in ast.walk(node)
                if isinstance(assigned, ast.Assign) and _asks_clock(assigned.value)
                for target in assigned.targets
                if isinstance(target, ast.Name)
            }
            for claim in ast.walk(node):
                if isinstance(claim, ast.Assert) and (_asks_clock(claim.test) or _names(claim.test) & timed):
                    yield f"{claim.lineno}: asserts a time"


def _short_limits(call: ast.Call) -> Iterator[str]:
    """Yield `line: what` where a limit or a delay that stands in its place is too short for a busy machine."""
    first = call.args[0] if call.args else None
    if not isinstance(call.func, ast.Attribute) or not isinstance(first, ast.Constant):
        return
    verb, given = call.func.attr, first.value
    if isinstance(given, bool) or not isinstance(given, int | float):
        return
    if (
        (verb == "timeout" and ast.unparse(call.func.value).endswith("mark") and given < USUAL_LIMIT_S)
        or (verb == "singleShot" and given > POLLS_S * 1000)
        or (verb in {"wait", "join", "result"} and POLLS_S < given < PATIENT_S)
    ):
        yield f"{call.lineno}: {verb}({given})"


def _program(text: object) -> ast.Module | None:
    """The program for another process that a string holds; None if it holds none."""
    if not isinstance(text, str) or not re.search(r"\n\s*(import|from) \w", text):
        return None
    try:
        return ast.parse(dedent(text))
    except (SyntaxError, ValueError):  # a null byte is the one or the other, by the version of Python
        return None


def _asks_clock(node: ast.AST) -> bool:
    return any(isinstance(call, ast.Call) and name_of(call.func) in CLOCKS for call in walk(node))


def _names(node: ast.AST) -> set[str]:
    return {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}


def test_no_test_waits_for_a_time_or_asserts_one() -> None:
    faults = [(path, fault) for path, tree in parse_all(TESTS).items() for fault in waits_for_time(tree)]
    assert [f"{place(path)}:{fault}" for path, fault in faults] == []


@pytest.mark.parametrize(
    "line",
    [
        "time.sleep(0.1)",
        "qtbot.wait(20)",
        "QTest.qWait(20)",
        "qtbot.waitUntil(f, timeout=3000)",
        "hands.until(f, seconds=5)",
        "hands.until(f, 'the words', 5)",
        "subprocess.run(c, timeout=5)",
        "pytestmark = pytest.mark.timeout(20)",
        "QTimer.singleShot(700, f)",
        "assert gate.wait(20)",
        "thread.join(5)",
        "future.result(2.5)",
        "PROGRAM = '\\nimport sys\\ntime.sleep(1)'",
        "def test():\n    begin = time.perf_counter()\n    assert time.perf_counter() - begin < 2",
        "def test():\n    spent = time.monotonic() - begin\n    assert spent < 2",
        "def test():\n    spent = time.thread_time() - begin\n    assert spent < 2",
    ],
)
def test_the_walk_finds_each_wait_for_a_time(line: str) -> None:
    assert list(waits_for_time(ast.parse(line)))


@pytest.mark.parametrize(
    "line",
    [
        "until(f)",
        "qtbot.waitUntil(f)",
        "subprocess.run(c, timeout=60)",
        "pytestmark = pytest.mark.timeout(600)",
        "QTimer.singleShot(20, look)",
        "gate.wait(60)",
        "while not over.wait(0.02): pass",
        "thread.join()",
    ],
)
def test_the_walk_lets_waits_for_a_state_pass(line: str) -> None:
    assert not list(waits_for_time(ast.parse(line)))


# --- docs -----------------------------------------------------------------------------------------------------------


def test_the_map_of_the_code_is_true() -> None:
    """After a change of the import contracts or of a folder's docstring: ``python -m tests.generators.architecture_docs``."""
    assert architecture_docs.page() == architecture_docs.PAGE.read_text(encoding="utf-8")


FOLDERS = (
    "api|app|core|layers|analysis|compiling|data|figures|templates|training|cli|tests|packaging|resources|visualnet"
)
NAMED = (
    ("paths", rf"`((?:{FOLDERS})(?:/[\w/]*)?(?:\.pyi?)?)`"),
    ("files", r"`(\w+\.(?:pyi?|toml|txt|json))`"),
    ("classes", r"`([A-Z]\w*[a-z]\w*)(?:[.(][^`]*)?`"),
)
"""What the map may name in code style, each with the pattern that finds it."""


def named_in_vain(text: str) -> list[str]:
    """The paths, bare file names and classes of a text that are nowhere."""
    files = {path.name for folder in (PACKAGE, ROOT / "tests", ROOT / "packaging") for path in folder.rglob("*.*")}
    files |= {path.name for path in ROOT.iterdir()}
    classes = {
        name for source in SOURCES for name in re.findall(r"(?m)^class (\w+)", source.read_text(encoding="utf-8"))
    }
    there = {
        "paths": lambda name: (PACKAGE / name).exists() or (ROOT / name).exists(),
        "files": files.__contains__,
        "classes": lambda name: name in classes or hasattr(builtins, name),
    }
    return [name for sort, pattern in NAMED for name in re.findall(pattern, text) if not there[sort](name)]


def test_every_path_file_and_class_that_the_map_names_is_there() -> None:
    text = architecture_docs.PAGE.read_text(encoding="utf-8")
    assert all(len(re.findall(pattern, text)) > 3 for _, pattern in NAMED)
    assert named_in_vain(text) == []
    wrong = ("core/gone", "training/gone.py", "look_history.py", "StepDone")
    assert named_in_vain(" ".join(f"`{name}`" for name in wrong)) == list(wrong), "the walk sees each kind"


def test_what_does_the_job_of_what_was_removed_is_there() -> None:
    text = (ROOT / "docs" / "removed.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|") and "---" not in line]
    assert len(rows) > 15 and all(len(row) == 3 and all(row) for row in rows)
    assert text.count("\n") <= 60, "a page, not a chronicle"
    assert named_in_vain(" ".join(now for _, _, now in rows)) == []
