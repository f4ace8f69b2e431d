"""Locks on open files. The operating system lets go of one when its process ends, however it ends, so what is locked is in use."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import msvcrt

    def try_lock(handle: int) -> bool:
        """Hold this open file for as long as it stays open; False if somebody else does, or nothing can be held here."""
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def try_lock(handle: int) -> bool:
        """Hold this open file or folder for as long as it stays open; False if somebody else does, or nothing can be held here."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
