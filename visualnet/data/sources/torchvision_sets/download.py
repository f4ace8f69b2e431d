"""Fetch one of the sets from where torchvision says it is. Only a person's own wish does this; nothing else here reaches for a network."""

from __future__ import annotations

import hashlib
import importlib
import sys
import tarfile
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from visualnet.core.storage.regular_files import open_regular, write_all
from visualnet.core.storage.temporaries import ReplacementFile
from visualnet.data.sources.torchvision_sets.layouts import LAYOUTS, FolderLayout

BLOCK = 1 << 18
PATIENCE_S = 20
"""A server that says nothing for so long is given up."""
LARGEST = 4 << 30
BINARY_MD5 = {"CIFAR10": "c32a1d4ab5d03f1284b67883e8d87530", "CIFAR100": "03b5dce01913d631647c71ecec9e9cb8"}
"""Of the binary versions, as their page tells. torchvision knows the pickled ones, which lie beside them."""
_kept: list[Any] = []


class Remote(NamedTuple):
    """A file to fetch: from one of these addresses, with this md5."""

    name: str
    urls: tuple[str, ...]
    md5: str


def download(name: str, folder: Path, check: Callable[[float], None] = lambda share: None) -> Path:
    """Fetch a set into a folder, and give the folder that is then to be chosen. What is there already is not fetched again.

    Raises:
        ValueError: there is no such set, no torchvision, no network, or what came is not what it should be; the words say which.
        OSError: it cannot be written.
        Cancelled: from ``check``, which is called with the share that is done.
    """
    layout = LAYOUTS.get(name)
    if layout is None:
        raise ValueError(f"there is no set “{name}” (there are {', '.join(LAYOUTS)})")
    remotes = find_remotes(name)
    is_packed = any(remote.name.endswith(".tar.gz") for remote in remotes)
    place = folder if is_packed else folder / layout.folders[0]
    place.mkdir(parents=True, exist_ok=True)
    for at, remote in enumerate(remotes):
        fetch(remote, place / remote.name, partial(_check_part, check, at, len(remotes)))
        if is_packed:
            _unpack(place / remote.name, folder / layout.folders[0], layout)
    check(1.0)
    return folder


def _check_part(check: Callable[[float], None], at: int, parts: int, share: float) -> None:
    """Tell the share of the whole where a share of one part is done."""
    check((at + share) / parts)


def find_remotes(name: str) -> tuple[Remote, ...]:
    """The files of a set, as torchvision knows them.

    Raises:
        ValueError: torchvision is not there, or of another version; the words say how to get the files without it.
    """
    layout = LAYOUTS[name]
    by_hand = f"Or fetch the files of {layout.title} by hand ({', '.join(layout.files['train'][:2])} …) and choose their folder"
    try:
        known = getattr(_import_datasets(), name)
        if layout.form == "idx":
            return tuple(
                Remote(file, tuple(f"{mirror}{file}" for mirror in known.mirrors), md5) for file, md5 in known.resources
            )
        if layout.form == "mat":
            return tuple(
                Remote(known.split_list[part][1], (known.split_list[part][0],), known.split_list[part][2])
                for part in layout.files
            )
        url = known.url.replace("-python", "-binary")
        return (Remote(url.rpartition("/")[2], (url,), BINARY_MD5.get(name) or known.tgz_md5),)
    except (ImportError, OSError, RuntimeError) as error:
        reason = f"torchvision, which knows where the sets are, cannot be used here ({error}): install it. {by_hand}"
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        reason = f"this version of torchvision does not tell where {layout.title} is ({error}). {by_hand}"
    raise ValueError(reason)


def fetch(remote: Remote, target: Path, check: Callable[[float], None]) -> None:
    """Fetch a file from the first address that gives it.

    Raises:
        ValueError: none does, or what came is not it.
        OSError: it cannot be written.
    """
    if target.is_file() and _md5_of(target) == remote.md5:
        return
    reason = "no address is known"
    for url in remote.urls:
        try:
            _fetch_from(url, remote, target, check)
            return
        except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
            reason = str(getattr(error, "reason", error))
    raise ValueError(
        f"“{remote.name}” cannot be fetched ({reason}): is this machine connected to the network? Nothing was changed; what was "
        "fetched whole before is kept"
    )


def _fetch_from(url: str, remote: Remote, target: Path, check: Callable[[float], None]) -> None:
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"“{url}” is no address of the web")
    digest = hashlib.md5(usedforsecurity=False)
    request = urllib.request.Request(url, headers={"User-Agent": "VisualNet"})
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer, ReplacementFile(target) as aside:
        size, done = int(answer.headers.get("Content-Length") or 0), 0
        while block := answer.read(BLOCK):
            done += len(block)
            if done > LARGEST:
                raise ValueError(f"“{remote.name}” has no end: more came than any of the sets has")
            check(min(1.0, done / size) if size else 0.0)
            digest.update(block)
            write_all(aside.handle, block)
        if digest.hexdigest() != remote.md5:
            raise ValueError(f"“{remote.name}” came broken, or is another file than torchvision knows: its md5 differs")
        aside.put_in_place()


def _unpack(archive: Path, folder: Path, layout: FolderLayout) -> None:
    """Take the set's own files out of an archive; whatever else is in it stays there."""
    wanted = {name for names in layout.files.values() for name in names} | {layout.names}
    folder.mkdir(exist_ok=True)
    try:
        with open_regular(archive) as file, tarfile.open(fileobj=file, mode="r:gz") as packed:
            for member in packed:
                name = member.name.rpartition("/")[2]
                content = packed.extractfile(member) if member.isfile() and name in wanted else None
                if content is None:
                    continue
                with ReplacementFile(folder / name) as aside:
                    while block := content.read(BLOCK):
                        write_all(aside.handle, block)
                    aside.put_in_place()
    except (tarfile.TarError, EOFError) as error:
        raise ValueError(f"“{archive.name}” cannot be unpacked: {error}") from None


def _md5_of(path: Path) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    with open_regular(path) as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _import_datasets() -> Any:
    """torchvision's data sets. The CPU build of torch has no matching torchvision: two schemas that it misses are declared then."""
    try:
        return importlib.import_module("torchvision.datasets")
    except RuntimeError as error:
        if "torchvision::nms" not in str(error):
            raise
    import torch

    make_library: Any = torch.library.Library  # not typed
    library = make_library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _kept.append(library)  # its schemas are gone as soon as it is
    for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
        del sys.modules[name]
    return importlib.import_module("torchvision.datasets")
