"""What the canvas does on a command: arrange, copy, select, annotate, add and change nodes, work with the keyboard."""
