"""The dialog that holds several networks against each other in one table."""
