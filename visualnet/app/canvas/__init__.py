"""The canvas: the open sheet as a drawing that can be edited."""
