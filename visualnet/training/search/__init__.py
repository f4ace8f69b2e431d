"""Searches: good settings of a project looked for by trials, each an ordinary run, in one process or several.

`methods.py` declares how values are chosen and what is given up early; `space.py` reads what is varied and checks it, and lists a grid;
`apply_values.py` puts values into a project. `folder.py` is a search on disk, `journal.py` Optuna's journal in it, `study.py` what the
trials are and which comes next. `worker.py` trains them, `workers.py` starts and counts the processes that do. `importance.py` tells
which settings matter, `charts.py` draws what came out, `console.py` is the command line. Optuna is imported by `journal.py` and
`study.py` alone, where a search begins or is shown.
"""
