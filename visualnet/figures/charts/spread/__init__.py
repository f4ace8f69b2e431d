"""Charts of what varies from seed to seed: `bands.py` draws curves with bands."""
