"""Small pieces that the panels are built of."""
