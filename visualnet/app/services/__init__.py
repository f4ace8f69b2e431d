"""What runs beside the window: the training thread and its mailbox, background work, live probes, crash reports."""
