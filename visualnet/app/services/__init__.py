"""What runs beside the window: background tasks, the runner of trainings, live probes, measurements, crash reports."""
