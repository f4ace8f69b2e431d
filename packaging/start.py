"""Set VisualNet up and start it, with one command and nothing but Python 3.11 or newer.

    python3 packaging/start.py              open the window
    python3 packaging/start.py FILE.vnet    open the window with a project
    python3 packaging/start.py test         run the tests; what follows `test` goes to pytest
    python3 packaging/start.py VERB ...     run a verb of the command line, such as `check`

The first start makes a folder .venv beside pyproject.toml and installs the pinned libraries there
(packaging/constraints.txt); on Debian and Ubuntu it also installs the system libraries that a window needs.
Later starts do none of this again. Nothing outside .venv and those system libraries is touched.
"""

# Standard library only, and no syntax newer than Python 3.6: an old Python must get far enough to say that it is old.

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "visualnet-setup"  # holds the digest of what was installed; written last
UNFINISHED = VENV / "visualnet-setup-unfinished"  # lies there only while pip works
LOG = VENV / "visualnet-setup.log"
OLDEST = (3, 11)
SETUP_FILES = ("pyproject.toml", "setup.py", "packaging/constraints.txt")

# Debian's names. What a newer release renamed (libglib2.0-0t64) still provides the old name.
LIBRARIES = (
    # Qt itself, also without a screen
    "libgl1 libegl1 libglib2.0-0 libdbus-1-3 libfontconfig1 libxkbcommon0 "
    # Qt on a screen: what its xcb plugin is linked with
    "libx11-xcb1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 "
    "libxcb-render0 libxcb-render-util0 libxcb-shape0 libxcb-shm0 libxcb-sync1 libxcb-util1 libxcb-xfixes0 libxcb-xkb1 "
    # and its Wayland plugin
    "libwayland-cursor0"
).split()
WORKS = "import PySide6.QtWidgets, pyqtgraph, msgspec, psygnal, networkx, safetensors, PIL, visualnet"


class SetupError(Exception):
    """The set-up cannot go on; the message says what to do."""


def say(words):
    print(words, flush=True)


def main(arguments):
    if arguments and arguments[0] in ("-h", "--help"):
        print(__doc__)
        return 0
    try:
        require_python(arguments)
        if not is_ready():
            set_up()
        return start(arguments)
    except SetupError as error:
        print("\nVisualNet cannot start yet.\n{}".format(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The next start takes up the set-up again.", file=sys.stderr)
        return 130


def require_python(arguments, version=None):
    """Go on in a newer Python when this one is too old; say what to install when there is none."""
    version = version or sys.version_info[:2]
    if version >= OLDEST:
        return
    for minor in (13, 12, 11, 14):
        newer = shutil.which("python3.{}".format(minor))
        if newer:
            raise SystemExit(subprocess.call([newer, str(Path(__file__).resolve())] + list(arguments)))
    raise SetupError(
        "This is Python {}.{}; VisualNet needs Python 3.11 or newer.\n"
        "Install a newer Python (your system's package manager, or the installer for Windows and macOS from the\n"
        "Python project) and start again with it, for example: python3.12 packaging/start.py".format(*version)
    )


# --- what is there already ---


def digest(version=None, root=ROOT):
    """One word for all that decides what is installed: the declared and pinned versions, this Python, this folder."""
    parts = ["{}.{}".format(*(version or sys.version_info)), str(root)]
    parts += [(root / name).read_text(encoding="utf-8") for name in SETUP_FILES]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def is_ready():
    try:
        return STAMP.read_text(encoding="utf-8") == digest() and PYTHON.exists()
    except OSError:
        return False


def environment_version(venv):
    """(3, 11) for an environment made by Python 3.11; None when there is none or it is broken."""
    try:
        lines = (venv / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
        version = dict(line.replace(" ", "").split("=", 1) for line in lines if "=" in line)["version"]
        return tuple(int(part) for part in version.split(".")[:2])
    except (OSError, KeyError, ValueError):
        return None


# --- set-up ---


def set_up():
    began = time.monotonic()
    say("Setting VisualNet up in {} (once; some minutes)".format(VENV))
    install_system_libraries()
    make_environment()
    install_packages()
    trouble = first_trouble()
    if trouble:
        raise SetupError("The libraries are installed, but do not load:\n{}\n{}".format(trouble, library_advice()))
    STAMP.write_text(digest(), encoding="utf-8")
    say("  ready after {:.0f} s".format(time.monotonic() - began))


def make_environment():
    """Make .venv, or keep a sound one; what a killed set-up left behind is made anew."""
    sound = environment_version(VENV) == sys.version_info[:2] and PYTHON.exists() and not UNFINISHED.exists()
    if sound and quiet_call([str(PYTHON), "-m", "pip", "--version"])[0] == 0:
        STAMP.unlink() if STAMP.exists() else None
        return
    say("  making the environment")
    base = getattr(sys, "_base_executable", None) or sys.executable
    if VENV.exists():
        shutil.rmtree(str(VENV), ignore_errors=True)
    code, words = quiet_call([base, "-m", "venv", str(VENV)])
    if code or not PYTHON.exists():
        shutil.rmtree(str(VENV), ignore_errors=True)
        raise SetupError("Python could not make an environment in {}:\n{}".format(VENV, tail(words)))


def install_packages():
    """Install the pinned versions with the environment's own pip."""
    UNFINISHED.touch()
    say("  installing the libraries (torch and Qt are large: 0.5 GB, with CUDA some more)")
    command = [str(PYTHON), "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    command += ["--progress-bar", "off", "-c", str(ROOT / "packaging" / "constraints.txt"), "-e", str(ROOT) + "[dev]"]
    environment = dict(os.environ, PIP_USER="0", PYTHONUNBUFFERED="1")
    for unwanted in ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PYTHONHOME", "__PYVENV_LAUNCHER__"):
        environment.pop(unwanted, None)
    with LOG.open("w", encoding="utf-8", errors="replace") as log:
        pip = subprocess.Popen(
            command, cwd=str(ROOT), env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, universal_newlines=True, encoding="utf-8", errors="replace",
        )  # fmt: skip
        try:
            follow(pip.stdout, log)
        except BaseException:
            pip.kill()
            raise
        finally:
            code = pip.wait()
    if code:
        words = LOG.read_text(encoding="utf-8", errors="replace")
        raise SetupError(
            "pip could not install the libraries. The end of what it said (all of it: {}):\n\n{}\n\n"
            "Is there a network, and room on the disk? The next start tries again.".format(LOG, tail(words))
        )
    UNFINISHED.unlink()


def follow(lines, log):
    """Keep pip's words in the log and show only the large downloads and the last step."""
    for line in lines:
        log.write(line)
        log.flush()
        words = line.split()
        if line.startswith("Installing collected packages"):
            say("  unpacking {} packages".format(line.count(",") + 1))
        elif words[:1] == ["Downloading"] and is_large(words):
            say("  fetching {}".format(words[1].rsplit("/", 1)[-1].split("-")[0]))


def is_large(words):
    """Read the size that ends pip's line: `Downloading torch-2.13.0.whl (191.8 MB)`."""
    try:
        size, unit = words[-2].lstrip("("), words[-1].rstrip(")")
        return unit == "GB" or (unit == "MB" and float(size) >= 20)
    except (IndexError, ValueError):
        return False


def first_trouble():
    """Load what the window needs; the last line of what went wrong, or nothing."""
    code, words = quiet_call([str(PYTHON), "-c", WORKS])
    return tail(words, 1) if code else ""


# --- system libraries (Debian, Ubuntu and their kin) ---


def has_apt():
    return bool(sys.platform.startswith("linux") and shutil.which("apt-get") and shutil.which("dpkg-query"))


def installed_packages(listing):
    """Names that are installed or provided, from dpkg-query's lines `status|name|provides`."""
    names = set()
    for line in listing.splitlines():
        status, name, provides = (line.split("|") + ["", ""])[:3]
        if status.startswith("ii"):
            names.add(name)
            names.update(part.split("(")[0].strip() for part in provides.split(","))
    return names


def missing_libraries():
    code, listing = quiet_call(["dpkg-query", "-W", "-f", "${db:Status-Abbrev}|${Package}|${Provides}\n"])
    present = installed_packages(listing)
    missing = [name for name in LIBRARIES if name not in present] if code == 0 else []
    return ([] if has_venv() else [venv_package()]) + missing


def has_venv():
    base = getattr(sys, "_base_executable", None) or sys.executable
    return quiet_call([base, "-c", "import venv, ensurepip"])[0] == 0


def venv_package():
    """The package that completes this Python: python3-venv for the system's own, python3.12-venv for another."""
    default = os.path.realpath("/usr/bin/python3")
    if os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable) == default:
        return "python3-venv"
    return "python{}.{}-venv".format(*sys.version_info)


def install_system_libraries():
    """Install what dpkg misses, as root or through sudo; else say the exact line."""
    if not has_apt():
        if not has_venv():
            raise SetupError("This Python lacks its modules venv or ensurepip: install the package that holds them.")
        return
    missing = missing_libraries()
    if not missing:
        return
    say("  system libraries: {}".format(" ".join(missing)))
    prefix = administrator()
    words = ""
    if prefix is not None and (apt_get(prefix, "update") or True):
        words = apt_get(prefix, "install", "-y", "--no-install-recommends", *missing)
    missing = missing_libraries()
    if not missing:
        return
    if not has_venv():
        raise SetupError(library_advice(missing) + ("\n\n" + words if words else ""))
    # Not fatal: the libraries may be there without a package. Whether they load is tried after the installation.
    say("  " + library_advice(missing).replace("\n", "\n  "))


def administrator():
    """The words before apt-get: none for root, sudo where it may be used, None where neither."""
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    if quiet_call(["sudo", "-n", "true"])[0] == 0:
        return ["sudo", "-n"]
    if sys.stdin is not None and sys.stdin.isatty():
        say("  installing them needs your password (Ctrl+C to stop and do it yourself)")
        return ["sudo"] if subprocess.call(["sudo", "-v"]) == 0 else None
    return None


def apt_get(prefix, *arguments):
    """Run apt-get without questions; the end of its words if it failed."""
    command = prefix + ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"] + list(arguments)
    code, words = quiet_call(command)
    return tail(words) if code else ""


def library_advice(missing=None):
    if not has_apt():
        return "A system library is missing: install it with your system's package manager, then start again."
    missing = missing_libraries() if missing is None else missing
    if not missing:
        return ""
    line = "apt-get install -y --no-install-recommends " + " ".join(missing)
    return "Some system libraries are missing. Install them with this line, then start again:\n  sudo " + line


# --- start ---


def start(arguments):
    command, folder = command_for(arguments)
    environment = environment_for(arguments)
    for attempt in (1, 2):
        began = time.monotonic()
        code = run(command, folder, environment)
        # A program that falls over at once may miss a library that was there at set-up: look, mend, try once more.
        if code in (0, 2, 130) or attempt == 2 or time.monotonic() - began > 15 or not first_trouble():
            return code
        STAMP.unlink() if STAMP.exists() else None
        UNFINISHED.touch()
        set_up()
    return code


def command_for(arguments):
    """(command, folder to run in): tests run at the top, all else where the user stands."""
    if arguments[:1] == ["test"]:
        return [str(PYTHON), "-m", "pytest"] + (list(arguments[1:]) or side_by_side()), str(ROOT)
    return [str(PYTHON), "-m", "visualnet"] + list(arguments), None


def side_by_side():
    """All tests on all cores, four at most, by one more process than cores: each waits for timers and threads a quarter of its time."""
    cores = min(os.cpu_count() or 1, 4)
    return ["-n", str(cores + 1), "--dist", "worksteal"] if cores > 1 else []


def environment_for(arguments):
    environment = dict(os.environ)
    environment.pop("PYTHONHOME", None)
    if arguments[:1] == ["test"]:
        environment.setdefault("OMP_NUM_THREADS", "1")
        if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    return environment


def run(command, folder, environment):
    """Run to its end; an interrupt or a request to stop goes to the program, which knows how to close."""
    child, asked = None, []

    def hand_on(*_):
        asked.append(True)
        if child is not None:
            child.terminate()

    # Before the program begins, or a request between its beginning and ours would end this process alone. A handler, as what is ignored
    # would be ignored by the program too.
    handlers = {signal.SIGINT: lambda *_: None, signal.SIGTERM: hand_on}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        child = subprocess.Popen(command, cwd=folder, env=environment)
        if asked:
            child.terminate()
        code = child.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return code if code >= 0 else 128 - code


# --- small helpers ---


def quiet_call(command):
    """(exit code, all it said); 127 when there is no such program."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
    except OSError as error:
        return 127, str(error)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def tail(words, lines=25):
    return "\n".join(words.strip().splitlines()[-lines:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
