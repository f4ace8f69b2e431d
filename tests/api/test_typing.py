"""What type checkers, editors and notebooks know of the Python interface: written from the declarations, and true."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import visualnet as vn
from visualnet.api import layer_methods, notebook
from visualnet.api.publish import method_stubs
from visualnet.core.project import Project
from visualnet.layers import LAYERS
from visualnet.layers.recipe.setting_values import FIELDS
from visualnet.training import events
from visualnet.training.recipe.settings import known_options

ROOT = Path(vn.__path__[0]).parent
GOOD = """
import visualnet as vn

net = vn.Graph("LeNet")
image = net.input(1, 28, 28)
x = net.conv2d(image, 6, kernel_size=5, padding=2, name="conv1")
x = net.max_pool2d(net.relu(x), 2)
x = net.conv2d(x, out_channels="2*8", kernel_size=(3, 5))
x = net.reshape(x, -1, 16)
x, again = net.gru(x, 64, packed=True, lengths=net.sequence_lengths(net.input(5, field="text", dtype="int"))), net["conv1"]
x = net.concatenate(x, x, x, dim=1) + x
seen = net.multihead_attention(x, x, x, num_heads=4)["weights"]
net.cross_entropy(net.linear(x, 10), net.target("label"), label_smoothing=0.1)
net.set(data="digits", epochs=3, clip_norm=None)
for event in vn.train(net, epochs=1, lr=0.05, optimizer="SGD", serve=False):
    if isinstance(event, vn.EpochDone):
        print(event.epoch, event.validation)
errors: tuple[type[Exception], ...] = (vn.LayerError, vn.GraphError, vn.FileError, vn.TrainingError, vn.NoTorch)
"""
WRONG = (
    ("net.conv2d(x, 6, kernl_size=5)", "kernl_size"),
    ('net.conv2d(x, 6, padding_mode="mirror")', "padding_mode"),
    ("net.conv5d(x, 6)", "conv5d"),
    ('net.dropout(x, p="half", inplace=True)', "inplace"),
    ("net.conv2d(6)", "incompatible type"),
    ("vn.train(net, epoch=1)", "epoch"),
    ('net.set(batch_size="many")', "batch_size"),
)


def test_what_is_written_is_what_is_declared() -> None:
    for name, content in method_stubs.files().items():
        written = (ROOT / "visualnet" / "api" / name).read_text(encoding="utf-8")
        assert written == content, "run: python -m visualnet.api.publish.method_stubs"
    assert (ROOT / "visualnet" / "py.typed").is_file(), "without it no type is read by anybody"


def test_every_layer_has_its_parameters_in_its_signatures() -> None:
    tree = ast.parse(method_stubs.method_stubs())
    (methods,) = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    told: dict[str, list[ast.FunctionDef]] = {}
    for node in methods.body:
        if isinstance(node, ast.FunctionDef):
            told.setdefault(node.name, []).append(node)
    assert set(told) == {*LAYERS, "apply"}
    for tag, kind in LAYERS.items():
        assert (ast.get_docstring(told[tag][0]) or "").startswith(kind.summary()), tag
        for each in told[tag]:
            args = [*each.args.posonlyargs, *each.args.args, *each.args.kwonlyargs]
            names = [a.arg for a in (*args, *([each.args.vararg] if each.args.vararg else []))]
            assert len(set(names)) == len(names), tag
            assert set(kind.params) <= set(names), tag
            assert {name for name, port in kind().inputs().items()} <= set(names) or "values" in names or kind.role, tag


def test_the_settings_of_a_recipe_are_all_there() -> None:
    from visualnet.api.recipe_settings import RecipeSettings

    assert set(RecipeSettings.__annotations__) == FIELDS | set(known_options()) | {"options", "learners"}


def test_a_method_says_what_it_does_where_no_stub_is_read() -> None:
    net = vn.Graph()
    assert inspect.getdoc(net.conv2d).startswith(LAYERS["conv2d"].summary())  # type: ignore[union-attr]
    assert net.conv2d.__name__ == "conv2d" and {"conv2d", "gru", "check"} <= set(dir(net))
    with pytest.raises(AttributeError, match="did you mean conv2d"):
        net.conv2(net.input(1, 8, 8))  # type: ignore[attr-defined]
    with pytest.raises(NotImplementedError):
        layer_methods.LayerMethods().apply("relu")


def test_errors_and_events_are_names_of_the_package() -> None:
    net = vn.Graph()
    flat = net.linear(net.input(4), 3)
    with pytest.raises(vn.LayerError, match="wants 3 axes"):
        net.conv2d(flat, 6)
    open_end = vn.Graph()
    open_end.output(open_end.relu())  # type: ignore[call-overload,call-arg]
    with pytest.raises(vn.GraphError):
        vn.compile(open_end.project)
    assert not issubclass(vn.LayerError, vn.GraphError) and not issubclass(vn.GraphError, vn.LayerError)
    declared = {n for n, kind in vars(events).items() if isinstance(kind, type) and issubclass(kind, events.Event)}
    assert {n for n in declared if n != "Event"} == set(vn.EVENTS)
    assert all(getattr(vn, name) is getattr(events, name) for name in vn.EVENTS)
    assert set(vn.EVENTS) <= set(vn.__all__) and all(hasattr(vn, name) for name in vn.__all__)


def test_a_notebook_shows_a_project_as_a_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a shell such as IPython's, that asks by the name of a value's class."""
    shown: dict[tuple[str, str], Any] = {}

    class Formatter:
        def for_type_by_name(self, module: str, name: str, show: Any) -> None:
            shown[module, name] = show

    class Shell:
        def __init__(self) -> None:
            self.display_formatter = self
            self.formatters = {"image/svg+xml": Formatter()}

    notebook.register(Shell())
    ((of, show),) = shown.items()
    assert of == (Project.__module__, Project.__qualname__), "IPython looks for the class under this name"
    net = vn.Graph("small")
    net.output(net.linear(net.input(3), 2, name="scores"))
    picture = show(net.project)
    assert picture.lstrip().startswith("<?xml") and "</svg>" in picture and "scores" in picture
    # As it is found when the package is imported within a notebook.
    shown.clear()
    shell = Shell()
    monkeypatch.setitem(sys.modules, "IPython", type("IPython", (), {"get_ipython": staticmethod(lambda: shell)}))
    vn._show_in_notebook()
    assert list(shown) == [of]


@pytest.mark.wide
def test_a_type_checker_takes_what_is_right_and_refuses_what_is_wrong(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    lines = GOOD.splitlines()
    first = len(lines) + 1
    program.write_text("\n".join([*lines, *(line for line, _ in WRONG), ""]), encoding="utf-8")
    found = subprocess.run(
        [sys.executable, "-m", "mypy", "--no-error-summary", "--hide-error-context", str(program)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    errors: dict[int, str] = {}
    for line in found.stdout.splitlines():
        _, _, rest = line.partition("program.py:")
        number, _, words = rest.partition(":")
        if number.isdigit():
            errors[int(number)] = errors.get(int(number), "") + words
    assert found.stdout and not found.stderr, found.stderr
    assert {number: words for number, words in errors.items() if number < first} == {}, "the right part is refused"
    for at, (line, word) in enumerate(WRONG):
        assert word in errors.get(first + at, ""), f"{line} is taken, or for another reason refused: {errors}"
