"""Whether the person's system is set to animate."""

from __future__ import annotations

import configparser
import os
import plistlib
import subprocess
import sys
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from visualnet.core.storage.regular_files import read_regular, read_text

SPI_GETCLIENTAREAANIMATION = 0x1042


@lru_cache(maxsize=1)
def system_animates() -> bool:
    """Whether the system is set to animate. Where it does not say, yes."""
    # Qt 6.11 tells of contrast but not of motion, so each system is asked its own way.
    try:
        if sys.platform == "win32":
            return _windows()
        if sys.platform == "darwin":
            return _mac(Path.home() / "Library/Preferences/com.apple.universalaccess.plist")
        return _linux(os.environ, Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"))
    except (OSError, ValueError, configparser.Error, plistlib.InvalidFileException, subprocess.SubprocessError):
        return True


def _windows() -> bool:
    import ctypes

    animates = ctypes.c_int(1)
    ctypes.windll.user32.SystemParametersInfoW(SPI_GETCLIENTAREAANIMATION, 0, ctypes.byref(animates), 0)  # type: ignore[attr-defined]
    return bool(animates.value)


def _mac(path: Path) -> bool:
    return not plistlib.loads(read_regular(path)).get("reduceMotion", False)


def _linux(environment: Mapping[str, str], folder: Path) -> bool:
    """KDE and GTK say it in their files, GNOME in its database."""
    kde = _read(folder / "kdeglobals").get("KDE", "AnimationDurationFactor", fallback="1")
    if float(kde) == 0:
        return False
    for version in ("gtk-4.0", "gtk-3.0"):
        said = _read(folder / version / "settings.ini").get("Settings", "gtk-enable-animations", fallback="1")
        if said.strip().lower() in ("0", "false"):
            return False
    if "GNOME" not in environment.get("XDG_CURRENT_DESKTOP", "").upper():
        return True
    command = ["gsettings", "get", "org.gnome.desktop.interface", "enable-animations"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1, check=False)
    return done.stdout.strip() != "false"


def _read(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    if path.is_file():
        parser.read_string(read_text(path))
    return parser
