"""The published schema says what the program itself accepts: held against it by a small validator of our own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from tests.contract.draw import Drawn, cases
from tests.sampling import examples
from visualnet.api.publish import json_schema
from visualnet.core.project import Project
from visualnet.core.storage.project_file import dumps
from visualnet.layers import LAYERS

SCHEMA = json_schema.project_schema()
TEMPLATES = sorted((Path(__file__).parents[2] / "resources").rglob("*.vnet"))
TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
    "integer": int,
    "number": (int, float),
}
_WORDS = """$schema $defs $ref title description default type enum const anyOf allOf if then required properties
additionalProperties propertyNames items minItems maxItems minLength maxLength minimum maximum pattern"""
KNOWN = set(_WORDS.split())


def faults(value: Any, rule: dict[str, Any], at: str = "") -> Iterator[str]:
    """Where the value breaks the schema."""
    assert set(rule) <= KNOWN, set(rule) - KNOWN
    if "$ref" in rule:
        target: Any = SCHEMA
        for key in rule["$ref"].removeprefix("#/").split("/"):
            target = target[key]
        yield from faults(value, target, at)
    if "type" in rule and (
        not isinstance(value, TYPES[rule["type"]]) or (isinstance(value, bool) and rule["type"] != "boolean")
    ):
        yield f"{at}: {value!r} is no {rule['type']}"
        return
    yield from _value_faults(value, rule, at)
    if "anyOf" in rule and all(list(faults(value, option, at)) for option in rule["anyOf"]):
        yield f"{at}: {value!r} is none of the options"
    for option in rule.get("allOf", ()):
        yield from faults(value, option, at)
    if "if" in rule and not list(faults(value, rule["if"], at)):
        yield from faults(value, rule["then"], at)
    if isinstance(value, dict):
        yield from _object_faults(value, rule, at)
    if isinstance(value, list):
        if not rule.get("minItems", 0) <= len(value) <= rule.get("maxItems", len(value)):
            yield f"{at}: {len(value)} items"
        for i, item in enumerate(value):
            yield from faults(item, rule.get("items", {}), f"{at}[{i}]")


def _value_faults(value: Any, rule: dict[str, Any], at: str) -> Iterator[str]:
    if "enum" in rule and value not in rule["enum"]:
        yield f"{at}: {value!r} is not among {rule['enum']}"
    if "const" in rule and value != rule["const"]:
        yield f"{at}: {value!r} is not {rule['const']!r}"
    if isinstance(value, str):
        if "pattern" in rule and not re.search(rule["pattern"], value):
            yield f"{at}: {value!r} does not match {rule['pattern']}"
        if len(value) > rule.get("maxLength", len(value)):
            yield f"{at}: too long"
    if isinstance(value, int | float) and not rule.get("minimum", value) <= value <= rule.get("maximum", value):
        yield f"{at}: {value} is out of bounds"


def _object_faults(value: dict[str, Any], rule: dict[str, Any], at: str) -> Iterator[str]:
    for key in rule.get("required", ()):
        if key not in value:
            yield f"{at}: {key} is missing"
    for key, item in value.items():
        if "propertyNames" in rule:
            yield from faults(key, rule["propertyNames"], f"{at}.{key}")
        if key in rule.get("properties", {}):
            yield from faults(item, rule["properties"][key], f"{at}.{key}")
        elif "additionalProperties" in rule:
            yield from faults(item, rule["additionalProperties"], f"{at}.{key}")


@pytest.mark.wide
def test_the_templates_obey_it() -> None:
    assert TEMPLATES
    for path in TEMPLATES:
        assert not list(faults(json.loads(path.read_bytes()), SCHEMA)), path.name


def test_a_new_project_obeys_it() -> None:
    assert not list(faults(json.loads(dumps(Project())), SCHEMA))


@pytest.mark.few(20)
@pytest.mark.more
@pytest.mark.parametrize("tag", list(LAYERS))
def test_what_a_layer_reads_obeys_it(tag: str) -> None:
    @settings(max_examples=examples(6, wide=20))
    @given(cases(tag))
    def hold(case: Drawn) -> None:
        layer, _ = case
        params = json.loads(json.dumps(layer.values()))
        node = {"id": "n1", "kind": tag, "name": "one", "params": params}
        assert not list(faults(node, SCHEMA["$defs"]["node"]))

    hold()


@pytest.mark.parametrize(
    ("node", "words"),
    [
        ({"id": "n1", "kind": "linear"}, "name is missing"),
        ({"id": "x1", "kind": "linear", "name": "fc"}, ".id"),
        ({"id": "n1", "kind": "linear", "name": "1st"}, ".name"),
        ({"id": "n1", "kind": "linear", "name": "fc", "params": {"out_features": 0}}, ".params.out_features"),
        ({"id": "n1", "kind": "linear", "name": "fc", "params": {"bias": 1}}, ".params.bias"),
        ({"id": "n1", "kind": "conv2d", "name": "c", "params": {"kernel_size": [3, 3, 3]}}, ".params.kernel_size"),
        ({"id": "n1", "kind": "conv2d", "name": "c", "params": {"padding_mode": "ones"}}, ".params.padding_mode"),
        ({"id": "n1", "kind": "relu", "name": "r", "init": {"kind": "pickle"}}, ".init.kind"),
        ({"id": "n1", "kind": "../x", "name": "r"}, ".kind"),
    ],
)
def test_what_is_wrong_breaks_it(node: dict[str, Any], words: str) -> None:
    found = list(faults(node, SCHEMA["$defs"]["node"]))
    assert any(words in fault for fault in found), found


def test_unknown_layers_and_fields_are_allowed() -> None:
    node = {"id": "n1", "kind": "later_layer", "name": "one", "params": {"a": {"b": 1}}, "later": True}
    assert not list(faults(node, SCHEMA["$defs"]["node"]))
