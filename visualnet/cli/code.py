"""The network as plain PyTorch."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from visualnet.cli.common import FINE, Verb, project_of, project_options
from visualnet.pytorch import need_torch


def options(verb: argparse.ArgumentParser) -> None:
    project_options(verb)
    verb.add_argument("-o", "--output", metavar="FILE", help="write to this file instead of the terminal")


def run(args: argparse.Namespace) -> int:
    project = project_of(args)
    need_torch()
    from visualnet.compiling.source_code.source import model_source
    from visualnet.core.storage import project_file

    source = model_source(project)
    if args.output:
        project_file.write(Path(args.output), source.encode())
        print(json.dumps({"file": args.output}) if args.json else f"wrote {args.output}")
    else:
        print(json.dumps({"source": source}) if args.json else source, end="\n" if args.json else "")
    return FINE


VERB = Verb(run, "print the network as plain PyTorch", options)
