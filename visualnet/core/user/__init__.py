"""What belongs to the person, not to a project: folders, presets, own blocks, trusted code; and what the system is set to."""
