"""Experiments: variants of one network trained with several seeds and held against each other, with what shows why.

`declare.py` says what an experiment is, `registry.py` lists those that come with the program (a file each in `declared/`), and
`networks.py` draws what they begin from. `places.py` names what of any project can be varied, and `own.py` makes experiments of that.
`trials.py` lists the runs that an experiment consists of, `runner.py` trains them, `kept.py` finds them again, `model.py` gathers what
they tell, and `results.py` and `curves.py` say it: table, verdict, curves. `console.py` is the command line.
"""
