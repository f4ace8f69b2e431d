"""Writes the page on the command line and the frozen list of its options, from argparse: ``python -m tests.generators.cli_docs``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from visualnet.cli.main import parser

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "cli.md"
OPTIONS = ROOT / "tests" / "cli" / "options.txt"

INTRO = """# The command line

Generated from the program's own declarations (`python -m tests.generators.cli_docs`); do not edit.

`visualnet` alone opens the window, and `visualnet FILE.vnet` opens the file in it. With a verb nothing is shown and Qt is not needed
(only `picture` draws with it).

`X` is a `.vnet` file or the name of a template. Exit codes: 0 fine, 1 the graph has errors or the run failed, 2 unreadable input,
wrong use, or PyTorch is missing. Errors go to stderr.

`train` stops in good order on Ctrl+C (130), SIGTERM (143) and SIGHUP (129): after the step in hand its state is saved, and `--resume`
goes on from there. A second Ctrl+C ends it at once.

With `--json`, `train` prints one event a line, `search` one trial a line and at the end what came out, and every other verb one
value. `summary --json` gives `nodes` (each with `id`, `name`,
`kind`, `path`, `card`, `output_shapes` by port without the batch, `parameters`, `trainable`, `buffers`, `macs`; a block also `repeat` and
what is `inside`; `statistics` are the running means and variances among the `buffers`, and `with_statistics` counts them with the
parameters, as Keras does; `output_bytes` is the memory of what it gives and `kept_bytes` what training keeps of it, at the batch size),
`totals`, `memory` in bytes (`weights`, `gradients`, `optimizer`, activations `forward` and `kept`, gradients `passing` through one layer,
and `inference` and `training` in all), and `problems` (each with `code`, `severity`, `words`, `node`, `sheet`, `at`, `formula`, `repairs`).
"""


def verbs() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    choices = next(a for a in parser()._actions if isinstance(a, argparse._SubParsersAction)).choices
    yield from choices.items()


def arguments(verb: argparse.ArgumentParser) -> list[argparse.Action]:
    return [a for a in verb._actions if not isinstance(a, argparse._HelpAction)]


def spelled(action: argparse.Action) -> str:
    """``-o, --output FILE``"""
    words = ", ".join(action.option_strings) or str(action.metavar)
    value = ""
    if action.option_strings and action.nargs != 0:
        value = f" {action.metavar or '|'.join(action.choices or ())}"
    return words + value


def page() -> str:
    parts = [INTRO]
    for name, verb in verbs():
        given = [a for a in arguments(verb)]
        positional = "".join(f" {a.metavar}" for a in given if not a.option_strings)
        needed = "".join(f" {a.option_strings[0]} {a.metavar}" for a in given if a.option_strings and a.required)
        parts += [f"## visualnet {name}{positional}{needed}\n", f"{verb.description}\n", "| | |\n|---|---|"]
        parts += [f"| `{spelled(a).replace('|', chr(92) + '|')}` | {a.help} |" for a in given]
        parts.append("")
    return "\n".join(parts)


def options() -> str:
    """One option a line; what scripts out there rely on."""
    return "".join(
        f"{name} {spelled(a)}{' (required)' if a.required else ''}\n" for name, verb in verbs() for a in arguments(verb)
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    OPTIONS.write_text(options(), encoding="utf-8")
