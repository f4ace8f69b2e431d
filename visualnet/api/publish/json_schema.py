"""The JSON Schema of project files, from the declarations.

``python -m visualnet.api.publish.json_schema`` writes ``resources/vnet.schema.json``.

It is for editors and other programs; this program itself reads files with ``core.files``, which says more about what is wrong.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from visualnet.api.publish.recipe_schema import bounded, recipe_schema, search_schema
from visualnet.core import validation
from visualnet.core.graph import ANNOTATION_KINDS, COLOURS, DIRECTIONS, LEARNER, MODES, STATISTICS
from visualnet.core.names import MAX_NAME, MAX_TEXT
from visualnet.core.project import DataChoice
from visualnet.core.storage import project_file
from visualnet.core.storage.decoding import decode
from visualnet.core.storage.decoding.decode_data import DTYPES, MAX_SEED
from visualnet.core.storage.project_file import FORMAT, PROGRAM
from visualnet.core.validation import MAX_ANNOTATIONS, MAX_BENDS, MAX_BOOKMARKS
from visualnet.layers import LAYERS, Layer
from visualnet.layers.declaration.initialization import INITIALIZATIONS
from visualnet.layers.recipe.node_training import NODE_TRAINING

_NUMBER = {"type": "number"}
_NAME = {"type": "string", "pattern": r"^[^\W\d]\w*$", "maxLength": MAX_NAME}


def params_schema(kind: type[Layer]) -> dict[str, Any]:
    """The schema of what a node of this type may hold in ``params``."""
    properties = {name: param.schema() for name, param in kind.params.items()}
    return {"type": "object", "description": kind.summary(), "properties": properties}


def project_schema() -> dict[str, Any]:
    """The schema of a whole ``.vnet`` file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "VisualNet project",
        "type": "object",
        "required": ["program", "format"],
        "properties": {
            "program": {"const": PROGRAM},
            "format": {"type": "integer", "minimum": 1, "description": f"Number of the file format; this is {FORMAT}."},
            "name": {"type": "string"},
            "note": {"type": "string"},
            "constants": {**_numbers(), "description": "Numbers that every expression may name."},
            "data": _data(),
            "recipe": recipe_schema(),
            "graph": {"$ref": "#/$defs/graph"},
            "blocks": {"type": "object", "propertyNames": _NAME, "additionalProperties": {"$ref": "#/$defs/block"}},
            "runs": {"type": "array", "items": _run()},
            "search": search_schema(),
        },
        "$defs": {
            "graph": _graph(),
            "node": _node(),
            "init": _init(),
            "block": _block(),
            "params": {tag: params_schema(kind) for tag, kind in LAYERS.items()},
        },
    }


def _numbers() -> dict[str, Any]:
    return {"type": "object", "propertyNames": _NAME, "additionalProperties": _NUMBER}


def _graph() -> dict[str, Any]:
    end = {"type": "string", "pattern": r"^n[1-9][0-9]*\.\w+$"}
    coordinate = {"type": "number", "minimum": -validation.FAR, "maximum": validation.FAR}
    return {
        "type": "object",
        "properties": {
            "nodes": {"type": "array", "maxItems": decode.MAX_NODES, "items": {"$ref": "#/$defs/node"}},
            "wires": {
                "type": "array",
                "maxItems": decode.MAX_WIRES,
                "items": {"type": "array", "items": end, "minItems": 2, "maxItems": 2},
                "description": "From an output port to an input port.",
            },
            "layout": {
                "type": "object",
                "additionalProperties": {"type": "array", "items": coordinate, "minItems": 2, "maxItems": 2},
                "description": "Each card's top left corner, in px.",
            },
            "spent": {
                "type": "integer",
                "minimum": 0,
                "description": "The highest number that an id has had, if its node is gone.",
            },
            "direction": {
                "enum": list(DIRECTIONS),
                "default": "right",
                "description": "Where the tensors flow to, and so on which sides of the cards the ports stand.",
            },
            "bends": {
                "type": "object",
                "propertyNames": end,
                "additionalProperties": {
                    "type": "array",
                    "items": {"type": "array", "items": coordinate, "minItems": 2, "maxItems": 2},
                    "minItems": 1,
                    "maxItems": MAX_BENDS,
                },
                "description": "Points that a wire is led over, by the port where it ends.",
            },
            "remarks": {"type": "array", "maxItems": MAX_ANNOTATIONS, "items": _annotation(coordinate)},
            "bookmarks": {
                "type": "object",
                "maxProperties": MAX_BOOKMARKS,
                "additionalProperties": {"type": "array", "items": coordinate, "minItems": 3, "maxItems": 3},
                "description": "Views to come back to: centre and scale.",
            },
        },
    }


def _annotation(coordinate: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": {"type": "string", "pattern": "^r[1-9][0-9]{0,8}$"},
            "kind": {"enum": list(ANNOTATION_KINDS), "default": "frame"},
            "text": {"type": "string", "maxLength": MAX_TEXT, "description": "A frame's title, or a note in Markdown."},
            "colour": {"enum": list(COLOURS), "default": ""},
            "area": {
                "type": "array",
                "items": coordinate,
                "minItems": 4,
                "maxItems": 4,
                "description": "Left, top, width, height, in px.",
            },
        },
    }


def _node() -> dict[str, Any]:
    kinds = [
        {
            "if": {"properties": {"kind": {"const": tag}}},
            "then": {"properties": {"params": {"$ref": f"#/$defs/params/{tag}"}}},
        }
        for tag in LAYERS
    ]
    return {
        "type": "object",
        "required": ["id", "kind", "name"],
        "properties": {
            "id": {"type": "string", "pattern": "^n[1-9][0-9]{0,8}$"},
            "kind": {
                "description": "A layer type, or block:NAME. Unknown ones are kept as they are.",
                "anyOf": [
                    {"enum": list(LAYERS)},
                    {"type": "string", "pattern": "^block:"},
                    {"type": "string", "pattern": "^" + validation.KIND.pattern.replace("\\Z", "$")},
                ],
            },
            "name": _NAME,
            "params": {"type": "object", "description": "What differs from the defaults."},
            "trainable": {"type": "boolean", "default": True},
            "statistics": {
                "enum": list(STATISTICS),
                "default": "fixed",
                "description": "Of a frozen node's normalizations. fixed: used and not moved; updated: each batch moves them.",
            },
            "init": {"$ref": "#/$defs/init"},
            "training": {
                "type": "object",
                "description": "How its weights are trained where that differs from the recipe; a block's: of all inside.",
                "properties": {
                    **{name: param.schema() for name, param in NODE_TRAINING.items()},
                    LEARNER: {
                        "type": "string",
                        "description": "The learner of the recipe that trains them; a loss's: that lowers it.",
                    },
                },
            },
            "shares": {"type": "string", "description": "Id of the node whose weights this one uses."},
            "repeat": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string"}], "default": 1},
            "mode": {
                "enum": list(MODES),
                "default": "",
                "description": "mute: hands its first input on; off: as if not there.",
            },
            "folded": {"type": "boolean", "default": False, "description": "The card shows only its name."},
        },
        "allOf": kinds,
    }


def _init() -> dict[str, Any]:
    """How weights start: what each way has as values, told by its name."""
    ways = [
        {
            "if": {"properties": {"kind": {"const": tag}}},
            "then": {"properties": {name: param.schema() for name, param in kind.params.items()}},
        }
        for tag, kind in INITIALIZATIONS.items()
        if kind.params
    ]
    return {
        "type": "object",
        "description": "How its weights start; the names are those of torch.nn.init.",
        "properties": {"kind": {"enum": list(INITIALIZATIONS), "default": "default"}},
        "allOf": ways,
    }


def _block() -> dict[str, Any]:
    about = {
        "type": "object",
        "description": "What a parameter means, and between which numbers it may lie.",
        "properties": {"note": {"type": "string"}, "low": _NUMBER, "high": _NUMBER},
    }
    properties = {
        "graph": {"$ref": "#/$defs/graph"},
        "params": _numbers(),
        "note": {"type": "string"},
        "about": {"type": "object", "additionalProperties": about},
    }
    return {"type": "object", "properties": properties}


def _data() -> dict[str, Any]:
    plain = DataChoice()
    share = {"type": "number", "minimum": 0, "maximum": 1}
    split = {"type": "array", "items": share, "minItems": 3, "maxItems": 3, "default": list(plain.split)}
    properties = {
        "name": {"type": "string", "default": plain.name},
        "options": {"type": "object"},
        "split": {**split, "description": "Shares of training, validation and test; they add to 1."},
        "seed": bounded("integer", 0, MAX_SEED, plain.seed),
        "normalise": {"type": "boolean", "default": plain.normalise},
        "path": {"type": "string", "description": "Own data: a file or folder, relative to this file's folder."},
        "facts": _facts(),
        "preparation": {"type": "array", "items": _preparation_step()},
        "division": {"type": "string", "default": plain.division},
        "division_options": {"type": "object"},
        "balance": {"type": "string", "default": plain.balance},
    }
    return {"type": "object", "properties": properties}


def _preparation_step() -> dict[str, Any]:
    properties = {
        "kind": {"type": "string"},
        "options": {"type": "object"},
        "off": {"type": "boolean", "default": False},
    }
    return {"type": "object", "required": ["kind"], "properties": properties}


def _facts() -> dict[str, Any]:
    """What was found when own data were looked through."""
    whole = {"type": "integer", "minimum": 0}
    texts = {"type": "array", "items": {"type": "string"}}
    field = {
        "shape": {"type": "array", "items": whole, "maxItems": 8},
        "axes": {**texts, "maxItems": 8},
        "dtype": {"enum": list(DTYPES)},
        "classes": whole,
    }
    properties = {
        "size": whole,
        "fields": {"type": "object", "propertyNames": _NAME, "additionalProperties": _closed(field)},
        "classes": texts,
        "columns": texts,
        "fingerprint": {"type": "string"},
    }
    return {
        "type": "object",
        "properties": properties,
        "description": "What was found there, so that shapes are known.",
    }


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _run() -> dict[str, Any]:
    line = {"type": "string", "maxLength": 255}
    properties: dict[str, Any] = {name: line for name in ("id", "folder", "started", "state")}
    properties |= {
        "epochs": {"type": "integer", "minimum": 0},
        "summary": {"type": "object", "additionalProperties": _NUMBER},
    }
    return {"type": "object", "required": ["id"], "properties": properties}


def text() -> str:
    """The schema as it stands in the file."""
    return json.dumps(project_schema(), indent=1, ensure_ascii=False) + "\n"


def path() -> Path:
    """Where it stands in a checkout."""
    return Path(__file__).parents[3] / "resources" / "vnet.schema.json"


if __name__ == "__main__":
    project_file.write(path(), text().encode())
