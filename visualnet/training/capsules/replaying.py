"""A capsule verified: its digests, and its run trained once more in a folder that is gone afterwards."""

from __future__ import annotations

import tempfile
from pathlib import Path

from visualnet.training.capsules.archive import Check, no_check
from visualnet.training.capsules.manifest import LEFT_OUT
from visualnet.training.capsules.opening import describe_data, read_capsule, unpack_capsule
from visualnet.training.verifying.replay import ReplayVerdict, verify_run


def verify_capsule(path: Path, check: Check = no_check) -> ReplayVerdict:
    """Compare every digest of a capsule, train its run again, and compare the losses to the last bit.

    Raises:
        FileError: it is no capsule, or something in it was changed.
        NoTorch: PyTorch is not installed.
    """
    manifest, _ = read_capsule(path)
    with tempfile.TemporaryDirectory(prefix="visualnet-") as place:
        folder = Path(place, "run")
        unpack_capsule(path, folder, lambda share: check(share / 10))
        if manifest.data.kept == LEFT_OUT:
            words = f"All digests are right. {describe_data(manifest)}"
            return ReplayVerdict("cannot", words)
        found = verify_run(folder, lambda share: check(0.1 + 0.9 * share))
    return found._replace(words=f"All digests are right. {found.words}")
