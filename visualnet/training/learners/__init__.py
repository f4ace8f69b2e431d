"""Those that learn in a run: mostly one, the recipe itself; or several, beside or against each other.

- `learner.py`: gradients, what guards them, one optimizer's step. `learning_rate.py`: its learning rate along the schedule.
- `learners.py`: all learners of a run, in the order of a round, and what a run asks of all of them.
"""
