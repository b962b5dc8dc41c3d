"""The ledger of reminders: rows that PostgreSQL keeps, a sweep that takes them, and what became of each try."""
