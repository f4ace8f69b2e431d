"""The command line: what the window does with a file, for scripts. Without a verb it opens the window.

Exit codes: 0 fine, 1 the graph has errors (or the run failed), 2 unreadable input or wrong use, or PyTorch is missing; a training that
was stopped with its state saved: 130 by Ctrl+C, 143 by SIGTERM, 129 by SIGHUP.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from visualnet import __version__
from visualnet.cli import picture
from visualnet.core.errors import FileError
from visualnet.core.project import Project
from visualnet.core.storage.embedded_project import PICTURES
from visualnet.core.text.format import capitalize_first
from visualnet.core.text.visible import visible_streams
from visualnet.pytorch import NoTorch, need_torch
from visualnet.resources import resource
from visualnet.templates.index import SUFFIX, template_list

FINE, FAULTY, UNUSABLE = 0, 1, 2
INTERRUPTED = 130


class Misuse(ValueError):
    """The command cannot be carried out as it was given; the words say why."""


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
        code: int = args.verb(args)
        sys.stdout.flush()
        return code
    except GraphError as error:
        return _failed(args, str(error), FAULTY)
    except (Misuse, FileError, NoTorch) as error:
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
    return argv[0].lower().endswith((SUFFIX, *PICTURES)) or argv[0] in {
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
    for name, (action, words, options) in VERBS.items():
        verb = verbs.add_parser(name, help=words, description=f"{capitalize_first(words)}.")
        options(verb)
        verb.add_argument("--json", action="store_true", help="print JSON for programs instead of text for people")
        verb.set_defaults(verb=action)
    return top


def project_options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "project", metavar="X", help="a .vnet file, a picture that carries a project, or the name of a template"
    )
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


def _new_options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("template", metavar="TEMPLATE", help="the name of a template; “visualnet templates” lists them")
    verb.add_argument("-o", "--output", metavar="FILE", required=True, help="the file to write")
    verb.add_argument("--force", action="store_true", help="write over a file that is there")


def _summary_options(verb: argparse.ArgumentParser) -> None:
    project_options(verb)
    verb.add_argument(
        "--batch-size",
        metavar="N",
        type=number(int, 1),
        help="samples for which memory is told; the recipe's if left out",
    )


def _compare_options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "projects",
        metavar="X",
        nargs="+",
        help="two or more files or templates; or one of separable, stacked-3x3, inception",
    )
    verb.add_argument(
        "--batch-size", metavar="N", type=number(int, 1), default=1, help="samples for which memory is told (1)"
    )


def _diff_options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "before", metavar="A", help="a .vnet file, a picture that carries a project, or the name of a template"
    )
    verb.add_argument("after", metavar="B", help="the same, to be held against A")
    verb.add_argument("--exit-code", action="store_true", help="exit with 1 where they differ, as git diff does")


def _code_options(verb: argparse.ArgumentParser) -> None:
    project_options(verb)
    verb.add_argument("-o", "--output", metavar="FILE", help="write to this file instead of the terminal")


def _train_options(verb: argparse.ArgumentParser) -> None:
    project_options(verb)
    verb.add_argument(
        "--data", metavar="NAME", help="another data set, with options if wanted: points:shape=spiral,n=1000"
    )
    verb.add_argument("--epochs", metavar="N", type=number(int, 1), help="how often to go through the training set")
    verb.add_argument("--batch-size", metavar="N", type=number(int, 1), help="samples per step")
    verb.add_argument("--lr", metavar="RATE", type=number(float, 0), help="the learning rate")
    verb.add_argument("--device", metavar="NAME", help="auto, cpu, cuda, cuda:1, mps …")
    verb.add_argument("--seed", metavar="N", type=number(int, 0), help="fixes initial weights and the order of samples")
    verb.add_argument(
        "--run", metavar="DIR", type=Path, help="the run's folder; by default a new one among the user's runs"
    )
    verb.add_argument(
        "--resume",
        action="store_true",
        help="go on where the run in --run DIR was stopped, or the latest run of this network that can go on",
    )


def number(kind: Callable[[str], Any], low: float) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        value = kind(text)
        if not low <= value < 1e12:
            raise ValueError
        return value

    read.__name__ = f"number (at least {low:g})" if kind is float else f"whole number (at least {low:g})"
    return read


# --- projects ----------------------------------------------------------------------------------------------------------------------


def template_names() -> list[str]:
    """The templates that come with the program."""
    return [template.name for template in template_list()]


def _nearest(text: str) -> str:
    """What was meant, perhaps; the whole list is too long to be read in an error."""
    import difflib

    found = difflib.get_close_matches(text.lower().removesuffix(SUFFIX), template_names(), n=3, cutoff=0.5)
    meant = f"did you mean {' or '.join(found)}? " if found else ""
    return f"{meant}“visualnet templates” lists them"


def open_project(text: str) -> Project:
    """The project in a file, or the template of that name.

    Raises:
        Misuse: there is neither.
        FileError: the file cannot be read.
    """
    from visualnet.core.storage import project_file

    path = Path(text)
    if not path.exists():
        if text.removesuffix(SUFFIX) in template_names():
            path = resource("templates", f"{text.removesuffix(SUFFIX)}{SUFFIX}")
        else:
            raise Misuse(f"there is no file and no template “{text}”; {_nearest(text)}")
    return project_file.load(path)


def project_of(args: argparse.Namespace) -> Project:
    """The project with its constants set as asked."""
    project = open_project(args.project)
    if args.trust:
        from visualnet.core.user import trusted_code
        from visualnet.layers.declaration.layer import foreign_code

        for _, source in foreign_code(project):
            trusted_code.trust_for_now(source)
    if project.readonly:
        print(f"visualnet: {project.readonly}", file=sys.stderr)
    values = dict(project.constants)
    for text in args.set:
        name, equals, value = text.partition("=")
        if not equals or name not in values:
            known = ", ".join(values) or "none"
            raise Misuse(f"--set {text}: NAME=VALUE with one of the project's constants is wanted (it has: {known})")
        try:
            values[name] = int(value) if isinstance(values[name], int) else float(value)
        except ValueError:
            kind = "whole number" if isinstance(values[name], int) else "number"
            raise Misuse(f"--set {text}: “{value}” is no {kind}") from None
    if not args.set:
        return project
    from visualnet.core import edits

    try:
        return edits.set_constants(project, values)
    except ValueError as error:
        raise Misuse(f"--set: {error}") from None


def _report(project: Project, batch_size: int | None = None) -> dict[str, Any]:
    from visualnet.analysis import infer
    from visualnet.analysis.report import report
    from visualnet.data.registry import fields_or_none

    return report(project, infer(project, fields=fields_or_none(project.data)), batch_size)


def _code(told: dict[str, Any]) -> int:
    return FAULTY if any(p["severity"] == "error" for p in told["problems"]) else FINE


# --- the verbs ---------------------------------------------------------------------------------------------------------------------


def _templates(args: argparse.Namespace) -> int:
    found = template_list()
    if args.json:
        keys = ("name", "title", "note", "group", "parameters", "small", "of")
        print(json.dumps([{key: getattr(t, key) for key in keys} for t in found]))
        return FINE
    listed = [t for t in found if not t.of]
    names, smalls = (max((len(getattr(t, key)) for t in listed), default=0) for key in ("name", "small"))
    group = None
    for t in listed:
        if t.group != group:
            group = t.group
            print(f"{group or 'Others'}:")
        here = "as it is" if t.small == t.name else t.small or "–"
        what = t.line or t.note.partition(".")[0] or t.title
        print(f"  {t.name:{names}}  {t.parameters:>13,}  {here:{smalls}}  {what}".rstrip())
    print(
        "\nAfter each name: its parameters, and the small version that trains here on data that comes with the program."
    )
    return FINE


def _new(args: argparse.Namespace) -> int:
    from visualnet.core.storage import project_file

    name = args.template.removesuffix(SUFFIX)
    if name not in template_names():
        raise Misuse(f"there is no template “{name}”; {_nearest(name)}")
    target = Path(args.output)
    if target.exists() and not args.force:
        raise Misuse(f"{target} is there already; --force writes over it")
    project_file.save(target, project_file.load(resource("templates", f"{name}{SUFFIX}")))
    print(json.dumps({"file": str(target)}) if args.json else f"wrote {target}")
    return FINE


def _check(args: argparse.Namespace) -> int:
    from visualnet.analysis import infer
    from visualnet.analysis.report import lines, problems
    from visualnet.data.registry import fields_or_none

    project = project_of(args)
    found = problems(project, infer(project, fields=fields_or_none(project.data)))
    print(json.dumps({"problems": found}) if args.json else "\n".join(lines(found)) or "no problem found")
    return _code({"problems": found})


def _summary(args: argparse.Namespace) -> int:
    from visualnet.analysis.report import table

    told = _report(project_of(args), args.batch_size)
    print(json.dumps(told) if args.json else table(told))
    return _code(told)


def _compare(args: argparse.Namespace) -> int:
    from visualnet.analysis.compare.table import compare, table
    from visualnet.analysis.compare.teaching_pairs import PAIRS

    pair = PAIRS.get(args.projects[0]) if len(args.projects) == 1 else None
    if pair is None and len(args.projects) < 2:
        raise Misuse(f"compare wants two networks or more, or one of: {', '.join(PAIRS)}")
    networks = pair.build() if pair else [(name.removesuffix(SUFFIX), open_project(name)) for name in args.projects]
    told = compare(networks, args.batch_size)
    if args.json:
        print(json.dumps({**told, "formula": list(pair.lines) if pair else []}))
    else:
        head = [pair.title, pair.words, ""] if pair else []
        print("\n".join([*head, table(told), *([""] if pair else []), *(pair.lines if pair else ())]))
    return FAULTY if any(network["problems"] for network in told["networks"]) else FINE


def _diff(args: argparse.Namespace) -> int:
    from visualnet.analysis import infer
    from visualnet.analysis.compare.project_diff import as_data, differences, lines
    from visualnet.data.registry import fields_or_none

    projects = [open_project(text) for text in (args.before, args.after)]
    found = differences(*(infer(project, fields=fields_or_none(project.data)) for project in projects))
    print(json.dumps(as_data(found)) if args.json else "\n".join(lines(found)))
    return FAULTY if args.exit_code and found else FINE


def _source(args: argparse.Namespace) -> int:
    project = project_of(args)
    need_torch()
    from visualnet.compiling.source import model_source
    from visualnet.core.storage import project_file

    source = model_source(project)
    if args.output:
        project_file.write(Path(args.output), source.encode())
        print(json.dumps({"file": args.output}) if args.json else f"wrote {args.output}")
    else:
        print(json.dumps({"source": source}) if args.json else source, end="\n" if args.json else "")
    return FINE


def _train(args: argparse.Namespace) -> int:
    project = project_of(args)
    told = _report(project)
    if args.data is None and _code(told) != FINE:  # told at once, before torch and the data are loaded
        words = "\n".join(f"{p['node']}: {p['words']}" for p in told["problems"] if p["severity"] == "error")
        if args.json:
            print(json.dumps({"event": "failed", "kind": "graph", "words": words}))
        print(f"visualnet: {words}", file=sys.stderr)
        return FAULTY
    from visualnet.training.console import TrainOptions, train

    names = ("data", "epochs", "batch_size", "lr", "device", "seed", "run", "resume", "json")
    return train(project, TrainOptions(**{name: getattr(args, name) for name in names}))


def _no_options(verb: argparse.ArgumentParser) -> None:
    """`templates` has none of its own."""


VERBS: dict[str, tuple[Callable[[argparse.Namespace], int], str, Callable[[argparse.ArgumentParser], None]]] = {
    "templates": (_templates, "list the templates", _no_options),
    "new": (_new, "write a template to a file of your own", _new_options),
    "check": (_check, "tell what is wrong with a graph, and how to repair it", project_options),
    "summary": (_summary, "show every node's shapes, parameters and multiplications and memory", _summary_options),
    "compare": (
        _compare,
        "hold two or more networks against each other: parameters, MACs, depth, memory",
        _compare_options,
    ),
    "diff": (_diff, "tell what sets two networks apart: nodes, shapes, parameters", _diff_options),
    "code": (_source, "print the network as plain PyTorch", _code_options),
    "train": (_train, "train, and tell how it goes", _train_options),
    "picture": (picture.picture, "draw the graph into a file", picture.options),
}
