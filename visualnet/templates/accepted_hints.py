"""Hints that a published network has had from the start: its authors rounded there, and it is no fault of the drawing."""

from __future__ import annotations

from functools import lru_cache

from visualnet.analysis.facts import Problem
from visualnet.analysis.inference.infer import infer
from visualnet.core.errors import FileError
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.data.registry import fields_or_none
from visualnet.templates.index import Template
from visualnet.templates.small_versions import template_of

ROUNDING = "inexact"


def accepted_hints(project: Project) -> frozenset[Problem]:
    """The hints about rounding of the template that a project was made from; empty for one's own.

    They are told at the node, by its formula; a problem they are only where somebody changes what is rounded.
    """
    template = template_of(project)
    return _hints_of(template) if template is not None else frozenset()


@lru_cache(maxsize=8)
def _hints_of(template: Template) -> frozenset[Problem]:
    try:
        project = project_file.load(template.path)
    except FileError:
        return frozenset()
    analysis = infer(project, None, fields_or_none(project.data))
    return frozenset(p for p in analysis.problems if p.code == ROUNDING)
