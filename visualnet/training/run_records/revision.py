"""The git revision of a folder: asked of git, within a time limit, and without running anything that the repository names.

A repository's own configuration can name programs that git starts (monitors of files, hooks, filters of content). Monitor and hooks are
switched off here; where the repository has filters, only the commit is asked for, and whether files differ stays unknown.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import msgspec

TIMEOUT_S = 2.0
_SAFE = ("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", "core.pager=cat")


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """A commit by its hexadecimal name; ``dirty`` is whether tracked files differed from it, None where that is not known."""

    commit: str = ""
    dirty: bool | None = None


def find_revision(folder: Path | None) -> Revision | None:
    """The revision that a folder is at; None where it is in no repository, has no commit, or git cannot tell in time."""
    if folder is None or not _in_repository(folder):
        return None
    commit = _ask(folder, "rev-parse", "--verify", "HEAD")
    if commit is None or not 40 <= len(commit.strip()) <= 64 or not commit.strip().isalnum():
        return None
    return Revision(commit=commit.strip(), dirty=_is_dirty(folder))


def _in_repository(folder: Path) -> bool:
    try:
        place = folder.resolve()
        return any((one / ".git").exists() for one in (place, *place.parents))
    except (OSError, RuntimeError):
        return False


def _is_dirty(folder: Path) -> bool | None:
    named = _ask(folder, "config", "--local", "--includes", "--name-only", "--list")
    if named is None or any(line.lower().startswith(("filter.", "include")) for line in named.splitlines()):
        return None
    changed = _ask(folder, "status", "--porcelain", "--untracked-files=no", "--ignore-submodules=all")
    return None if changed is None else bool(changed.strip())


def _ask(folder: Path, *words: str) -> str | None:
    """What git answers; None where it is not here, fails, or takes too long."""
    surroundings = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    try:
        done = subprocess.run(
            ("git", *_SAFE, "-C", str(folder), *words),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
            env={**surroundings, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"},
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None
