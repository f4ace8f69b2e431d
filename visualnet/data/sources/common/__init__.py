"""What several sources of own data need: labels as numbers, and what was left out as findings."""
