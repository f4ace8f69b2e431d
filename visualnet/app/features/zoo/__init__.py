"""The Neural Network Zoo: 27 kinds of networks as a gallery of drawn cards, each with words, its paper and its template.

It takes the choice of a template and the search for words from `start_page`.
"""
