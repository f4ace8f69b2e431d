"""What the program remembers is declared: by a feature what is the feature's, by the frame all else; nothing is read by a bare key."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import visualnet
from visualnet.app.features.code.feature import LISTING
from visualnet.app.features.code.listings import LISTINGS
from visualnet.app.features.feature import Feature
from visualnet.app.features.registry import FEATURES
from visualnet.app.state.frame_settings import FRAME_SETTINGS
from visualnet.core.user.settings import Settings

ROOT = Path(visualnet.__path__[0])
DECLARED = (*FRAME_SETTINGS, *(setting for feature in FEATURES for setting in feature.settings))
READERS = {"section", "typed", "get", "setdefault", "pop"}


def sources(folder: Path) -> Iterator[tuple[Path, ast.AST]]:
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            yield path, node


def made_in(folder: Path) -> dict[str, Path]:
    """The key of every setting that the source makes, and where."""
    return {
        key.value: path
        for path, node in sources(folder)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "UserSetting"
        for key in node.args[:1]
        if isinstance(key, ast.Constant)
    }


def test_every_setting_is_declared_once_with_what_it_means() -> None:
    assert [key for key, count in Counter(s.key for s in DECLARED).items() if count > 1] == []
    assert set(made_in(ROOT)) == {setting.key for setting in DECLARED}
    for setting in DECLARED:
        meanings = [setting.meaning, *setting.parts.values()]
        assert all(words.endswith(".") and len(words) > 15 for words in meanings), setting.key
        assert not setting.parts or setting.default == {}, setting.key
    assert LISTING.default in [listing.name for listing in LISTINGS]


@pytest.mark.parametrize(
    "path", sorted((ROOT / "app" / "features").glob("*/feature.py")), ids=lambda path: path.parent.name
)
def test_a_feature_declares_what_its_folder_remembers(path: Path) -> None:
    """Settings are made beside the feature that declares them."""
    feature: Feature = import_module(f"visualnet.app.features.{path.parent.name}.feature").FEATURE
    made = made_in(path.parent)
    assert {setting.key for setting in feature.settings} == set(made)
    assert set(made.values()) <= {path}


def test_nothing_is_read_or_written_by_a_bare_key() -> None:
    bare = []
    for path, node in sources(ROOT / "app"):
        if isinstance(node, ast.Subscript):
            of, key = node.value, node.slice
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in READERS
            and node.args
        ):
            of, key = node.func.value, node.args[0]
        else:
            continue
        settings = ast.unparse(of).rpartition(".")[2] in ("settings", "_settings")
        if settings and isinstance(key, ast.Constant) and isinstance(key.value, str):
            bare.append(f"{path.relative_to(ROOT)}:{node.lineno} {key.value}")
    assert bare == []


def test_a_bare_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AttributeError):
        Settings(tmp_path / "settings.json")["theme"]  # type: ignore[index]


def test_every_setting_survives_and_counts_as_its_default_where_it_is_damaged(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.json")
    for setting in DECLARED:
        settings.data[setting.key] = "seven" if isinstance(setting.default, int) else 7
        assert settings[setting] == setting.default
        kept = {"a": 1} if setting.default == {} else [1] if setting.default == [] else setting.default
        settings[setting] = kept
        assert Settings(settings.path)[setting] == kept
