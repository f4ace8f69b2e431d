"""List the templates."""

from __future__ import annotations

import argparse
import json

from visualnet.cli.common import FINE, Subcommand, no_options
from visualnet.templates.index import template_list


def run(args: argparse.Namespace) -> int:
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


VERB = Subcommand(run, "list the templates", no_options)
