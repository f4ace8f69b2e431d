"""Custom layers: text until trusted, then a module like any other. Nothing of a stranger's source ever runs, is compiled or imported."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.graphs import graph
from visualnet.analysis import infer
from visualnet.analysis.repair import search
from visualnet.compiling import custom_modules
from visualnet.compiling.module import compile_project
from visualnet.compiling.plan import GraphError
from visualnet.compiling.source_code.source import model_source
from visualnet.core import edits
from visualnet.core.edits import block_parameters
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.core.user import trusted_code

HALF = '''class Half(nn.Module):
    """Every second row and column, times a number that is learned."""

    def __init__(self, channels, step=2):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(channels))
        self.step = step

    def forward(self, x):
        return x[:, :, :: self.step, :: self.step] * self.scale[:, None, None]
'''
SIZES = "x: C H W -> y: C (H+1)//2 (W+1)//2"
TELLS = {
    "source": HALF,
    "sizes": "image: C H W -> half: C (H+1)//2 (W+1)//2",
    "arguments": "C, step=2",
    "tensors": "scale: C",
    "mac_count": "0",
}


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUALNET_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(trusted_code, "_for_now", set())


def project(**params: Any) -> Project:
    nodes = [
        ("image", "input", {"size": (3, 9, 8)}),
        ("mine", "python", {**TELLS, **params}),
        ("flat", "flatten", {}),
        ("dense", "linear", {"out_features": 4}),
        ("label", "target", {"size": (), "dtype": "int"}),
        ("loss", "cross_entropy", {}),
        ("out", "output", {}),
    ]
    wires = ["image.x -> mine.image", "mine.half -> flat.x", "flat.y -> dense.x", "dense.y -> loss.logits"]
    return Project(graph=graph(nodes, [*wires, "label.y -> loss.target", "dense.y -> out.x"]))


def wired() -> Project:
    """The project with the port names that its ends really have."""
    made = project()
    assert not [p for p in infer(made).problems if p.code in ("no-port", "unconnected")], infer(made).problems
    return made


def test_shapes_show_by_the_rule_but_nothing_compiles_until_it_is_trusted() -> None:
    made = wired()
    analysis = infer(made)
    mine = analysis.main["n2"]
    assert mine.leaving["half"].shape == (3, 5, 4) and mine.parameters == 3
    assert [(p.code, p.node, p.at) for p in analysis.errors()] == [("untrusted", "n2", "source")]
    assert "formula" not in mine.leaving["half"].text and mine.leaving["half"].shape[1].filled  # type: ignore[attr-defined]
    for refuses in (compile_project, model_source):
        with pytest.raises(GraphError, match="mine: it holds Python code"):
            refuses(made)
    trusted_code.trust(HALF)
    model = compile_project(made, seed=0)
    x = torch.rand(2, 3, 9, 8)
    view = model.view([(("n2",), "half")])
    torch.testing.assert_close(view(x)[0], x[:, :, ::2, ::2])
    assert "mine.scale" in model.net.state_dict()


def test_the_printed_file_holds_the_class_and_gives_the_same_bits() -> None:
    trusted_code.trust("from __future__ import annotations\n\n" + HALF)
    made = edits.set_params(wired(), "", ["n2"], {"source": "from __future__ import annotations\n\n" + HALF})
    model, text = compile_project(made, seed=0), model_source(made)
    assert HALF.strip() in text and text.count("from __future__") == 1
    there: dict[str, Any] = {"__name__": "printed"}
    exec(compile(text, "model.py", "exec"), there)
    printed = next(
        c for n, c in there.items() if isinstance(c, type) and n not in ("Half",) and c.__module__ == "printed"
    )()
    printed.load_state_dict(model.net.state_dict())
    x = torch.rand(2, 3, 9, 8)
    assert torch.equal(printed(x), model.net(x))


def test_what_is_only_looked_at_leaves_the_generator_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A training that runs in another thread draws from it: to put it back would repeat what was drawn meanwhile."""
    monkeypatch.setattr(torch, "set_rng_state", lambda state: pytest.fail("the generator was put back"))
    trusted_code.trust(HALF)
    assert compile_project(wired(), device="meta").net.state_dict() is not None


def test_another_text_is_another_matter() -> None:
    trusted_code.trust(HALF)
    assert not infer(wired()).errors()
    changed = edits.set_params(wired(), "", ["n2"], {"source": HALF + "\n# more\n"})
    assert [p.code for p in infer(changed).errors()] == ["untrusted"]
    # … also where the unchanged rest is known already.
    assert [p.code for p in infer(changed, infer(wired())).errors()] == ["untrusted"]
    trusted_code.distrust(HALF)
    assert [p.code for p in infer(wired()).errors()] == ["untrusted"]


def test_trust_is_kept_in_the_persons_folder_and_nowhere_else(tmp_path: Path) -> None:
    before = project_file.dumps(wired())
    trusted_code.trust(HALF)
    assert project_file.dumps(wired()) == before and b"trust" not in before
    (kept,) = (tmp_path / "home").iterdir()
    assert json.loads(kept.read_bytes()) == [trusted_code.fingerprint(HALF)]
    for broken in (b"", b"{}", b"[1]", b'["' + b"0" * 63 + b'"]', b"[" * 100_000):
        kept.write_bytes(broken)
        assert not trusted_code.is_trusted(HALF)
    trusted_code.trust_for_now(HALF)
    assert trusted_code.is_trusted(HALF) and kept.read_bytes() == b"[" * 100_000


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="file modes say nothing here")
def test_what_somebody_else_can_have_written_trusts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusted_code.trust(HALF)
    (kept,) = (tmp_path / "home").iterdir()
    assert not kept.stat().st_mode & 0o002 and trusted_code.is_trusted(HALF)
    kept.chmod(0o666)
    assert not trusted_code.is_trusted(HALF)
    trusted_code.trust("another text")  # takes nothing over from it, and closes it
    assert kept.stat().st_mode & 0o777 == 0o600 and not trusted_code.is_trusted(HALF)
    trusted_code.trust(HALF)
    kept.chmod(0o644)
    assert trusted_code.is_trusted(HALF)
    monkeypatch.setattr(os, "getuid", lambda: kept.stat().st_uid + 1)
    assert not trusted_code.is_trusted(HALF)


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"source": "class Half(nn.Module):\n    def __init__(self, *a, **k): 1 / 0\n"}, r"ZeroDivisionError.*line 2"),
        ({"source": "class Half(nn.Module:\n"}, "SyntaxError"),
        ({"source": "class Half:\n    def __init__(self, *a, **k): pass\n"}, "no nn.Module"),
        ({"tensors": ""}, "it has “scale: 3”"),
        ({"sizes": "image: C H W -> half: C H W"}, r"\(2, 3, 5, 4\) at “half”; \(2, 3, 9, 8\)"),
        ({"source": HALF.replace("x[", "y[")}, r"its forward fails: NameError.*line 10"),
        ({"source": HALF.replace("return x", "raise SystemExit; return x")}, "SystemExit"),
    ],
)
def test_what_does_not_keep_its_word_is_named(params: dict[str, Any], words: str) -> None:
    made = project(**params)
    trusted_code.trust(made.graph.nodes["n2"].params["source"])  # type: ignore[arg-type]
    with pytest.raises(GraphError, match=words):
        compile_project(made)


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"sizes": "C H W"}, "an arrow"),
        ({"sizes": "C H W -> C K"}, "“K”"),
        ({"sizes": "C -> __import__('os')"}, "means nothing"),
        ({"sizes": "image: C H W -> half: C 2**64**9 W"}, "exponent"),
        ({"sizes": "x: C, x: D -> y: C"}, "one name"),
        ({"arguments": "channels=open"}, "not known"),
        ({"arguments": "a=1, 2"}, "no name"),
        ({"tensors": "weight: C @int"}, "buffer"),
        ({"source": "print('hello')"}, "no class"),
        ({"source": "class A(nn.Module):\n" + "#" * 65_536}, "65,536"),
        ({"source": "class A(nn.Module):\n    x = '\u202e'\n"}, "hidden"),
        ({"source": "class A(nn.Module):\n    x = y\u3164\n"}, "line 2 holds U+3164"),
        ({"source": "class A(nn.Module):\n    x = y\ufe0f\n"}, "line 2 holds U+FE0F"),
        ({"source": "# safe \ufdd0\nclass A(nn.Module): pass"}, "line 1 holds U+FDD0"),
        ({"source": "class A(nn.Module):\u00a0pass"}, "line 1 holds U+00A0"),
        ({"source": 3}, "a text"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(params: dict[str, Any], words: str) -> None:
    problems = [p.words for p in infer(project(**params)).problems if p.node == "n2"]
    assert any(words in p for p in problems), problems


def test_letters_and_signs_that_can_be_seen_are_allowed() -> None:
    source = HALF + "# größer 层 é e\u0301 ⚠\ufe0f ❤\ufe0f 😀\n"
    trusted_code.trust(source)
    assert not infer(project(source=source)).errors()


def test_no_repair_touches_the_code_or_trusts_it() -> None:
    made = wired()
    analysis = infer(made)
    for problem in analysis.problems:
        for repair in search.repairs(made, problem, analysis):
            after = repair.edit(made).graph.nodes.get("n2")
            assert after is None or after.params["source"] == HALF, repair.words
    assert not trusted_code.is_trusted(HALF)


def test_its_lines_know_constants_and_a_blocks_parameters() -> None:
    """By its numbers, which are expressions like all others: renamed with what they name, computed anew with it."""
    wide = """class Wide(nn.Module):
    def __init__(self, channels, width, step):
        super().__init__()
        self.mix, self.step = nn.Conv2d(channels, width, 1, bias=False), step
    def forward(self, x):
        return self.mix(x)[:, :, ::self.step]
"""
    tells: dict[str, Any] = {
        "source": wide,
        "sizes": "image: C H W -> half: p1 (H+p2-1)//p2 W",
        "arguments": "C, p1, step=p2",
        "tensors": "mix.weight: p1 C 1 1",
        "mac_count": "p1*C*H*W",
        "numbers": ("2*width", 3),
    }
    made = edits.set_constants(project(**tells), {"width": 4})
    trusted_code.trust(wide)
    mine = infer(made).main["n2"]
    assert (mine.leaving["half"].shape, mine.parameters, mine.macs) == ((8, 3, 8), 24, 8 * 3 * 9 * 8)
    assert compile_project(made).net(torch.rand(2, 3, 9, 8)).shape == (2, 4)
    made = block_parameters.rename_number(made, "", "width", "broad")
    made = edits.set_constants(made, {"broad": 5})
    assert infer(made).main["n2"].leaving["half"].shape == (10, 3, 8)
    short = edits.set_params(made, "", ["n2"], {"numbers": (8,), "arguments": "C, p1, step=3"})
    assert any("“p2”" in p.words and "numbers" in p.words for p in infer(short).errors()), infer(short).errors()


def test_two_of_one_name_cannot_stand_in_one_file() -> None:
    other = HALF.replace("learned", "learnt")
    for source in (HALF, other):
        trusted_code.trust(source)
    made = wired()
    made = edits.add_node(made, "", "python", id="n8", name="second", params={**TELLS, "source": other, "sizes": SIZES})
    made = edits.insert_on_wire(made, "", "n8", next(t for t in made.graph.wires if t.node == "n3"))
    assert compile_project(made).net(torch.rand(2, 3, 9, 8)).shape == (2, 4)
    with pytest.raises(GraphError, match="define “Half”"):
        model_source(made)


SQUARE = "class Square(nn.Module):\n    def forward(self, x):\n        return x * x\n"


@pytest.mark.parametrize(
    ("first", "second", "name"),
    [
        ("STEP: int = 1\n", "STEP: int = 2\n", "STEP"),
        ("A, B = 1, 2\n", "B = 3\n", "B"),
        ("import math as m\n", "import cmath as m\n", "m"),
        ("", "def nn(): pass\n", "nn"),
        ("", "from math import floor as F\n", "F"),
        ("async def go(): pass\n", "go = 1\n", "go"),
        ("import math\nimport os.path\nfrom torch import nn\n", "import math\nimport os\nimport torch.nn as nn\n", ""),
        ("x = 1\n", "def f():\n    x = 2\n", ""),
    ],
)
def test_names_of_two_sources_never_mix_in_one_file(first: str, second: str, name: str) -> None:
    sources = [first + HALF, second + SQUARE]
    if name:
        with pytest.raises(GraphError, match=f"“{name}”"):
            custom_modules.names(sources, [])
    else:
        assert {"Half", "Square"} <= custom_modules.names(sources, [])


@pytest.mark.parametrize(
    ("source", "futures", "body"),
    [
        ("from __future__ import annotations\n\nclass A: pass\n", ["annotations"], "class A: pass"),
        (
            "from __future__ import (\n    annotations,\n)  # coding: utf-7\nclass A: pass",
            ["annotations"],
            "class A: pass",
        ),
        ("'é'; from __future__ import annotations; x = 1", ["annotations"], "'é'; pass; x = 1"),
        (
            'class A:\n    s = """\nfrom __future__ import annotations; print(1)\n"""',
            [],
            'class A:\n    s = """\nfrom __future__ import annotations; print(1)\n"""',
        ),
    ],
)
def test_only_true_imports_from_the_future_move_to_the_top(source: str, futures: list[str], body: str) -> None:
    """What stands in a text stays there: moved, it would be code that nobody read as such."""
    assert custom_modules.source_lines([source]) == ([f"from __future__ import {name}" for name in futures], [body])


HOOK = """
import sys
files_opened = []
def hook(event, args):
    name = args[1] if event == "compile" else getattr(args[0], "co_filename", "") if event == "exec" else ""
    if isinstance(name, bytes): name = name.decode(errors="replace")
    if event == "compile" and args[0] is not None and b"BOOM" in (args[0] if isinstance(args[0], bytes) else str(args[0]).encode()):
        print("COMPILED", flush=True)
    if str(name).startswith("<custom"):
        print("RAN", event, flush=True)
    if event in ("subprocess.Popen", "os.system", "socket.connect"):
        print("DID", event, flush=True)
sys.addaudithook(hook)
"""
EVIL = """import os
open(os.environ["BOOM"], "w").write("BOOM")
class Half(nn.Module):
    def __init__(self, channels, step=2):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(channels))
    def forward(self, x):
        return x[:, :, ::2, ::2] * self.scale[:, None, None]
"""
OPENED = """
from visualnet.cli.main import main
import contextlib, io
path = sys.argv[1]
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as said:
    codes = [main(["check", path]), main(["summary", path]), main(["code", path]), main(["train", path, "--epochs", "1"]),
             main(["picture", path, "-o", path + ".svg"])]
assert codes == [1, 1, 1, 1, 0], codes
assert "trust" in said.getvalue(), said.getvalue()
from pathlib import Path
from visualnet.core import edits
from visualnet.core.storage import project_file
from visualnet.analysis import infer
from visualnet.analysis.repair import search
project = project_file.load(path)
text = edits.copy(project, "", list(project.graph.nodes))
pasted, _ = edits.paste(project_file.load(path), "", text)
analysis = infer(pasted)
for problem in analysis.problems:
    search.repairs(pasted, problem, analysis)
assert {p.code for p in analysis.errors()} >= {"untrusted"}
"""


def test_a_strangers_file_is_opened_told_drawn_and_pasted_without_running_a_letter_of_it(tmp_path: Path) -> None:
    made = project(source=EVIL)
    path, trace = tmp_path / "gift.vnet", tmp_path / "boom"
    project_file.save(path, made)
    environment = {"VISUALNET_HOME": str(tmp_path / "home"), "BOOM": str(trace), "QT_QPA_PLATFORM": "offscreen"}
    run = subprocess.run(
        [sys.executable, "-c", HOOK + OPENED, str(path)],
        env={**os.environ, **environment},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout == "" and not trace.exists()


def test_trusted_it_trains(tmp_path: Path) -> None:
    from tests.training.nets import small
    from visualnet.data.loading import load
    from visualnet.training.loop.session import Session
    from visualnet.training.runs.run_model import RunModel

    made = small(epochs=2)
    first = next(t for t in made.graph.wires if made.graph.nodes[t.node].kind == "linear")
    square = "class Square(nn.Module):\n    def forward(self, x):\n        return x * x.abs() + x\n"
    tells = {"source": square, "sizes": "* -> *", "arguments": "", "tensors": ""}
    made = edits.add_node(made, "", "python", id="n90", name="square", params=tells)
    made = edits.insert_on_wire(made, "", "n90", first)

    def trained() -> RunModel:
        model = RunModel("test", None)
        Session(made, load(made.data), model.consume).run()
        return model

    refused = trained()
    assert refused.state == "failed"
    trusted_code.trust(square)
    model = trained()
    assert model.state == "done", model.failure
    assert model.epochs[-1].train["loss"] < model.epochs[0].train["loss"]


def test_long_source_is_saved_and_opened_as_it_is(tmp_path: Path) -> None:
    long = HALF + "# " + "x" * 60_000 + "\n\t# a tab, and größer\n"
    project_file.save(tmp_path / "long.vnet", project(source=long))
    assert project_file.load(tmp_path / "long.vnet").graph.nodes["n2"].params["source"] == long
