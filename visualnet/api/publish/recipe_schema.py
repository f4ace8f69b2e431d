"""The JSON Schema of how a project's network is trained, and of how good settings for that are looked for."""

from __future__ import annotations

from typing import Any

from visualnet.core.names import MAX_NAME
from visualnet.core.project import Recipe, SearchSpec
from visualnet.core.storage.decoding import decode, decode_search
from visualnet.core.storage.decoding.decode_data import MAX_SEED
from visualnet.training.recipe.settings import known_options


def bounded(kind: str, low: float, high: float, default: Any) -> dict[str, Any]:
    """A number within bounds."""
    return {"type": kind, "minimum": low, "maximum": high, "default": default}


def _steps() -> dict[str, Any]:
    """How a recipe or one of its learners makes steps."""
    plain = Recipe()
    return {
        "optimizer": {"type": "string", "default": plain.optimizer},
        "lr": bounded("number", 0, 1e6, plain.lr),
        "momentum": bounded("number", 0, 1, plain.momentum),
        "nesterov": {"type": "boolean", "default": plain.nesterov},
        "weight_decay": bounded("number", 0, 1e6, plain.weight_decay),
        "schedule": {"type": "string", "default": plain.schedule},
        "options": {
            "type": "object",
            "description": "Further settings of optimizer, schedule and guards, by name.",
            "properties": {name: param.schema() for name, param in known_options().items()},
        },
    }


def _learners() -> dict[str, Any]:
    learner = {
        "name": {"type": "string", "maxLength": MAX_NAME},
        "steps": {**bounded("integer", 1, decode.MAX_STEPS, 1), "description": "Steps that it makes in each round."},
        **_steps(),
    }
    return {
        "type": "array",
        "maxItems": decode.MAX_LEARNERS,
        "description": "Those that learn beside or against each other, in a round's order; without any, the recipe is the one learner.",
        "items": {"type": "object", "required": ["name"], "properties": learner},
    }


def recipe_schema() -> dict[str, Any]:
    """How a network is trained."""
    plain = Recipe()
    properties = {
        **_steps(),
        "batch_size": bounded("integer", 1, 10**9, plain.batch_size),
        "epochs": bounded("integer", 1, 10**9, plain.epochs),
        "seed": bounded("integer", 0, MAX_SEED, plain.seed),
        "device": {"type": "string", "default": plain.device},
        "start_from": {
            "type": "string",
            "default": plain.start_from,
            "pattern": r"^$|^runs/[^/\\:]+/(best|last)$|^weights/[^/\\:]+$|^trained/[a-z0-9][a-z0-9.-]*$",
            "description": "Weights that the training begins with: among the person's own, or those that come with the program.",
        },
        "best_by": {
            "type": "string",
            "maxLength": 255,
            "default": plain.best_by,
            "description": "The value by which the best epoch is told: loss, or the name of a loss or metric node; or last epoch.",
        },
        "procedure": {
            "type": "string",
            "default": plain.procedure,
            "description": "What a round of training does: supervised, or play and learning from it.",
        },
        "learners": _learners(),
    }
    return {"type": "object", "properties": properties}


def search_schema() -> dict[str, Any]:
    """What is varied, and how."""
    plain = SearchSpec()
    entry = {
        "address": {
            "type": "string",
            "minLength": 1,
            "maxLength": 255,
            "description": "What is varied, for example lr.",
        },
        "low": {"type": "number"},
        "high": {"type": "number"},
        "log": {"type": "boolean", "default": False, "description": "Small values are tried as often as large ones."},
        "step": {"type": "number", "exclusiveMinimum": 0, "description": "Only low, low + step …"},
        "choices": {
            "type": "array",
            "minItems": 2,
            "maxItems": decode_search.MAX_CHOICES,
            "items": {"type": ["string", "number", "boolean"]},
            "description": "The values that are tried, in the place of a range.",
        },
    }
    properties = {
        "entries": {
            "type": "array",
            "maxItems": decode_search.MAX_ENTRIES,
            "items": {"type": "object", "required": ["address"], "properties": entry},
        },
        "method": {"type": "string", "default": plain.method},
        "pruning": {"type": "string", "default": plain.pruning},
        "objective": {
            "type": "string",
            "maxLength": 255,
            "default": plain.objective,
            "description": "The value of the last epoch that is compared; empty: what the network says of itself.",
        },
        "part": {"enum": list(decode_search.PARTS), "default": plain.part},
        "goal": {"enum": list(decode_search.GOALS), "default": plain.goal},
        "trials": bounded("integer", 1, decode_search.MAX_TRIALS, plain.trials),
        "minutes": bounded("number", 0, decode_search.MAX_MINUTES, plain.minutes),
        "seeds": bounded("integer", 1, decode_search.MAX_SEEDS, plain.seeds),
        "seed": bounded("integer", 0, MAX_SEED, plain.seed),
    }
    return {"type": "object", "description": "How good settings are looked for.", "properties": properties}
