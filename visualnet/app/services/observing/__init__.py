"""What was observed in the network: `observation_store.py` keeps it over time, `slow_observations.py` computes aside what takes long."""
