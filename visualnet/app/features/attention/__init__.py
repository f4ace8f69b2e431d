"""The panel *Attention*: which token or patch looks at which."""
