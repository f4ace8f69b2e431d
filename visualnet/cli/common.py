"""What the verbs share: the project that is named, its options, exit codes."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from visualnet.core.project import Project
from visualnet.resources import resource
from visualnet.templates.index import SUFFIX, template_list

FINE, FAULTY, UNUSABLE = 0, 1, 2
INTERRUPTED = 130


class Subcommand(NamedTuple):
    """A verb of the command line: what it does, in words and in code, and what can be said about it."""

    run: Callable[[argparse.Namespace], int]
    words: str
    options: Callable[[argparse.ArgumentParser], None]


class UsageError(ValueError):
    """The command cannot be carried out as it was given; the words say why."""


def project_options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "project", metavar="X", help="a .vnet file, a picture that carries a project, or the name of a template"
    )
    project_switches(verb)


def project_switches(verb: argparse.ArgumentParser) -> None:
    """What may be said of a project that is named."""
    verb.add_argument(
        "--set",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="set a constant of the project; may be repeated",
    )
    verb.add_argument(
        "--trust",
        action="store_true",
        help="let the Python code of the project's custom layers run this once; read it first",
    )


def number(kind: Callable[[str], Any], low: float) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        value = kind(text)
        if not low <= value < 1e12:
            raise ValueError
        return value

    read.__name__ = f"number (at least {low:g})" if kind is float else f"whole number (at least {low:g})"
    return read


def template_names() -> list[str]:
    """The templates that come with the program."""
    return [template.name for template in template_list()]


def nearest_template(text: str) -> str:
    """What was meant, perhaps; the whole list is too long to be read in an error."""
    import difflib

    found = difflib.get_close_matches(text.lower().removesuffix(SUFFIX), template_names(), n=3, cutoff=0.5)
    meant = f"did you mean {' or '.join(found)}? " if found else ""
    return f"{meant}“visualnet templates” lists them"


def open_project(text: str) -> Project:
    """The project in a file, or the template of that name.

    Raises:
        UsageError: there is neither.
        FileError: the file cannot be read.
    """
    from visualnet.core.storage import project_file

    path = Path(text)
    if not path.exists():
        if text.removesuffix(SUFFIX) in template_names():
            path = resource("templates", f"{text.removesuffix(SUFFIX)}{SUFFIX}")
        else:
            raise UsageError(f"there is no file and no template “{text}”; {nearest_template(text)}")
    return project_file.load(path)


def project_of(args: argparse.Namespace) -> Project:
    """The project with its constants set as asked."""
    project = open_project(args.project)
    if args.trust:
        from visualnet.core.user import trusted_code
        from visualnet.layers.custom.sources import foreign_code

        for _, source in foreign_code(project):
            trusted_code.trust_for_now(source)
    if project.readonly:
        print(f"visualnet: {project.readonly}", file=sys.stderr)
    values = dict(project.constants)
    for text in args.set:
        name, equals, value = text.partition("=")
        if not equals or name not in values:
            known = ", ".join(values) or "none"
            raise UsageError(
                f"--set {text}: NAME=VALUE with one of the project's constants is wanted (it has: {known})"
            )
        try:
            values[name] = int(value) if isinstance(values[name], int) else float(value)
        except ValueError:
            kind = "whole number" if isinstance(values[name], int) else "number"
            raise UsageError(f"--set {text}: “{value}” is no {kind}") from None
    if not args.set:
        return project
    from visualnet.core import edits

    try:
        return edits.set_constants(project, values)
    except ValueError as error:
        raise UsageError(f"--set: {error}") from None


def report_of(project: Project, batch_size: int | None = None) -> dict[str, Any]:
    from visualnet.analysis import infer
    from visualnet.analysis.report import report
    from visualnet.data.registry import fields_or_none

    return report(project, infer(project, fields=fields_or_none(project.data)), batch_size)


def exit_code(told: dict[str, Any]) -> int:
    return FAULTY if any(p["severity"] == "error" for p in told["problems"]) else FINE


def no_options(verb: argparse.ArgumentParser) -> None:
    """`templates` has none of its own."""
