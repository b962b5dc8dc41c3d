"""Rules of the office: how often somebody is called, when a question is answered, and what an office adds of its own.

They are no law, and nothing here is ever shown as law. `catalogue/office.py` says which there are and what in the
record sets them off, `rules.py` which of them an organization has, `bringing.py` takes a changed one to every family,
`services.py` changes one, and `forms.py` and `views.py` are the pages.
"""
