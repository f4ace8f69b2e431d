"""What was observed in the network: `observation_store.py` keeps it over time, `long_looks.py` computes aside what takes long."""
