"""Runs that are passed on: `pack` writes one into a file, `unpack` makes a run of it again, `verify` trains one once more."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from visualnet.cli.common import FAULTY, FINE, Subcommand, UsageError
from visualnet.cli.runs.run_folder import find_run_folder
from visualnet.core.text.format import format_bytes, format_percent


def pack_options(verb: argparse.ArgumentParser) -> None:
    """What can be said about packing."""
    verb.add_argument("run", metavar="RUN", help="the run's folder, or its name among yours")
    verb.add_argument("output", metavar="OUT", type=Path, help="the file to write; its name should end in .vnetz")
    verb.add_argument(
        "--data",
        action="store_true",
        help="pack your own data files too; say so only if you may pass them on (what comes with the program needs no packing)",
    )
    verb.add_argument("--force", action="store_true", help="replace the file if it is there")


def pack(args: argparse.Namespace) -> int:
    """Write a capsule, and tell what is in it."""
    from visualnet.training.capsules.names import SUFFIX
    from visualnet.training.capsules.opening import describe_manifest
    from visualnet.training.capsules.own_data import CONSENT, describe_data
    from visualnet.training.capsules.packing import pack_run
    from visualnet.training.runs.run_model import read_project

    folder = find_run_folder(args.run)
    target = args.output if args.output.suffix.lower() == SUFFIX else Path(f"{args.output}{SUFFIX}")
    if target.exists() and not args.force:
        raise UsageError(f"{target} is there already: name another file, or say --force")
    manifest = pack_run(folder, target, data=args.data, check=_progress("packing"))
    project = read_project(folder)
    if project is not None and project.data.path and not args.data:
        words = f"{describe_data(project.data)} They are left out; --data packs them. {CONSENT}"
        print(f"visualnet: {words}", file=sys.stderr)
    told = {"file": str(target), "bytes": target.stat().st_size, **_as_data(manifest)}
    lines = [f"wrote {target} ({format_bytes(target.stat().st_size)})", *describe_manifest(manifest)]
    print(json.dumps(told) if args.json else "\n".join(lines))
    return FINE


def unpack_options(verb: argparse.ArgumentParser) -> None:
    """What can be said about unpacking."""
    verb.add_argument("file", metavar="FILE", type=Path, help="a .vnetz file")
    verb.add_argument(
        "folder", metavar="DIR", type=Path, nargs="?", help="a new folder for the run; by default one among your runs"
    )
    verb.add_argument("--list", action="store_true", help="only tell what is inside and compare the digests")


def unpack(args: argparse.Namespace) -> int:
    """Make a folder of the run in a capsule, or tell what is in it."""
    from visualnet.training.capsules import opening

    check = _progress("unpacking")
    if args.list:
        manifest, folder = opening.check_capsule(args.file, check), None
    elif args.folder is not None:
        folder, manifest = opening.unpack_capsule(args.file, args.folder, check)
    else:
        folder, manifest = opening.unpack_among_runs(args.file, check)
    if args.json:
        print(json.dumps({"folder": str(folder) if folder else None, **_as_data(manifest)}))
        return FINE
    print("\n".join([f"Run {manifest.run} of {manifest.project}", *opening.describe_manifest(manifest)]))
    print("All digests are right.")
    if args.list:
        for name, entry in manifest.entries.items():
            print(f"{format_bytes(entry.size):>12}  {name}")
    else:
        print(f"the run is in {folder}")
    return FINE


def verify_options(verb: argparse.ArgumentParser) -> None:
    """What can be said about verifying."""
    verb.add_argument("run", metavar="RUN", help="a .vnetz file, a run's folder, or its name among yours")


def verify(args: argparse.Namespace) -> int:
    """Train a run once more, and compare."""
    from visualnet.training.capsules.names import SUFFIX
    from visualnet.training.capsules.replaying import verify_capsule
    from visualnet.training.verifying.replay import verify_run

    check = _progress("training again")
    path = Path(args.run)
    found = (
        verify_capsule(path, check)
        if path.suffix.lower() == SUFFIX and path.is_file()
        else verify_run(find_run_folder(args.run), check)
    )
    print(json.dumps(found.as_data()) if args.json else found.describe())
    return FINE if found.kind == "equal" else FAULTY


def _progress(what: str) -> Any:
    """Tell a terminal how far it is; nothing to a file or another program."""
    shown = [""]

    def check(share: float) -> None:
        words = format_percent(share, 0)
        if sys.stderr.isatty() and words != shown[0]:
            shown[0] = words
            end = "\r" if share >= 1 else ""
            print(f"\r{what} {words:>5}{end}", end="", file=sys.stderr, flush=True)

    return check


def _as_data(manifest: Any) -> dict[str, Any]:
    import msgspec

    found: dict[str, Any] = msgspec.to_builtins(manifest)
    return found


PACK = Subcommand(
    pack,
    "write a run into one file that can be passed on: project, curves, weights, and if wished the data",
    pack_options,
)
UNPACK = Subcommand(unpack, "make a run of a .vnetz file, after everything in it was checked", unpack_options)
VERIFY = Subcommand(
    verify,
    "train a run once more and compare its losses to the last bit; exit code 0 only if all are equal",
    verify_options,
)
