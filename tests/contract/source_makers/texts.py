"""Small texts in every layout."""

from __future__ import annotations

from pathlib import Path

from tests.contract.source_makers import Made, maker

SENTENCES = (
    "a fine film with much to see",
    "dull and far too long for me",
    "the music was great, the plot was not",
    "no",
)


@maker("text")
def table(folder: Path) -> Made:
    lines = [f'{at},"{text}",{"ab"[at % 2]}' for at, text in enumerate(SENTENCES * 2)]
    path = folder / "reviews.csv"
    path.write_text("\n".join(["id,review,label", *lines]), "cp1252")
    return Made(path, {}, 8)


@maker("text")
def json_lines(folder: Path) -> Made:
    path = folder / "reviews.jsonl"
    path.write_text("\n".join(f'{{"text": "{text}", "stars": {at % 3}}}' for at, text in enumerate(SENTENCES)), "utf-8")
    return Made(path, {"label_column": "stars"}, 4)


@maker("text")
def documents(folder: Path) -> Made:
    for at, text in enumerate(SENTENCES):
        path = folder / ("train", "test")[at % 2] / ("good", "bad")[at // 2] / f"{at}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return Made(folder, {}, 4)


@maker("text")
def pieces(folder: Path) -> Made:
    path = folder / "story.txt"
    path.write_text("\r\n".join(SENTENCES * 20), "utf-8-sig", newline="")
    return Made(path, {}, len("\n".join(SENTENCES * 20)) // 129)


PAIRS = (
    ("the dog sees the cat", "der hund sieht die katze"),
    ("a man finds a book", "ein mann findet ein buch"),
    ("does the child paint ?", "malt das kind ?"),
    ("the woman can not read now", "die frau kann jetzt nicht lesen"),
)


@maker("sentence_pairs")
def two_columns(folder: Path) -> Made:
    path = folder / "pairs.tsv"
    path.write_text("\n".join("\t".join(pair) for pair in PAIRS * 2), "utf-8")
    return Made(path, {}, 8)


@maker("sentence_pairs")
def named_columns(folder: Path) -> Made:
    path = folder / "pairs.csv"
    rows = [f'"{german}",{at},"{english}"' for at, (english, german) in enumerate(PAIRS)]
    path.write_text("\n".join(["deutsch,id,english", *rows]), "utf-8")
    return Made(path, {"source_column": "english", "translation_column": "deutsch"}, 4)
