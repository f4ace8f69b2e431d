"""What a file or folder holds as data: the kind that it is taken for, sizes, classes, what is broken, copies."""

from __future__ import annotations

import argparse
import json

from visualnet.cli.common import FAULTY, FINE, Subcommand, UsageError
from visualnet.cli.own_data.choosing import choice_options, choose_data, fetch_set


def options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("path", metavar="PATH", help="a file or a folder with data of your own")
    choice_options(verb)
    verb.add_argument(
        "--download",
        metavar="SET",
        help="first fetch MNIST, FashionMNIST, CIFAR10, CIFAR100, SVHN or STL10 into this folder; wants torchvision and a network",
    )
    verb.add_argument(
        "--duplicates", action="store_true", help="look for samples that are the same, or nearly; decodes all"
    )


def run(args: argparse.Namespace) -> int:
    from visualnet.data.examination.copies import find_copies
    from visualnet.data.examination.measure import ClassCount, count_classes
    from visualnet.data.examination.report import describe_report, make_report
    from visualnet.data.loading import open_samples

    if args.download:
        fetch_set(args.download, args.path)
    choice, found = choose_data(args.path, args.kind, args.option)
    classes: tuple[ClassCount, ...] = ()
    copies, samples = None, None
    is_broken = any(each.severity == "error" for each in found.findings)
    if not is_broken:
        import numpy as np

        try:
            source, samples = open_samples(choice)
            nothing = np.arange(0)
            classes = count_classes(source, samples, (np.arange(samples.size), nothing, nothing))
            copies = find_copies(source, samples) if args.duplicates else None
        except ValueError as error:
            raise UsageError(str(error)) from None
    told = make_report(choice, found, classes, copies, samples)
    print(json.dumps(told) if args.json else "\n".join(describe_report(told)))
    return FAULTY if is_broken else FINE


VERB = Subcommand(run, "tell what a file or folder of your own holds as data, and what is broken in it", options)
