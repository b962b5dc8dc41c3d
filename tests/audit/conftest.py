"""What the tests of the trace share: entries since a moment, and somebody at work."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.db import connection
from django.db.models import Max

from accounts.models import User
from audit.models import Entry

Session = Callable[[User | None], AbstractContextManager[None]]


@contextmanager
def _at_work(actor: User | None) -> Iterator[None]:
    def say(organization: object, who: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('app.organization', %s, false), set_config('app.actor', %s, false)",
                [str(organization or ""), str(who or "")],
            )

    say(actor.organization_id if actor else "", actor.pk if actor else "")
    try:
        yield
    finally:
        say("", "")


@pytest.fixture
def at_work() -> Session:
    """The session of the database in which somebody works."""
    return _at_work


@pytest.fixture
def entries(db: None) -> Callable[[], list[Entry]]:
    """The entries since the test began, in order."""
    before = Entry.objects.aggregate(last=Max("pk"))["last"] or 0
    return lambda: list(Entry.objects.filter(pk__gt=before).order_by("pk"))
