"""VisualNet from Python: networks built, trained and used in a few lines; what `import visualnet` hands out.

It may import everything; Qt only where a picture is asked for.
"""
