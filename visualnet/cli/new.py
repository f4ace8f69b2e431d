"""Write a template to a file of one's own."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from visualnet.cli.common import FINE, Subcommand, UsageError, nearest_template, template_names
from visualnet.cli.own_data.choosing import choice_options, choose_data
from visualnet.core import edits
from visualnet.resources import resource
from visualnet.templates.index import SUFFIX


def options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("template", metavar="TEMPLATE", help="the name of a template; “visualnet templates” lists them")
    verb.add_argument("-o", "--output", metavar="FILE", required=True, help="the file to write")
    verb.add_argument("--force", action="store_true", help="write over a file that is there")
    verb.add_argument("--data", metavar="PATH", help="let it learn from a file or folder of your own")
    choice_options(verb)


def run(args: argparse.Namespace) -> int:
    from visualnet.core.storage import project_file
    from visualnet.core.storage.data_places import remember

    name = args.template.removesuffix(SUFFIX)
    if name not in template_names():
        raise UsageError(f"there is no template “{name}”; {nearest_template(name)}")
    target = Path(args.output)
    if target.exists() and not args.force:
        raise UsageError(f"{target} is there already; --force writes over it")
    project = project_file.load(resource("templates", f"{name}{SUFFIX}"))
    if args.data is not None:
        choice, _ = choose_data(args.data, args.kind, args.option)
        remember(choice.path)
        project = edits.choose_data(project, choice)
    elif args.kind is not None or args.option:
        raise UsageError("--kind and --option say how the data of --data are read")
    project_file.save(target, project)
    print(json.dumps({"file": str(target)}) if args.json else f"wrote {target}")
    return FINE


VERB = Subcommand(run, "write a template to a file of your own", options)
