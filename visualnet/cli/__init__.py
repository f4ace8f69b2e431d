"""The command line: `visualnet VERB ...`. Qt is imported only to open the window or to draw a picture.

It may import everything but `api`.
"""
