"""Every layer type, declared once, a file per family."""
