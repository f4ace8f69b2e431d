"""What stands at a path now, so that nothing is written over that was not seen."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path
from typing import NamedTuple

from visualnet.core.errors import FileError, os_reason
from visualnet.core.storage.regular_files import NotRegular, TooLarge, read_regular
from visualnet.core.storage.safe_json import MAX_BYTES
from visualnet.core.text.format import format_bytes


class DiskState(NamedTuple):
    """``mark`` is the same for the same content, "" for nothing; ``real`` is where the content lies if links are followed.

    ``words`` tell what it is, if it is nothing that a project could have been read from; ``kept`` that it can never be replaced.
    """

    real: str = ""
    mark: str = ""
    words: str = ""
    kept: bool = False


NOTHING = DiskState()


def read_state(path: Path) -> DiskState:
    """What stands there. By content: times lie on network drives and within one tick."""
    real = os.path.realpath(path)
    try:
        return DiskState(real, fingerprint(read_regular(path, MAX_BYTES)))
    except NotRegular as error:
        return DiskState(real, str(error.strerror), f"{error.strerror}".replace("it is ", "").partition(",")[0], True)
    except TooLarge as error:
        return DiskState(real, _known(path), f"a file of {format_bytes(error.size)}, larger than a project can be")
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR):
            return NOTHING
        why = os_reason(error)
        return DiskState(real, f"{why} {_known(path)}", f"a file that cannot be read ({why})")
    except ValueError:
        return NOTHING  # what cannot be a name is no file


def fingerprint(data: bytes) -> str:
    """The mark of this content."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _known(path: Path) -> str:
    """What is known of content that is not read; the time of the last change of any kind cannot be set by a program."""
    try:
        found = path.stat()
    except OSError:
        return "unknown"
    return f"{found.st_dev} {found.st_ino} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}"


class ChangedOnDisk(FileError):
    """What stands in the file's place is not what was read or saved there; ``seen`` is what does."""

    def __init__(self, file: str, reason: str, seen: DiskState, *, way_out: str = "") -> None:
        super().__init__(file, reason, way_out=way_out)
        self.seen = seen
