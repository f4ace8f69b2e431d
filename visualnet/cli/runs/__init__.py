"""The verbs around a run: what is found out before it, and how good it is afterwards."""
