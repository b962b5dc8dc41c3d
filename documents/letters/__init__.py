"""Letters, in this order: markup.py (the template language), fields.py and values.py (what can be filled in), kinds.py,
defaults.py (the texts that come with Amparo), sources.py (the chronology), services.py, selectors.py, rendering.py
(PDF), and the pages.

A letter is drafted from a template and the facts of one day, edited by people, approved by an attorney, and sent.
"""
