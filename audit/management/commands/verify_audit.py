"""Looks whether the trace is as it was written."""

from argparse import ArgumentParser
from collections.abc import Iterable
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from audit.anchoring import anchors_file
from audit.models import Entry, Link
from audit.verifying import anchors_of, findings

MOST_TOLD = 20


class Command(BaseCommand):
    """Reads every entry and link; exit status 1 when one was changed, removed, moved or put in."""

    help = (
        "Verify the trace: every entry, every link of its chains, and the heads written to the file of anchors. Says "
        "what is the first that is broken, and exits with status 1."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--anchors", type=Path, help="a file of anchors (else AMPARO_HOME/anchors/anchors.jsonl, if it is there)"
        )

    def handle(self, *args: Any, anchors: Path | None, **options: Any) -> None:
        path = anchors or (anchors_file() if anchors_file().exists() else None)
        with ExitStack() as stack:
            lines: Iterable[str] = stack.enter_context(path.open(encoding="utf-8")) if path else ()
            alone = not connection.in_atomic_block  # a test calls us in a transaction of its own
            stack.enter_context(transaction.atomic())
            if alone:
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            try:
                found = findings(anchors_of(lines))
                told = list(islice(found, MOST_TOLD))
            except ValueError as error:
                raise CommandError(f"{path}: {error}.") from None
            if not told:
                counts = f"{Entry.objects.count()} entries in {Link.objects.count()} links"
                held = f"held against {path}" if path else "held against no anchors"
                self.stdout.write(f"The trace is whole: {counts}, {held}.")
                return
            more = sum(1 for _ in found)
        for one in told:
            self.stderr.write(str(one))
        if more:
            self.stderr.write(f"and {more} more")
        raise CommandError(f"The trace is broken. The first: {told[0]}.")
