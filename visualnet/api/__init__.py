"""VisualNet from Python: networks built, trained and used in a few lines; what `import visualnet` hands out."""
