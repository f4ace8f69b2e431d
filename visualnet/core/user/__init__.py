"""What belongs to the person, not to a project: folders, presets, own blocks, trusted code."""
