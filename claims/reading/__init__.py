"""Reads clean files for people: their text, and pictures of their pages.

`process` is the door: a throw-away process, as confined as the inspection's, does the
work. What is in this package runs without Django.
"""
