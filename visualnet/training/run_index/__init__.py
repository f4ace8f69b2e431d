"""All runs of a folder in an embedded index (SQLite), so that thousands of them are listed, sorted, filtered and searched at once.

The folders are what counts: the index is made of them (`facts.py` says what of a run) and made anew where it is lost, broken or of another
version (`database.py`). `index.py`: `RunIndex`, refreshed by marks of the folders and asked for rows. `filter_line.py`: the language of
filters, ``lr<0.01 state:done tag:baseline words``; `query.py`: a filter as SQL with parameters; no text of a person becomes SQL.
`groups.py`: rows in groups of a column, each with what it comes to; `liveness.py`: whether a run is being trained now, by whatever process.
"""
