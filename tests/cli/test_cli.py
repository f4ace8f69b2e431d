"""The command line as a person and as a script meet it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.generators import cli_docs
from tests.graphs import graph
from visualnet.cli.common import FAULTY, FINE, INTERRUPTED, UNUSABLE, template_names
from visualnet.cli.main import VERBS, main
from visualnet.core.project import Project
from visualnet.core.storage import project_file

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A file whose graph has an error: the flatten is missing."""
    nodes = [("image", "input", {}), ("conv", "conv2d", {"kernel_size": 30}), ("out", "output", {})]
    path = tmp_path / "broken.vnet"
    project_file.save(path, Project(graph=graph(nodes, ["image.x -> conv.image", "conv.features -> out.x"])))
    return path


@pytest.fixture
def adjustable(tmp_path: Path) -> Path:
    nodes = [("x", "input", {"size": (4,)}), ("fc", "linear", {"out_features": "width"}), ("y", "output", {})]
    path = tmp_path / "adjustable.vnet"
    project_file.save(path, Project(graph=graph(nodes, ["x.x -> fc.x", "fc.y -> y.x"]), constants={"width": 3}))
    return path


def test_templates_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["templates"]) == FINE
    text = capsys.readouterr().out
    rows = [line.split() for line in text.splitlines() if line.startswith("  ")]
    assert main(["templates", "--json"]) == FINE
    told = json.loads(capsys.readouterr().out)
    assert [t["name"] for t in told] == template_names()
    assert [row[0] for row in rows] == [t["name"] for t in told if not t["of"]]
    assert ["alexnet", "62,378,344", "alexnet-small"] in [row[:3] for row in rows]
    assert ["lenet5", "61,706", "as", "it", "is"] in [row[:5] for row in rows]
    assert [line for line in text.splitlines() if line.endswith(":")] == [
        f"{group}:" for group in dict.fromkeys(t["group"] for t in told)
    ]


@pytest.mark.few(4)
@pytest.mark.parametrize("name", template_names())
def test_every_template_is_fine_and_prints_code_that_compiles(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", name]) == FINE
    capsys.readouterr()
    assert main(["code", name]) == FINE
    compile(capsys.readouterr().out, name, "exec")


def test_new_writes_the_template_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "mine.vnet"
    assert main(["new", "lenet5", "-o", str(target)]) == FINE
    assert len(project_file.load(target).graph.nodes) > 5
    assert main(["new", "mlp-mnist", "-o", str(target)]) == UNUSABLE
    assert "--force" in capsys.readouterr().err
    assert main(["new", "mlp-mnist", "-o", str(target), "--force"]) == FINE
    assert main(["new", "nothing", "-o", str(target)]) == UNUSABLE
    assert "visualnet templates" in capsys.readouterr().err


def test_summary_tells_lenets_published_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", "lenet5", "--json"]) == FINE
    told = json.loads(capsys.readouterr().out)
    assert told["totals"]["parameters"] == 61_706
    by_name = {node["name"]: node for node in told["nodes"]}
    assert by_name["conv1"]["output_shapes"] == {"features": [6, 28, 28]}
    assert sum(node["parameters"] for node in told["nodes"]) == 61_706
    assert sum(node["macs"] for node in told["nodes"]) == told["totals"]["macs"]
    assert {"id", "name", "kind", "output_shapes", "parameters", "trainable", "buffers", "macs"} <= set(
        told["nodes"][0]
    )
    assert main(["summary", "lenet5"]) == FINE
    assert "61,706 parameters" in capsys.readouterr().out


def test_a_block_tells_what_is_inside(capsys: pytest.CaptureFixture[str]) -> None:
    main(["summary", "resnet-small", "--json"])
    told = json.loads(capsys.readouterr().out)
    stage = next(node for node in told["nodes"] if node.get("repeat", 1) > 1)
    assert stage["parameters"] == stage["repeat"] * sum(node["parameters"] for node in stage["inside"])
    assert stage["inside"][0]["path"][0] == stage["id"]


def test_errors_are_told_and_counted(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(broken)]) == FAULTY
    assert "error: conv: " in capsys.readouterr().out
    assert main(["check", str(broken), "--json"]) == FAULTY
    problem = json.loads(capsys.readouterr().out)["problems"][0]
    assert (problem["severity"], problem["node"]) == ("error", "conv")
    assert problem["formula"]
    assert main(["summary", str(broken), "--json"]) == FAULTY
    nodes = {n["name"]: n for n in json.loads(capsys.readouterr().out)["nodes"]}
    assert nodes["image"]["output_shapes"] == {"x": [1, 28, 28]}
    assert nodes["conv"]["output_shapes"] == {"features": None}
    assert main(["code", str(broken)]) == FAULTY
    assert "visualnet: conv: " in capsys.readouterr().err
    assert main(["train", str(broken)]) == FAULTY
    assert "conv: " in capsys.readouterr().err


def test_what_cannot_be_read_is_told_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.vnet").write_text('{"format": 1, "graph": [}')
    for given in ("missing.vnet", str(tmp_path / "bad.vnet"), str(tmp_path)):
        for verb in ("check", "summary", "code"):
            assert main([verb, given]) == UNUSABLE
            told = capsys.readouterr()
            assert told.err.startswith("visualnet: ")
            assert not told.out


def test_an_error_in_json_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "missing.vnet", "--json"]) == UNUSABLE
    assert "missing.vnet" in json.loads(capsys.readouterr().out)["error"]


def test_constants_can_be_set(adjustable: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["summary", str(adjustable), "--set", "width=7", "--json"])
    assert json.loads(capsys.readouterr().out)["totals"]["parameters"] == 35
    for wrong in ("height=7", "width", "width=many", "width=1.5"):
        assert main(["summary", str(adjustable), "--set", wrong]) == UNUSABLE
        assert "width" in capsys.readouterr().err


def test_a_training_script_is_written_with_its_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script, data = tmp_path / "fit.py", tmp_path / "points.npz"
    assert main(["code", "perceptron-points", "--train", "-o", str(script)]) == FINE
    assert (tmp_path / "fit_data.npz").is_file() and 'HERE / "fit_data.npz"' in script.read_text()
    assert capsys.readouterr().out == f"wrote {script} and {tmp_path / 'fit_data.npz'}\n"
    assert main(["code", "perceptron-points", "--train", "--data", str(data), "-o", str(script), "--json"]) == FINE
    assert json.loads(capsys.readouterr().out) == {"file": str(script), "data": str(data)}
    assert data.is_file() and 'HERE / "points.npz"' in script.read_text()
    data.unlink()
    assert main(["code", "perceptron-points", "--train", "--data", str(data)]) == FINE
    assert "def train_epoch(" in capsys.readouterr().out and data.is_file()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["perceptron-points", "--data", "x.npz"], "it needs --train"),
        (["perceptron-points", "--train", "--data", "x.csv"], "a file that ends in .npz"),
        (["resnet-18", "--train"], "the pictures of ImageNet do not come with the program"),
    ],
)
def test_a_training_script_that_cannot_be_written_is_told(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["code", *arguments]) == UNUSABLE
    told = capsys.readouterr()
    assert words in told.err and told.err.count("\n") == 1 and told.out == ""


def test_code_goes_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "model.py"
    assert main(["code", "lenet5", "-o", str(target)]) == FINE
    assert "class LeNet5(nn.Module):" in target.read_text(encoding="utf-8")
    assert main(["code", "lenet5", "-o", str(tmp_path / "no" / "model.py")]) == UNUSABLE
    assert "no" in capsys.readouterr().err
    assert main(["code", "lenet5", "--json"]) == FINE
    assert "class LeNet5" in json.loads(capsys.readouterr().out)["source"]


@pytest.mark.parametrize(
    "argv", [["nonsense"], ["--nonsense"], ["check"], ["train", "lenet5", "--epochs", "0"], ["new", "lenet5"]]
)
def test_wrong_use_ends_with_two(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(argv)
    assert ended.value.code == UNUSABLE
    assert "usage: visualnet" in capsys.readouterr().err


def test_resume_wants_a_run_and_a_picture_a_known_end(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "lenet5", "--resume", "--json"]) == UNUSABLE
    told = capsys.readouterr()
    assert "--run" in told.err
    assert json.loads(told.out)["kind"] == "use" and "can be resumed" in json.loads(told.out)["words"]
    assert main(["picture", "lenet5", "-o", "net.bmp"]) == UNUSABLE
    assert ".svg" in capsys.readouterr().err


def test_ctrl_c_is_no_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("visualnet.cli.check.project_of", interrupted)
    assert main(["check", "lenet5"]) == INTERRUPTED
    assert capsys.readouterr().err == "stopped\n"


def run(*argv: str, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "visualnet", *argv]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60, **options)  # type: ignore[call-overload]


@pytest.mark.skipif(os.name == "nt", reason="pipes break otherwise on Windows")
def test_a_reader_that_has_enough_is_no_error() -> None:
    command = f"{sys.executable} -m visualnet summary resnet-small --json | true"
    ended = subprocess.run(["sh", "-c", command], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert ended.stderr == ""


def test_summary_needs_neither_torch_nor_qt() -> None:
    code = "import sys; from visualnet.cli.main import main; main(['summary', 'vit-small']); "
    code += "print({m.partition('.')[0] for m in sys.modules})"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60)
    loaded = ended.stdout.splitlines()[-1]
    assert "'visualnet'" in loaded
    assert "'torch'" not in loaded
    assert "PySide6" not in loaded


def test_the_program_runs_as_a_module() -> None:
    ended = run("check", "lenet5")
    assert (ended.returncode, ended.stderr) == (FINE, "")
    assert run("check", "nothing").returncode == UNUSABLE


def test_the_options_are_those_that_scripts_rely_on() -> None:
    """An option taken away or renamed breaks scripts out there. After adding one: ``python -m tests.generators.cli_docs``."""
    assert cli_docs.options() == cli_docs.OPTIONS.read_text(encoding="utf-8")


def test_the_page_is_current() -> None:
    assert cli_docs.page() == cli_docs.PAGE.read_text(encoding="utf-8")


def test_every_verb_takes_json() -> None:
    assert [name for name, verb in cli_docs.verbs() if "--json" in verb._option_string_actions] == list(VERBS)


def test_pictures_carry_the_project_that_other_verbs_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    svg, png = str(tmp_path / "net.svg"), str(tmp_path / "net.png")
    assert main(["picture", "lenet5", "-o", svg, "--style", "publication"]) == FINE
    assert main(["check", svg]) == FINE
    assert main(["summary", svg]) == FINE
    assert "61,706" in capsys.readouterr().out
    assert (
        main(["picture", svg, "-o", png, "--style", "print", "--nodes", "conv1,relu1", "--scale", "1", "--no-project"])
        == FINE
    )
    assert main(["check", png]) == UNUSABLE
    assert "carries no project" in capsys.readouterr().err


def test_a_picture_of_what_is_not_there_is_refused_with_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["-o", str(tmp_path / "x.svg")]
    assert main(["picture", "lenet5", *out, "--nodes", "conv1,conv9"]) == UNUSABLE
    assert "no node “conv9”" in capsys.readouterr().err
    assert main(["picture", "resnet-18", *out, "--block", "bas"]) == UNUSABLE
    assert "no block “bas”" in capsys.readouterr().err
    assert main(["picture", "resnet-18", *out, "--block", "basic", "--style", "publication"]) == FINE


@pytest.mark.parametrize("arguments", [["new", "lenet", "-o", "x.vnet"], ["check", "Lenet5.vnet"]])
def test_a_name_that_is_nearly_right_is_told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == UNUSABLE
    words = capsys.readouterr().err
    assert "did you mean" in words and "lenet5" in words and "visualnet templates" in words
    assert len(words) < 250, "not the whole list"
    assert main(["check", "qqqqqq"]) == UNUSABLE
    assert "did you mean" not in capsys.readouterr().err
