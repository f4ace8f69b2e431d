"""The command line: what the window does with a file, for scripts. Without a verb it opens the window.

Exit codes: 0 fine, 1 the graph has errors (or the run failed), 2 unreadable input or wrong use, or PyTorch is missing; a training that
was stopped with its state saved: 130 by Ctrl+C, 143 by SIGTERM, 129 by SIGHUP.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence

from visualnet.cli import check, code, compare, diff, new, picture, summary, templates, train
from visualnet.cli.cluster_and_queue import cluster, queue
from visualnet.cli.common import FAULTY, FINE, INTERRUPTED, UNUSABLE, Subcommand, UsageError
from visualnet.cli.own_data import verb as data
from visualnet.cli.run_list import capsules, export_curves, export_weights, runs
from visualnet.cli.runs import (
    attach,
    batch_test,
    evaluate,
    experiment,
    generate,
    lr_test,
    predict,
    search,
    segment,
    watch,
)
from visualnet.core.errors import FileError
from visualnet.core.storage.embedded_project import PICTURES
from visualnet.core.text.format import capitalize_first
from visualnet.core.text.hidden_characters import visible_streams
from visualnet.pytorch import NoTorch
from visualnet.resources import resource
from visualnet.templates.index import SUFFIX
from visualnet.training.capsules.names import SUFFIX as CAPSULE
from visualnet.version import __version__


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command; the exit code."""
    argv = list(sys.argv[1:] if argv is None else argv)
    if not argv or _is_document(argv):
        return _window(argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without × still gets its table
    with visible_streams():
        return _obey(argv)


def _obey(argv: list[str]) -> int:
    args = parser().parse_args(argv)
    try:
        return _carried_out(args)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Who read the output has had enough; what Python still wants to flush at exit goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE


def _carried_out(args: argparse.Namespace) -> int:
    from visualnet.compiling.plan import GraphError

    try:
        ended: int = args.verb(args)
        sys.stdout.flush()
        return ended
    except GraphError as error:
        return _failed(args, str(error), FAULTY)
    except (UsageError, FileError, NoTorch) as error:
        return _failed(args, str(error), UNUSABLE)
    except BrokenPipeError:
        raise
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _failed(args, f"{where}{error.strerror or error}", UNUSABLE)


def _failed(args: argparse.Namespace, words: str, code: int) -> int:
    if args.json:
        print(json.dumps({"error": words}), flush=True)
    print(f"visualnet: {words}", file=sys.stderr)
    return code


def _is_document(argv: list[str]) -> bool:
    """Whether a file or the name of a template alone is given, to be opened in the window."""
    if len(argv) != 1 or argv[0].startswith("-") or argv[0] in VERBS:
        return False
    return argv[0].lower().endswith((SUFFIX, CAPSULE, *PICTURES)) or argv[0] in {
        path.stem for path in resource("templates").glob(f"*{SUFFIX}")
    }


def _window(argv: list[str]) -> int:
    from visualnet.app.main import main as window

    return int(window(argv) or 0)


# --- the options -------------------------------------------------------------------------------------------------------------------


def parser() -> argparse.ArgumentParser:
    """All verbs and their options."""
    top = argparse.ArgumentParser(
        "visualnet", description="Draw a neural network, see why its tensors fit, train it and watch it learn."
    )
    top.epilog = "Without a verb, or with a file alone, the window opens. Exit codes: 0 fine, 1 the graph has errors, 2 wrong use."
    top.add_argument("--version", action="version", version=f"visualnet {__version__}")
    verbs = top.add_subparsers(title="verbs", metavar="VERB", required=True)
    for name, declared in VERBS.items():
        verb = verbs.add_parser(name, help=declared.words, description=f"{capitalize_first(declared.words)}.")
        declared.options(verb)
        verb.add_argument("--json", action="store_true", help="print JSON for programs instead of text for people")
        verb.set_defaults(verb=declared.run)
    return top


VERBS: dict[str, Subcommand] = {
    "templates": templates.VERB,
    "new": new.VERB,
    "check": check.VERB,
    "summary": summary.VERB,
    "compare": compare.VERB,
    "diff": diff.VERB,
    "code": code.VERB,
    "train": train.VERB,
    "cluster": cluster.VERB,
    "queue": queue.VERB,
    "runs": runs.VERB,
    "verify": capsules.VERIFY,
    "pack": capsules.PACK,
    "unpack": capsules.UNPACK,
    "export-curves": export_curves.VERB,
    "export-weights": export_weights.VERB,
    "attach": attach.VERB,
    "evaluate": evaluate.VERB,
    "predict": predict.VERB,
    "watch": watch.VERB,
    "generate": generate.VERB,
    "segment": segment.VERB,
    "lr-test": lr_test.VERB,
    "batch-test": batch_test.VERB,
    "experiment": experiment.VERB,
    "search": search.VERB,
    "picture": picture.VERB,
    "data": data.VERB,
}
