"""The curves of a run for other tools, none of which is needed otherwise: each says in words how it is installed.

`rows.py`: the curves as rows of a table. `tables.py`: CSV, and Parquet with pyarrow. `tensorboard.py`: event files for TensorBoard, of a
kept run and while one goes on. `while_training.py`: the recipe's switch, by which a run does that itself. `several.py`: those of several
runs at once. `mlflow_store.py`: a run in MLflow's local store.
"""
