"""Images in files: a folder per class, with a table of labels, with masks, with boxes.

`files.py` walks a folder and keeps its paths; `decode.py` reads headers and pixels; `survey.py` says what the headers of many files tell;
`samples.py` fetches; `annotations.py` reads files of boxes. The sources stand in `image_*.py`.
"""
