"""Changing the record in the browser: one form and one view for every kind of fact, driven by a table (`sheets.py`).

What a change would mean for everybody in the family is shown before it is saved; who comes second chooses field by
field. Screenings have a form of their own (`screenings.forms`) and the same pages.
"""
