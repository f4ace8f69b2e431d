"""What is noted while the monkey works: faults of every origin, how soon each gesture is answered, memory, threads, living objects."""

from __future__ import annotations

import ctypes
import faulthandler
import gc
import logging
import os
import re
import sys
import tempfile
import threading
import time
import traceback
import types
import weakref
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import shiboken6
from PySide6.QtCore import QMessageLogContext, QObject, Qt, QTimer, QtMsgType, qInstallMessageHandler

BEAT_MS = 5
SLOW_MS = 100
"""From here on a gap is slow: what ran in it is kept."""
NOT_OURS = ("This plugin does not support", "Mouse event", "Key event")
"""The offscreen platform has no window manager, and says so; Qt's test functions tell when nobody wanted an event."""


class Faults:
    """Takes the place of the hooks for exceptions, of Qt's message handler and of a log handler; ``found`` keeps what they were told."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._handler = logging.Handler(logging.WARNING)
        self._handler.emit = self._record  # type: ignore[method-assign]

    def __enter__(self) -> Faults:
        self._before = sys.excepthook, threading.excepthook, sys.unraisablehook
        sys.excepthook = lambda kind, error, trace: self._raised("window", kind, error, trace)
        threading.excepthook = lambda a: self._raised("thread", a.exc_type, a.exc_value, a.exc_traceback)
        sys.unraisablehook = lambda a: self._raised("cleanup", a.exc_type, a.exc_value, a.exc_traceback)
        self._qt_before = qInstallMessageHandler(self._said)
        logging.getLogger().addHandler(self._handler)
        return self

    def __exit__(self, *_: object) -> None:
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._before
        qInstallMessageHandler(self._qt_before)
        logging.getLogger().removeHandler(self._handler)

    def _raised(self, origin: str, kind: Any, error: Any, trace: Any) -> None:
        self.found.append(f"[{origin}] " + "".join(traceback.format_exception(kind, error, trace)))

    def _said(self, kind: QtMsgType, _context: QMessageLogContext, words: str) -> None:
        if kind not in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) and not words.startswith(NOT_OURS):
            stack = "".join(traceback.format_stack(sys._getframe(1), 14))
            self.found.append(f"[Qt] {words}\n{stack}")

    def _record(self, record: logging.LogRecord) -> None:
        self.found.append(f"[log] {record.levelname} {record.name}: {record.getMessage()}")


class Gap(NamedTuple):
    """A stretch in which the window answered nothing, in ms: by the clock, and of the window's thread's own work."""

    wall_ms: float
    cpu_ms: float


class Beats:
    """Measures the stretches between two moments at which the window could answer.

    ``mark`` begins one just before an event is sent. A timer ends it and begins the next, also while a dialog or menu runs a loop of its
    own. ``take`` gives the longest since the last ``take``.
    """

    def __init__(self, stacks: bool = False) -> None:
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self.beat)
        self._longest = Gap(0, 0)
        self.collections: list[tuple[int, float]] = []
        """The garbage collector's runs: generation and ms."""
        self._began = 0.0
        self.seen: list[tuple[str, ...]] = []
        """What was running in the longest stretch, as samples of the stack; only with ``stacks``."""
        self._samples: list[tuple[str, ...]] = []
        self._stacks, self._over = stacks, threading.Event()
        self._main = threading.get_ident()
        self.mark()

    def __enter__(self) -> Beats:
        gc.callbacks.append(self._collected)
        self._timer.start()
        if self._stacks:
            self._thread = threading.Thread(target=self._sample, name="monkey: stacks")
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        gc.callbacks.remove(self._collected)
        self._timer.stop()
        self._over.set()
        if self._stacks:
            self._thread.join()

    def mark(self) -> None:
        """Something is about to be asked of the window."""
        self._samples = []
        self._wall, self._cpu = time.perf_counter(), time.thread_time()

    def beat(self) -> None:
        """The window could answer now."""
        gap = Gap((time.perf_counter() - self._wall) * 1e3, (time.thread_time() - self._cpu) * 1e3)
        if gap.cpu_ms > self._longest.cpu_ms:
            self._longest, self.seen = gap, self._samples
        self.mark()

    def take(self) -> Gap:
        """The longest stretch since this was asked last."""
        self.beat()
        longest, self._longest = self._longest, Gap(0, 0)
        return longest

    def _collected(self, phase: str, info: dict[str, int]) -> None:
        if threading.get_ident() != self._main:
            return
        if phase == "start":
            self._began = time.perf_counter()
        else:
            self.collections.append((info["generation"], (time.perf_counter() - self._began) * 1e3))

    def _sample(self) -> None:
        # By faulthandler, not by frames: who holds a frame holds its painters, and lets go of them in the wrong thread.
        with tempfile.TemporaryFile("w+") as file:
            while not self._over.wait(0.02):
                if (time.perf_counter() - self._wall) * 1e3 > SLOW_MS / 2 and len(self._samples) < 200:
                    file.seek(0)
                    file.truncate()
                    faulthandler.dump_traceback(file)
                    file.seek(0)
                    self._samples.append(_ours(file.read(), self._main))


def _ours(text: str, thread: int) -> tuple[str, ...]:
    """The nearest lines of the program in the stack of a thread, the innermost first."""
    lines: list[str] = []
    _, _, stack = text.partition(f"hread 0x{thread:016x}")
    for line in stack.partition("\n\n")[0].splitlines()[1:]:
        if "/flows/monkey/" in line or len(lines) > 6:
            break
        found = re.match(r'  File "(.*)", line (\d+) in (.*)', line)
        if found and (not lines or "visualnet/" in found[1]):
            lines.append(f"{found[1].rpartition('visualnet/')[2]}:{found[2]} {found[3]}")
    return tuple(lines)


# --- what is there ------------------------------------------------------------------------------------------------------------------


def resident_mb() -> float:
    """The process's resident memory, in MB; 0 where the system does not tell."""
    try:
        words = Path("/proc/self/statm").read_text().split()
    except OSError:
        return 0.0
    return int(words[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def trim() -> None:
    """Have the C library give back what it keeps for later, so that what is really held can be told from it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)


def python_objects() -> Counter[str]:
    """How many objects there are of each type of ours, of Qt and of torch; what only waits to be collected is not counted."""
    gc.freeze(), gc.unfreeze()  # all is in sight, also what the window's collector had frozen
    for _ in range(3):
        gc.collect()
    found: Counter[str] = Counter()
    for thing in gc.get_objects():
        kind = type(thing)
        if not isinstance(kind.__module__, str):
            continue
        # Qt's objects made in Python count only while they live; a wrapper of something gone is a leak of its own.
        if kind.__module__.startswith(("visualnet", "PySide6", "torch.fx", "torch.nn", "networkx", "pyqtgraph")):
            if "Wrapper" not in kind.__name__ and not (isinstance(thing, QObject) and not shiboken6.isValid(thing)):
                found[f"{kind.__module__}.{kind.__qualname__}"] += 1
            elif isinstance(thing, QObject):
                found[f"gone: {kind.__module__}.{kind.__qualname__}"] += 1
    found["tensors"] = _tensors()
    found["python objects"] = len(gc.get_objects())
    return found


def what_keeps(kind: str, known: set[int], most: int = 2) -> list[str]:
    """The ways by which objects of a type that are not among the ``known`` (by id) are held: each from a module or a Qt object down to
    it, as names of types and attributes."""
    new = [t for t in gc.get_objects() if f"{type(t).__module__}.{type(t).__qualname__}" == kind and id(t) not in known]
    return [f"{_way_to(thing, new)}\n   at once by {_holders_of(thing, new)}" for thing in new[:most]]


def _holders_of(thing: object, ours: list[object]) -> str:
    """Who refers to it at once, frames with the function that runs; the count tells whether others do that are not Python's."""
    found = [r for r in gc.get_referrers(thing) if r is not ours]
    told = [_words_of_frame(r) if type(r) is types.FrameType else _words_of(r, thing) for r in found]
    return f"{', '.join(told)} ({sys.getrefcount(thing)} references)"


def _lives(thing: object) -> bool:
    return isinstance(thing, QObject) and shiboken6.isValid(thing)


def _parents_of(thing: Any) -> str:
    """A Qt object and those it is in, out to its window: Qt's own hold on it, which Python does not see."""
    names: list[str] = []
    while thing is not None and shiboken6.isValid(thing):
        names.append(type(thing).__qualname__ + (f" ({thing.objectName()})" if thing.objectName() else ""))
        thing = thing.parent()
    return " in ".join(names) or "nothing"


def _words_of_frame(frame: types.FrameType, most: int = 60) -> str:
    """The calls from the innermost that is kept out to this one, and who keeps the innermost: a kept frame keeps those that called it."""
    calls, kept_by = [], "nobody"
    while len(calls) < most:
        calls.append(f"{frame.f_code.co_qualname}:{frame.f_lineno}")
        holders = [h for h in gc.get_referrers(frame) if h is not sys._getframe()]
        inner = next((h for h in holders if type(h) is types.FrameType and h.f_back is frame), None)
        if inner is None:
            kept_by = "; ".join(_way_to(h, holders, 6) for h in holders if not isinstance(h, list)) or "nobody"
            break
        frame = inner
    return f"calls {' < '.join(calls)}, kept by {kept_by}"


def ids_of(kind: str) -> set[int]:
    """The identities of all objects of a type."""
    return {id(t) for t in gc.get_objects() if f"{type(t).__module__}.{type(t).__qualname__}" == kind}


def _way_to(thing: object, ours: list[object], levels: int = 14, most: int = 20_000) -> str:
    """Breadth first over who refers to whom, until a module's dictionary or nothing more is met. Each level looks once at all objects.
    ``ours`` is the list of who asks."""
    way: dict[int, str] = {id(thing): type(thing).__qualname__}
    level: list[object] = [thing]
    last = way[id(thing)]
    for _ in range(levels):
        above: list[object] = []
        for holder in gc.get_referrers(*level):
            kind = type(holder)
            if holder is level or holder is ours or kind in (types.FrameType, weakref.ref) or id(holder) in way:
                continue
            if kind is types.CellType and holder.cell_contents is ours:
                continue
            held = next((h for h in gc.get_referents(holder) if id(h) in way), None)
            inside = f" (in {_parents_of(holder.parent())})" if _lives(holder) else ""
            way[id(holder)] = last = f"{_words_of(holder, held)}{inside} > {way.get(id(held), '?')}"
            if isinstance(holder, types.ModuleType) or (isinstance(holder, dict) and "__spec__" in holder):
                return last
            above.append(holder)
        if not above or len(way) > most:
            frames = [f for f in gc.get_referrers(*level) if type(f) is types.FrameType and f is not sys._getframe()]
            references = ", ".join(f"{type(t).__qualname__} has {sys.getrefcount(t) - 2} references" for t in level[:3])
            return f"{last} ({references}; frames: {', '.join(f.f_code.co_qualname for f in frames) or 'none'})"
        level = above
    return last


def _words_of(holder: object, held: object) -> str:
    if isinstance(holder, dict):
        name = next((key for key, value in list(holder.items()) if value is held), "?")
        module = holder.get("__name__", "") if "__spec__" in holder else ""
        return f"{module}[{str(name)[:60]}]"
    if isinstance(holder, types.CellType | list | tuple | set | frozenset):
        return type(holder).__name__
    return f"{type(holder).__module__}.{getattr(holder, '__qualname__', type(holder).__qualname__)}"


def _tensors() -> int:
    torch = sys.modules.get("torch")
    if torch is None or not hasattr(torch, "Tensor"):
        return 0
    return sum(issubclass(type(t), torch.Tensor) for t in gc.get_objects())


def qt_objects(root: QObject) -> Counter[str]:
    """How many QObjects there are of each class under a root, as Qt lists them: a Python wrapper of each would be a leak of our own."""
    found: Counter[str] = Counter()

    def count(_kind: QtMsgType, _context: QMessageLogContext, words: str) -> None:
        found[words.strip().partition("::")[0]] += 1

    before = qInstallMessageHandler(count)
    try:
        root.dumpObjectTree()
    finally:
        qInstallMessageHandler(before)
    return found


def stack_of(name: str) -> str:
    """Where a thread of this name is; empty if there is none."""
    frames = sys._current_frames()
    found = next((frames.get(t.ident or 0) for t in threading.enumerate() if t.name == name), None)
    return "".join(traceback.format_stack(found)[-12:]) if found is not None else ""


def threads() -> list[str]:
    """The threads that run, by name."""
    return sorted(t.name for t in threading.enumerate() if not isinstance(t, threading._DummyThread))
