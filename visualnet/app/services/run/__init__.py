"""What the runner of trainings consists of: the runs that are shown, and the question that a drawing changed in a pause puts."""
