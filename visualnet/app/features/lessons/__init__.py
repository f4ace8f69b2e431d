"""Lessons: steps that are told beside the canvas and checked against what the person did."""
