"""Cross-validation: the same network trained once for each fold of its data.

`cross_validation.py` divides a project in folds and sums up; `fold_runs.py` finds the folds again among the runs of a project.
"""
