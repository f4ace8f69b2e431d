"""Results of observations: `observation_store.py` keeps them over time, `slow_observations.py` computes slow ones in the background."""
