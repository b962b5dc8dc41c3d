"""Dates by day: the month, the agenda, and the feed that a calendar program reads."""
