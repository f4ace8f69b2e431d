"""Tables in files: how a text is divided into cells, what the cells mean, which columns a network reads, and the rows as arrays.

`text_format.py` finds encoding, delimiter and header; `rows.py` and `parquet_rows.py` read rows in blocks; `cells.py` reads numbers and
dates; `column_scan.py` looks at whole columns; `roles.py` chooses inputs and targets; `table_samples.py` reads them into
arrays. `windows.py` cuts series into windows; `shipped_tables.py` declares the tables that come with the program.
"""
