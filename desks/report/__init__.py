"""The status report in numbers (docs/adr/0019): counted from the history as of a moment, kept, compared, masked.

record.py reads what was on file at the moment; children.py, parents.py and members.py place each person in one cell;
figures.py puts the blocks together and proves that they add up; labels.py has their words; comparing.py says who moved
since the report before, and why; masking.py hides small numbers; page.py, services.py and views.py are the rest.
"""
