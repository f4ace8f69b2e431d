"""Where own data lie: relative in the file, absolute in memory, followed only to places that may be followed."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from visualnet.core.document import Document
from visualnet.core.project import DataChoice, DataFacts, FieldFacts, PreparationStep, Project
from visualnet.core.storage import data_places, embedded_project, project_file

FACTS = DataFacts(
    size=3,
    fields={"image": FieldFacts(shape=(3, 0, 0), axes=("C", "H", "W")), "label": FieldFacts(dtype="int", classes=2)},
    classes=("cat", "dog"),
    columns=("folder",),
    fingerprint="ab12",
)
STEPS = (PreparationStep(kind="resize", options={"height": 32}), PreparationStep(kind="flip"))


def own(path: Path) -> Project:
    data = DataChoice(name="image_folder", path=path.as_posix(), facts=FACTS, preparation=STEPS, division="group")
    return Project(data=data)


def test_the_file_says_the_path_from_its_own_folder_and_it_comes_back_absolute(tmp_path: Path) -> None:
    (tmp_path / "pets").mkdir()
    file = tmp_path / "net.vnet"
    project = own(tmp_path / "pets")
    project_file.save(file, project)
    assert '"path": "pets"' in file.read_text("utf-8").replace('":"', '": "')
    assert project_file.load(file).data == project.data
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    file.rename(moved / "net.vnet")
    assert project_file.load(moved / "net.vnet").data.path == f"{moved.as_posix()}/pets"


@pytest.mark.parametrize("path", ["../secret", "../../etc", "/etc", "a/../../secret"])
def test_a_file_leads_nowhere_that_the_person_did_not_choose(tmp_path: Path, path: str) -> None:
    folder = tmp_path / "got"
    folder.mkdir()
    data = project_file.dumps(Project(data=DataChoice(name="image_folder", path=path)))
    found = project_file.loads(data, "x", folder).data.path
    assert not Path(found).is_absolute()


def test_a_place_that_the_person_chose_is_followed_and_what_lies_in_it(tmp_path: Path) -> None:
    folder, chosen = tmp_path / "got", tmp_path / "data"
    folder.mkdir()
    data = project_file.dumps(own(chosen / "pets"), folder)
    assert project_file.loads(data, "x", folder).data.path == "../data/pets"
    data_places.remember(str(chosen))
    assert project_file.loads(data, "x", folder).data.path == (chosen / "pets").as_posix()
    absolute = project_file.dumps(own(chosen / "pets"))
    assert project_file.loads(absolute).data.path == (chosen / "pets").as_posix()


def test_saving_elsewhere_keeps_the_data_found(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    document = Document(own(tmp_path / "a" / "pets"))
    document.save(tmp_path / "b" / "net.vnet")
    assert project_file.load(tmp_path / "b" / "net.vnet").data.path == (tmp_path / "a" / "pets").as_posix()


def test_strangers_get_the_name_alone(tmp_path: Path) -> None:
    assert embedded_project.strip_local_paths(own(tmp_path / "pets")).data.path == "pets"


def test_a_broken_list_of_places_knows_none(tmp_path: Path) -> None:
    data_places.remember(str(tmp_path))
    assert data_places.is_known(str(tmp_path / "x"))
    data_places._file().write_text("[1, {", encoding="utf-8")
    assert not data_places.is_known(str(tmp_path))


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ('"path": 5', "a path"),
        ('"path": "a\\u0000b"', "hidden"),
        ('"preparation": [{"options": {}}]', "kind"),
        ('"preparation": {}', "a list"),
        ('"facts": {"size": -1}', "size"),
        ('"facts": {"fields": {"a b": {}}}', "name of a field"),
        ('"facts": {"fields": {"a": {"shape": [1,1,1,1,1,1,1,1,1]}}}', "8 axes"),
        ('"facts": {"classes": ["' + "x" * 300 + '"]}', "255"),
    ],
)
def test_what_a_file_says_wrongly_of_data_is_refused(raw: str, words: str) -> None:
    text = f'{{"program": "visualnet", "format": 1, "name": "x", "data": {{"name": "image_folder", {raw}}}, "graph": {{}}}}'
    with pytest.raises(project_file.FileError, match=words):
        project_file.loads(text.encode())


def test_facts_and_steps_survive_the_file() -> None:
    project = replace(Project(), data=replace(own(Path("pets")).data, path="pets"))
    assert project_file.loads(project_file.dumps(project)).data == project.data
