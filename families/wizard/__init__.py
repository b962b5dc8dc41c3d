"""A new family typed in the browser: only what can still matter is asked, and every step is a draft on the server.

models.py      IntakeDraft: what one person has typed and not put on file yet
drafts.py      saving, throwing away and sweeping drafts
typed.py       what was typed, read as the intake sheet reads it
fields.py      what is asked, and which of it can still change an answer
duplicates.py  people on file who may be the same
finishing.py   the draft becomes a family, in one transaction
views.py       the page
"""
