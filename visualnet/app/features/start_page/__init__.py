"""The start page: templates, recent files, lessons.

It takes the dialog about a network from `about_network`.
"""
