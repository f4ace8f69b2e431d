"""Experiments: variants of one network trained with several seeds and held against each other, with what shows why.

`declare.py` says what an experiment is, `registry.py` lists those that come with the program (a file each in `declared/`), and
`networks.py` draws what they begin from. `places.py` names what of any project can be varied, and `own.py` makes experiments of that.
`trials.py` lists the runs that an experiment consists of, `runner.py` trains them, `experiment_folder.py` reads and writes them on disk,
`model.py` gathers their events, and `results.py` and `curves.py` make table, verdict and curves of them. `console.py` is the command line.
"""
