"""PyTorch, imported where it is needed, and words where it is missing or broken. Importing this module imports no torch."""

from __future__ import annotations

import threading

SET_UP = "python3 packaging/start.py"
_lock = threading.Lock()
_trouble = ""


class NoTorch(RuntimeError):
    """PyTorch cannot be imported; the words say why and how to get it."""


def import_failure() -> str:
    """Why PyTorch could not be imported when that was last tried; nothing if it could, or was not tried."""
    return _trouble


def need_torch() -> None:
    """Import torch and what reads its files.

    Raises:
        NoTorch: it is not installed, or cannot be loaded.
    """
    global _trouble
    with _lock:
        if not _trouble:
            _trouble = _tried()
        if _trouble:
            # Not tried again: what a broken import leaves behind would give other words.
            raise NoTorch(_trouble)


def start_no_threads() -> None:
    """Once torch is imported: have its mute progress bars start none.

    WORKAROUND https://github.com/tqdm/tqdm/issues/522: torch.fx makes a progress bar for every graph that it runs, and where tqdm is
    installed (Optuna brings it) the first one starts a thread that never ends.
    """
    import torch.hub

    torch.hub.tqdm.monitor_interval = 0  # type: ignore[attr-defined]


def _tried() -> str:
    try:
        import safetensors.torch
        import torch

        torch.nn, torch.fx, safetensors.torch.load_file  # noqa: B018
    except ModuleNotFoundError as error:
        name = error.name or "torch"
        if name.partition(".")[0] in ("torch", "safetensors"):
            return _words("is not installed here" if name == "torch" else f"is not complete here: {name} is missing")
        return _words(f"cannot be loaded ({_first_line(error)})")
    except Exception as error:  # a library that does not fit the system can fail in any way
        return _words(f"cannot be loaded ({_first_line(error)})")
    return ""


def _words(what: str) -> str:
    return f"PyTorch {what}. Code, training and looking inside need it; set the program up again: {SET_UP}"


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__
