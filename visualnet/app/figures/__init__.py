"""Pictures of a project for files, paper and printers, and the dialogs that make them.

`picture.py` says what can be painted, `writers.py` puts it onto PNG, SVG, PDF, paper and clipboard, `paper_figure.py` paints
figures for papers (`visualnet/figures` says what is on them and where), `export_dialog.py` asks how.
"""
