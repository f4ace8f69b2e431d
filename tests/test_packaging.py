"""The set-up: what start.py decides, that the pins are whole, and that desktops understand our files."""

import configparser
import importlib.util
import os
import re
import stat
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.waiting import until

ROOT = Path(__file__).resolve().parent.parent
PACKAGING = ROOT / "packaging"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Load start.py, pointed at a folder of its own."""
    spec = importlib.util.spec_from_file_location("visualnet_start", PACKAGING / "start.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    venv = tmp_path / "a folder" / ".venv"
    python = venv / module.PYTHON.relative_to(module.VENV)
    for name, path in (("VENV", venv), ("PYTHON", python)):
        monkeypatch.setattr(module, name, path)
    for name in ("STAMP", "UNFINISHED", "LOG"):
        monkeypatch.setattr(module, name, venv / getattr(module, name).name)
    return module


def make_environment(start: ModuleType, version: str = "") -> None:
    """Lay down what a finished set-up leaves, as far as start.py looks."""
    start.PYTHON.parent.mkdir(parents=True)
    start.PYTHON.touch()
    version = version or "{}.{}.{}".format(*sys.version_info)
    (start.VENV / "pyvenv.cfg").write_text(f"home = x\nversion = {version}\n", encoding="utf-8")


# --- start.py: what is there already ---


def test_a_finished_set_up_is_not_repeated(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    make_environment(start)
    start.STAMP.write_text(start.digest(), encoding="utf-8")
    ran: list[list[str]] = []
    monkeypatch.setattr(start, "set_up", lambda: pytest.fail("it set up again"))
    monkeypatch.setattr(start, "run", lambda command, folder, environment: ran.append(command) or 0)
    assert start.main(["some.vnet"]) == 0
    assert ran == [[str(start.PYTHON), "-m", "visualnet", "some.vnet"]]


@pytest.mark.parametrize("gone", ["stamp", "python", "content"])
def test_what_is_missing_is_noticed(start: ModuleType, gone: str) -> None:
    make_environment(start)
    start.STAMP.write_text(start.digest() if gone != "content" else "another", encoding="utf-8")
    {"stamp": start.STAMP, "python": start.PYTHON}.get(gone, start.LOG).unlink(missing_ok=True)
    assert not start.is_ready()


def test_the_digest_changes_with_each_thing_that_decides(start: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "packaging").mkdir()
    for name in start.SETUP_FILES:
        (tmp_path / name).write_text("one", encoding="utf-8")
    digests = {start.digest((3, 11), tmp_path), start.digest((3, 12), tmp_path)}
    for name in start.SETUP_FILES:
        (tmp_path / name).write_text("two", encoding="utf-8")
        digests.add(start.digest((3, 11), tmp_path))
    assert len(digests) == 2 + len(start.SETUP_FILES)


@pytest.mark.parametrize("fault", ["unfinished", "other python", "no configuration", "broken pip"])
def test_an_unsound_environment_is_made_anew(start: ModuleType, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    make_environment(start, "3.5.1" if fault == "other python" else "")
    if fault == "unfinished":
        start.UNFINISHED.touch()
    if fault == "no configuration":
        (start.VENV / "pyvenv.cfg").unlink()
    leftover = start.VENV / "leftover"
    leftover.touch()
    commands: list[list[str]] = []

    def call(command: list[str]) -> tuple[int, str]:
        commands.append(command)
        if "venv" in command:
            make_environment(start)
        return (1 if "pip" in command and fault == "broken pip" else 0), ""

    monkeypatch.setattr(start, "quiet_call", call)
    start.make_environment()
    assert commands[-1][1:] == ["-m", "venv", str(start.VENV)]
    assert start.PYTHON.exists()
    assert not leftover.exists()


def test_a_sound_environment_is_kept(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    make_environment(start)
    start.STAMP.write_text("an older digest", encoding="utf-8")
    monkeypatch.setattr(start, "quiet_call", lambda command: (0, ""))
    start.make_environment()
    assert (start.VENV / "pyvenv.cfg").exists()
    assert not start.STAMP.exists(), "a set-up that fails from here on must not look finished"


# --- start.py: words and helpers ---


def test_an_old_python_is_told_what_to_do(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start.shutil, "which", lambda name: None)
    with pytest.raises(start.SetupError, match=r"Python 3\.9; VisualNet needs Python 3\.11"):
        start.require_python([], (3, 9))


def test_an_old_python_hands_over_to_a_newer_one(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start.shutil, "which", lambda name: "/bin/new" if name == "python3.12" else None)
    monkeypatch.setattr(start.subprocess, "call", lambda command: 7 if command[0] == "/bin/new" else 1)
    with pytest.raises(SystemExit) as end:
        start.require_python(["test"], (3, 9))
    assert end.value.code == 7


def test_a_renamed_package_counts_by_what_it_provides(start: ModuleType) -> None:
    listing = (
        "ii |libglib2.0-0t64|libglib2.0-0 (= 2.84.4-3), libgio\nii |libgl1|\nrc |libegl1|\nun |libdbus-1-3|\nbroken\n"
    )
    assert start.installed_packages(listing) >= {"libglib2.0-0t64", "libglib2.0-0", "libgio", "libgl1"}
    assert not start.installed_packages(listing) & {"libegl1", "libdbus-1-3"}


def test_without_rights_the_exact_line_is_said(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "has_apt", lambda: True)
    monkeypatch.setattr(start, "administrator", lambda: None)
    monkeypatch.setattr(start, "has_venv", lambda: False)
    monkeypatch.setattr(start, "missing_libraries", lambda: ["python3-venv", "libgl1"])
    with pytest.raises(start.SetupError) as error:
        start.install_system_libraries()
    assert "  sudo apt-get install -y --no-install-recommends python3-venv libgl1" in str(error.value)


def test_pips_words_are_kept_and_few_are_shown(
    start: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        "Collecting torch==2.13.0\n",
        "  Downloading torch-2.13.0-cp311-cp311-linux.whl (191.8 MB)\n",
        "  Downloading nvidia_cudnn-9-py3-none-linux.whl (1.2 GB)\n",
        "  Downloading msgspec-0.22.0-cp311-cp311-linux.whl (0.2 MB)\n",
        "  Downloading\n",
        "Installing collected packages: mpmath, torch, visualnet\n",
    ]
    with (tmp_path / "log").open("w+", encoding="utf-8") as log:
        start.follow(lines, log)
        log.seek(0)
        assert log.readlines() == lines
    assert capsys.readouterr().out.split("\n") == [
        "  fetching torch",
        "  fetching nvidia_cudnn",
        "  unpacking 3 packages",
        "",
    ]


def test_tests_run_at_the_top_and_the_window_where_the_user_stands(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert start.command_for(["test", "-q"]) == ([str(start.PYTHON), "-m", "pytest", "-q"], str(start.ROOT))
    monkeypatch.setattr(start.os, "cpu_count", lambda: 2)
    assert start.command_for(["test"])[0][3:] == ["-n", "3", "--dist", "worksteal"]
    monkeypatch.setattr(start.os, "cpu_count", lambda: 1)
    assert start.command_for(["test"])[0][3:] == []
    assert start.command_for(["check", "test"]) == ([str(start.PYTHON), "-m", "visualnet", "check", "test"], None)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can lack a display this way")
def test_tests_need_no_screen(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "OMP_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    assert start.environment_for(["test"])["QT_QPA_PLATFORM"] == "offscreen"
    assert start.environment_for(["test"])["OMP_NUM_THREADS"] == "1"
    assert "QT_QPA_PLATFORM" not in start.environment_for([])


def test_the_programs_exit_code_comes_through(start: ModuleType) -> None:
    assert start.run([sys.executable, "-c", "raise SystemExit(5)"], None, dict(os.environ)) == 5


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to hand on")
def test_a_request_to_stop_reaches_the_program(tmp_path: Path) -> None:
    (tmp_path / "begun").unlink(missing_ok=True)
    child = (
        "import pathlib, signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(9)); "
        f"pathlib.Path({str(tmp_path / 'begun')!r}).touch(); time.sleep(60)"
    )
    parent = (
        f"import os, sys; sys.path.insert(0, {str(PACKAGING)!r}); import start; "
        f"sys.exit(start.run([sys.executable, '-c', {child!r}], None, dict(os.environ)))"
    )
    with subprocess.Popen([sys.executable, "-c", parent]) as process:
        until(lambda: (tmp_path / "begun").exists() or process.poll() is not None)
        assert process.poll() is None
        process.terminate()
        assert process.wait(60) == 9


def test_help_needs_no_set_up(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, str(PACKAGING / "start.py"), "--help"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "start.py test" in run.stdout
    assert run.stderr == ""


def test_start_py_needs_only_the_standard_library(start: ModuleType) -> None:
    source = (PACKAGING / "start.py").read_text(encoding="utf-8")
    names = {name.split(".")[0] for name in re.findall(r"^(?:import|from) ([\w.]+)", source, re.MULTILINE)}
    assert names <= sys.stdlib_module_names
    compile(source, "start.py", "exec", dont_inherit=True)
    assert ":=" not in source, "an old Python must be able to read it"


# --- pins ---


def pins() -> dict[str, str]:
    lines = (PACKAGING / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def test_every_pin_is_one_exact_version_of_any_build() -> None:
    for name, pinned in pins().items():
        assert re.fullmatch(r"[A-Za-z0-9_.\-]+", name)
        assert re.fullmatch(r"[0-9.]+(?:(?:a|b|rc|post)[0-9]+)?", pinned), f"{name} {pinned}"
    assert list(pins()) == sorted(pins(), key=str.lower)


def test_what_is_declared_and_all_it_needs_is_pinned_within_its_range() -> None:
    pinned = {canonicalize_name(name): value for name, value in pins().items()}
    queue = [Requirement(line) for line in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]]
    seen: set[str] = set()
    while queue:
        requirement = queue.pop()
        name = canonicalize_name(requirement.name)
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        if name == "setuptools" or name.startswith(("nvidia-", "cuda-", "triton")):
            continue  # torch's own, different on each platform
        assert name in pinned, f"{requirement} is not pinned"
        assert pinned[name] in requirement.specifier, f"{requirement} does not admit {pinned[name]}"
        if name not in seen:
            seen.add(name)
            queue += [Requirement(line) for line in requires(name) or ()]


def test_what_is_installed_is_what_is_pinned() -> None:
    for name, pinned in pins().items():
        try:
            assert version(name).split("+")[0] == pinned, name
        except PackageNotFoundError:
            continue  # pinned for another platform


# --- desktops and CI ---


def test_the_menu_entry_and_the_file_type_agree() -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(PACKAGING / "visualnet.desktop", encoding="utf-8")
    entry_of = entry["Desktop Entry"]
    names = {"m": "http://www.freedesktop.org/standards/shared-mime-info"}
    kinds = ET.parse(PACKAGING / "visualnet-mime.xml").getroot().findall("m:mime-type", names)
    patterns = {kind.attrib["type"]: [g.attrib["pattern"] for g in kind.findall("m:glob", names)] for kind in kinds}
    assert patterns == {"application/x-visualnet+json": ["*.vnet"], "application/x-visualnet-run+zip": ["*.vnetz"]}
    assert entry_of["MimeType"] == "".join(f"{kind};" for kind in patterns)
    assert entry_of["Exec"].split()[0] in PROJECT["scripts"]
    assert (PACKAGING / f"{entry_of['Icon']}.svg").is_file()


@pytest.mark.parametrize("ground", ["#16181d", "#f4f5f8"])
def test_the_icon_stands_out_from_dark_and_light_ground(qapp: object, ground: str) -> None:
    from PySide6.QtGui import QColor, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    drawing = QSvgRenderer(str(PACKAGING / "visualnet.svg"))
    assert drawing.isValid()
    image = QImage(16, 16, QImage.Format.Format_ARGB32)
    image.fill(QColor(ground))
    painter = QPainter(image)
    drawing.render(painter)
    painter.end()
    light = [image.pixelColor(x, y).lightnessF() for x in range(16) for y in range(16)]
    assert max(light) - min(light) > 0.5
    edge = abs(image.pixelColor(8, 0).lightnessF() - QColor(ground).lightnessF())
    assert edge > 0.08, "the outline is lost in the ground"


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no execute bit")
def test_ci_runs_the_readmes_test_line() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & stat.S_IXUSR
    line = "python3 packaging/start.py test"
    assert line in script.read_text(encoding="utf-8")
    assert line in (ROOT / "README.md").read_text(encoding="utf-8")
