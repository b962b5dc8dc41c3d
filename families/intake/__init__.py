"""The intake sheet: how families enter by the hundred, and again when the office has changed its sheet.

`reading` makes rows of text out of a file, `spool` puts them aside by family, `vocabulary` and `rows` read them,
`checks` and `planning` judge them against the rules and the record, `storing` writes, `report` tells; `importing` is
the whole.
"""
