"""What can be chosen of the format of a text file. Declared apart from what reads it, which computes and is imported late."""

from __future__ import annotations

ENCODINGS = {
    "auto": "found out from the bytes",
    "utf-8": "the usual one",
    "cp1252": "Windows, Western Europe",
    "utf-16": "two bytes a character",
    "latin-1": "ISO 8859-1",
    "cp1251": "Windows, Cyrillic",
    "shift_jis": "Japanese",
    "gb18030": "Chinese",
}
DELIMITERS = {
    "auto": "found out from the first rows",
    "comma": "“,”",
    "semicolon": "“;”",
    "tab": "a tabulator",
    "bar": "“|”",
}
HEADERS = {"auto": "found out from the first rows", "yes": "the first row has names", "no": "the first row is a sample"}
