"""The panel *Runs*: earlier trainings, their curves and settings."""
