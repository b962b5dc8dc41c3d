"""Django's `flush`, with which a test that committed is cleaned up after: whole, and without making rights anew."""

from typing import Any

from django.core.management.commands import flush
from django.db import connection


class Command(flush.Command):
    def handle(self, **options: Any) -> None:
        """What was emptied stands in the trace as any other change, which the next test must not find there."""
        super().handle(**options | {"inhibit_post_migrate": True})
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE audit_entry, audit_link")
