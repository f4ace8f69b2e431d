"""A run keeps how its samples were prepared: what is new is prepared alike, without the data of the training."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from msgspec.structs import replace
from PIL import Image

import visualnet as vn
from visualnet.core import edits
from visualnet.core.project import DataChoice, PreparationStep, Project
from visualnet.data.inspect_source import choose
from visualnet.data.loading import load
from visualnet.data.preparation.fitted_state import FittedPreparation
from visualnet.training.runs.preparation_file import PREPARATION, read_preparation


def classifier(data: DataChoice, *shape: int) -> Project:
    net = vn.Graph("prepared")
    logits = net.linear(net.flatten(net.input(*shape)), 10, name="logits")
    net.output(logits)
    net.cross_entropy(logits, net.target())
    net.set(epochs=1, lr=0.01, batch_size=64, device="cpu")
    return edits.set_data(
        net.project, **{name: getattr(data, name) for name in data.__struct_fields__ if name != "extra"}
    )


def test_raw_samples_and_files_are_prepared_as_in_the_training(tmp_path: Path) -> None:
    steps = (
        PreparationStep(kind="resize", options={"height": 12, "width": 10}),
        PreparationStep(kind="rgb"),
        PreparationStep(kind="crop", options={"height": 99}, off=True),
        PreparationStep(kind="random_rotation"),
    )
    data = DataChoice(name="digits8x8", preparation=steps)
    training = vn.train(classifier(data, 3, 12, 10), folder=tmp_path / "run").finish()
    run, raw = vn.load_run(tmp_path / "run"), load(DataChoice(name="digits8x8"))
    index = training.data.validation[:5]
    images = raw.fetch(index, ("image",))["image"]
    wanted = training.predict(training.data.fetch(index, ("image",))["image"])
    assert isinstance(wanted, torch.Tensor)
    kept = read_preparation(tmp_path / "run")
    assert kept is not None and kept.preparation is not None
    assert [step.kind for step in kept.preparation.steps] == ["resize", "rgb"], "no augmentation, nothing that is off"
    model = run.model()
    ours = run.predict(images)
    assert isinstance(ours, torch.Tensor)
    assert model is not None
    assert torch.allclose(ours, wanted, atol=1e-5)
    pixels = (images[0, 0] * 255).round().astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "one.png")
    one = run.predict(tmp_path / "one.png")
    assert isinstance(one, torch.Tensor)
    assert one.shape == (1, 10)
    assert torch.allclose(one[0], wanted[0], atol=0.05)
    with pytest.raises(ValueError, match=r"a sample of “image” is 1×8×8 real numbers; this one is 3×9×9"):
        run.predict(np.zeros((2, 3, 9, 9)))
    with pytest.raises(ValueError, match="the network takes 1 inputs"):
        run.predict()
    (tmp_path / "torn.png").write_bytes((tmp_path / "one.png").read_bytes()[:50])
    for given, words in ((tmp_path / "torn.png", "“torn.png” cannot be read"), ("a cat", "“a cat” is no file that is")):
        with pytest.raises(ValueError, match=words):
            run.predict(given)


def test_words_are_tokenised_by_the_vocabulary_of_the_training_though_its_file_is_gone(tmp_path: Path) -> None:
    lines = [
        f"{'good fine nice' if at % 2 else 'bad awful poor'} number{at},{'yes' if at % 2 else 'no'}" for at in range(60)
    ]
    file = tmp_path / "words.csv"
    file.write_text("text,label\n" + "\n".join(lines))
    data, _found = choose("text", file, {})
    steps = (PreparationStep(kind="tokenise", options={"vocabulary": 50, "length": 6}),)
    net = vn.Graph("words")
    tokens = net.input(6, field="text", dtype="int")
    logits = net.linear(net.flatten(net.embedding(tokens, num_embeddings=50, embedding_dim=8)), 2, name="logits")
    net.output(logits)
    net.cross_entropy(logits, net.target())
    net.set(epochs=20, lr=0.05, batch_size=16, device="cpu")
    chosen = replace(data, preparation=steps)
    fields = {name: getattr(chosen, name) for name in chosen.__struct_fields__ if name != "extra"}
    vn.train(edits.set_data(net.project, **fields), folder=tmp_path / "run").finish()
    file.unlink()
    run = vn.load_run(tmp_path / "run")
    answer = run.predict(["a bad poor thing", "so nice and fine"])
    assert isinstance(answer, torch.Tensor)
    assert [data.facts.classes[at] for at in answer.argmax(1)] == ["no", "yes"] if data.facts else False
    assert torch.allclose(torch.as_tensor(run.predict("so nice and fine"))[0], answer[1], atol=1e-5)


def test_what_was_kept_of_a_preparation_is_read_back_or_refused(tmp_path: Path) -> None:
    data = load(DataChoice(name="digits8x8", preparation=(PreparationStep(kind="normalise"),)))
    assert data.preparation is not None
    again = FittedPreparation.from_json(json.loads(json.dumps(data.preparation.to_json())))
    assert again == data.preparation
    raw = load(DataChoice(name="digits8x8")).fetch(data.train[:4], ("image",))
    assert np.array_equal(again.prepare(dict(raw))["image"], data.fetch(data.train[:4], ("image",))["image"])
    assert read_preparation(tmp_path) is None
    for wrong in ("[]", "{}", '{"preparation": {"format": 2}, "mean": {}, "std": {}}', "nonsense"):
        (tmp_path / PREPARATION).write_text(wrong)
        with pytest.raises(ValueError, match=r"preparation\.json of this run cannot be read"):
            read_preparation(tmp_path)


def test_arrays_and_data_sets_go_through_the_steps_of_the_project(tmp_path: Path) -> None:
    """Images of several sizes, fitted on the training part alone, augmented in training; the run predicts and is judged alike."""
    generator = np.random.default_rng(0)
    images = [generator.random((3, 6 + at % 3, 8)).astype("float32") for at in range(60)]
    labels = np.arange(60) % 2
    steps = (
        PreparationStep(kind="resize", options={"height": 5, "width": 5}),
        PreparationStep(kind="grey"),
        PreparationStep(kind="normalise"),
        PreparationStep(kind="add_noise"),
    )
    project = classifier(DataChoice(name="digits8x8", preparation=steps), 1, 5, 5)

    class Pictures:
        def __len__(self) -> int:
            return 60

        def __getitem__(self, index: int) -> tuple[np.ndarray, int]:
            return images[index], int(labels[index])

    ours = vn.train(project, {"image": images, "label": labels}, folder=tmp_path / "run").finish()
    data = ours.data
    assert data.fields["image"].shape == (1, 5, 5) and [step.name for step in data.augmentation] == ["add_noise"]
    assert abs(float(data.fetch(data.train, ("image",))["image"].mean())) < 1e-5, "by the training part alone"
    assert abs(float(data.fetch(data.validation, ("image",))["image"].mean())) > 1e-5
    theirs = vn.train(project, Pictures()).finish()
    assert theirs.data.fingerprint == data.fingerprint
    run = vn.load_run(tmp_path / "run")
    wanted = ours.predict(data.fetch(data.validation[:4], ("image",))["image"])
    given = run.predict([images[at] for at in data.validation[:4]])
    assert torch.allclose(torch.as_tensor(given), torch.as_tensor(wanted), atol=1e-4)
    brighter = [image + 5 * (at in data.train) for at, image in enumerate(images)]
    judged = run.evaluate(data={"image": brighter, "label": labels})
    assert judged.loaded.preparation == data.preparation, "judged with what the run learned"


def test_words_and_numbers_with_gaps_are_prepared_too() -> None:
    rows = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")
    rows[::7, 1] = np.nan
    net = vn.Graph("gaps")
    net.cross_entropy(net.linear(net.input(4, field="features"), 2), net.target())
    fill = (PreparationStep(kind="fill_missing", options={"indicator": True}),)
    project = edits.set_data(net.set(epochs=1, device="cpu").project, preparation=fill)
    data = vn.train(project, {"features": rows, "label": np.arange(40) % 2}).data
    assert data.fields["features"].shape == (4,) and not np.isnan(data.whole("features")).any()
    texts = ["good nice film" if at % 2 else "bad poor thing" for at in range(40)]
    words = (PreparationStep(kind="tokenise", options={"vocabulary": 20, "length": 3}),)
    net = vn.Graph("words")
    tokens = net.input(3, field="text", dtype="int")
    net.cross_entropy(net.linear(net.flatten(net.embedding(tokens, 20, 4)), 2), net.target())
    project = edits.set_data(net.set(epochs=1, device="cpu").project, preparation=words)
    assert vn.train(project, {"text": texts, "label": np.arange(40) % 2}).data.fields["text"].shape == (3,)
    with pytest.raises(ValueError, match="step 1 of the preparation"):
        vn.train(project, {"features": rows, "label": np.arange(40) % 2})
