"""Sounds in files: what their headers tell, how they are brought to one rate, and what becomes of those that are broken."""

from __future__ import annotations

import os
import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile

from visualnet.core.project import DataChoice
from visualnet.data.inspect_source import choose
from visualnet.data.loading import load
from visualnet.data.samples import BrokenSample
from visualnet.data.sources.registry import guess_sources
from visualnet.data.sources.sounds.resample import resample, resampled_length
from visualnet.data.sources.source import SourceScan, make_source


def tone(hertz: float, rate: int, seconds: float = 0.25) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)


def write(path: Path, sound: np.ndarray, rate: int = 16_000, subtype: str | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, sound, rate, subtype)
    return path


def look(path: Path, **options) -> tuple[DataChoice, SourceScan]:
    return choose("sound", path, options)


def words_of(found: SourceScan) -> str:
    return "\n".join(f"{f.severity} {f.file}:{f.line} {f.words}" for f in found.findings)


@pytest.mark.parametrize(
    ("suffix", "subtype"),
    [(".wav", "PCM_U8"), (".wav", "PCM_16"), (".wav", "PCM_24"), (".wav", "PCM_32"), (".wav", "FLOAT"), (".wav", "DOUBLE"),
     (".flac", "PCM_16"), (".flac", "PCM_24"), (".aiff", "PCM_16")],
)  # fmt: skip
def test_every_format_gives_amplitudes_from_minus_1_to_1(tmp_path: Path, suffix: str, subtype: str) -> None:
    write(tmp_path / "a" / f"x{suffix}", tone(440, 16_000), 16_000, subtype)
    choice, found = look(tmp_path / "a", labels="none")
    assert found.findings == ()
    assert choice.facts.fields["sound"].shape == (1, 4000)
    sound = make_source(choice).open().fetch(np.array([0]), ("sound",))["sound"]
    assert sound.shape == (1, 1, 4000)
    assert sound.dtype == np.float32
    assert np.abs(sound[0, 0] - tone(440, 16_000)).max() < (0.01 if subtype == "PCM_U8" else 1e-4)


@pytest.mark.parametrize("rate", [8000, 22_050, 44_100, 48_000, 192_000])
def test_channels_are_mixed_and_every_rate_becomes_one(tmp_path: Path, rate: int) -> None:
    stereo = np.stack([tone(440, rate) + 0.2, tone(440, rate) - 0.2], 1)
    write(tmp_path / "x.wav", stereo, rate, "FLOAT")
    choice, found = look(tmp_path)
    assert ("rate", f"{rate:,} Hz") in found.figures
    assert ("channels", "stereo") in found.figures
    sound = make_source(choice).open().fetch(np.array([0]), ("sound",))["sound"][0, 0]
    assert len(sound) == 4000 == choice.facts.fields["sound"].shape[1]
    assert np.abs(sound - tone(440, 16_000))[200:-200].max() < 1e-3


@pytest.mark.parametrize(("rate", "wanted"), [(44_100, 16_000), (16_000, 44_100), (192_000, 16_000), (8000, 11_025)])
def test_a_lower_rate_takes_away_what_is_too_high_for_it(rate: int, wanted: int) -> None:
    half, inner = min(rate, wanted) / 2, slice(400, -400)
    kept = resample(tone(0.9 * half, rate, 1), rate, wanted)
    assert len(kept) == wanted == resampled_length(rate, rate, wanted)
    assert np.abs(kept - tone(0.9 * half, wanted, 1))[inner].max() < 5e-4
    if wanted < rate:
        assert np.abs(resample(tone(1.1 * half, rate, 1), rate, wanted))[inner].max() < 5e-4
    assert np.abs(resample(np.full(rate, 0.25), rate, wanted)[inner] - 0.25).max() < 1e-6
    assert len(resample(np.zeros(0), rate, wanted)) == 0
    assert len(resample(np.ones(1), rate, wanted)) == resampled_length(1, rate, wanted)


def test_folders_are_classes_and_what_is_broken_is_told(tmp_path: Path) -> None:
    root = tmp_path / "words"
    for at, word in enumerate(("yes", "no", "yes", "no")):
        write(root / word / f"{at}.wav", tone(200 + 50 * at, 16_000, 0.1 + 0.05 * at))
    write(root / "no" / "silent.wav", np.zeros(0))
    whole = write(root / "yes" / "cut.wav", tone(300, 16_000)).read_bytes()
    (root / "yes" / "cut.wav").write_bytes(whole[: len(whole) // 2])
    whole = write(root / "yes" / "cut.flac", tone(300, 16_000)).read_bytes()
    (root / "yes" / "cut.flac").write_bytes(whole[: len(whole) // 2])
    write(root / "no" / "nan.wav", np.array([0.1, np.nan]), subtype="FLOAT")
    (root / "no" / "text.wav").write_text("no sound at all")
    (root / "no" / "empty.flac").write_bytes(b"")
    (root / "no" / "notes.txt").write_text("x")
    (root / "no" / "loop").symlink_to(root)
    os.mkfifo(root / "no" / "pipe.wav")
    with wave.open(str(root / "no" / "long.wav"), "wb") as file:
        file.setparams((1, 1, 1000, 0, "NONE", ""))
        file.writeframes(b"\x80" * 601_000)
    choice, found = look(root)
    told = words_of(found)
    for words in (
        "no/silent.wav:0 left out: there is no sound in it: its length is 0",
        "yes/cut.wav:0 the file is cut short: 50 % of its samples are missing; what is there is used",
        "no/text.wav:0 left out: ",
        "no/empty.flac:0 left out: the file is empty",
        "no/pipe.wav:0 left out: it is a pipe, not a file",
        "no/long.wav:0 left out: it lasts 10 min 01 s; 10 min are allowed",
        "1 link left out",
        "1 other file left out (1 .txt)",
    ):
        assert words in told
    samples = make_source(choice).open()
    places = [samples.describe(at) for at in range(samples.size)]
    assert places == ["no/1.wav", "no/3.wav", "no/nan.wav", "yes/0.wav", "yes/2.wav", "yes/cut.flac", "yes/cut.wav"]
    assert choice.facts.classes == ("no", "yes")
    assert choice.facts.fields["sound"].shape == (1, 0)
    assert samples.column("label").tolist() == [0, 0, 0, 1, 1, 1, 1]
    for at, words in (
        (2, "no/nan.wav” cannot be read: some of its samples are no numbers"),
        (5, "yes/cut.flac” cannot be read"),
    ):
        with pytest.raises(BrokenSample, match=words) as broken:
            samples.fetch(np.array([0, at]), ("sound",))
        assert broken.value.sample == at
    assert [len(s[0]) for s in samples.fetch(np.array([0, 1, 6]), ("sound",))["sound"]] == [2400, 4000, 1989]


def test_a_table_of_labels_beside_the_sounds(tmp_path: Path) -> None:
    root = tmp_path / "esc"
    for at in range(4):
        write(root / "audio" / f"1-{at}.wav", tone(300, 16_000))
    (root / "meta").mkdir()
    table = root / "meta" / "esc.csv"
    table.write_text(
        "filename,fold,target,category\n1-0.wav,1,0,dog\n1-1.wav,2,7,rain\n1-2.wav,1,7,rain\nnone.wav,1,0,dog\n",
        "utf-8",
    )
    assert guess_sources(root)[0][0].name == "sound"
    choice, found = look(root)
    told = words_of(found)
    assert choice.facts.classes == ("dog", "rain")
    assert choice.facts.columns == ("fold", "target")
    samples = make_source(choice).open()
    assert samples.column("fold").tolist() == ["1", "2", "1"]
    assert [choice.facts.classes[at] for at in samples.column("label")] == ["dog", "rain", "rain"]
    assert "esc.csv:5 row 5 was left out: there is no file of this name" in told
    assert "audio/1-3.wav:0 1 sound left out: the table does not name them" in told
    assert look(root, label_column="target")[0].facts.classes == ("0", "7")
    with pytest.raises(ValueError, match="no column “kind” for the labels"):
        look(root, labels="table", label_column="kind")
    table.write_text("a,b\n1,2\n3,4\n", "utf-8")
    with pytest.raises(ValueError, match=r"no column of “esc.csv” names the files"):
        look(root, labels="table")
    assert look(root)[0].facts.classes == ("audio",)  # the table is about something else


def test_what_holds_no_sound_is_refused_with_words(tmp_path: Path) -> None:
    (tmp_path / "x.mp4").write_bytes(b"x")
    with pytest.raises(ValueError, match=r"holds no sounds .*there are 1 \.mp4"):
        look(tmp_path)
    (tmp_path / "x.wav").write_bytes(b"no sound")
    with pytest.raises(ValueError, match=r"no sound of .* can be read; “x.wav”: left out"):
        look(tmp_path)
    write(tmp_path / "x.wav", tone(300, 16_000))
    with pytest.raises(ValueError, match="not in a folder for each class"):
        look(tmp_path, labels="folders")
    assert not [kind for kind, _ in guess_sources(tmp_path / "x.mp4")]


def test_sounds_are_prepared_as_pictures_of_their_pitches(tmp_path: Path) -> None:
    for at in range(20):
        write(tmp_path / ("low", "high")[at % 2] / f"{at}.wav", tone((300, 2000)[at % 2], 8000, 0.2 + 0.01 * at), 8000)
    choice, _ = look(tmp_path, rate=8000)
    assert [step.kind for step in choice.preparation] == ["cut_sound", "log_mel"]
    data = load(choice)
    picture = data.fetch(data.train, ("spectrogram", "label"))
    assert picture["spectrogram"].shape[1:] == data.fields["spectrogram"].shape
    assert "spectrogram" in data.mean
    loudest = picture["spectrogram"][:, 0, :, 3].argmax(1)
    assert loudest[picture["label"] == 0].min() > loudest[picture["label"] == 1].max()  # “high” is class 0


def test_a_file_that_becomes_another_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "x.wav", tone(300, 16_000))
    choice, _ = look(tmp_path)
    samples = make_source(choice).open()
    write(path, tone(300, 16_000, 0.5))
    with pytest.raises(BrokenSample, match=r"“x.wav” has changed"):
        samples.fetch(np.array([0]), ("sound",))
    write(tmp_path / "y.wav", tone(300, 16_000))
    with pytest.raises(ValueError, match="has 2 samples now; 1 were there"):
        make_source(choice).open()
