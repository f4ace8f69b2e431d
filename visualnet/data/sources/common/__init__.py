"""What several sources of own data need: the files below a folder, classes and labels as numbers, and what was left out as findings."""
