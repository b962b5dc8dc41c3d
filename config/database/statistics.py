"""What PostgreSQL knows of how much is in its tables, by which it chooses the way of each query."""

from django.db import connection


def look_again() -> None:
    """Have PostgreSQL count anew after much came in at once, as the owner of the tables.

    It does so by itself, but a minute later; until then it takes tables for empty, and a page can take half a minute.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
