"""Texts in files: a table with a column of texts, JSON lines, a file for each document, one long text cut into pieces.

`formats.py` says what can be chosen, `guessing.py` what a path looks like; `decode.py` finds out the encoding, `columns.py` which column
holds the texts; `tables.py`, `json_lines.py`, `pieces.py` and `documents.py` find where each text is, and `records.py` fetches it from
there. The source stands in `text.py`.
"""
