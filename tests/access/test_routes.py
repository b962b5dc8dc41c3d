"""Every address with every verb for everybody: who is let in is what was reviewed, and a refusal changes no row."""

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client

from accounts.models import User
from accounts.permissions import Permission, allows
from drills.routes import KINDS, VERBS, Entrance, Route, classified, path_of
from families.intake.models import ImportJob
from families.models import Family
from families.tables import FACTS
from tests.cast import Cast
from tests.factories import (
    DAY,
    everything,
    make_closure,
    make_family,
    make_hearing,
    make_invitation,
    make_letter,
    make_office_rule,
    make_opening,
    make_proposal,
    make_report,
    make_wall,
)

REVIEWED = Path(__file__).with_name("routes.txt")
WHO = ("anonymous", *User.Role.values, "volunteer")
ENDS_SESSIONS = {"sign-out/"}
MISSING = 2**62
NOON = datetime.datetime.combine(DAY, datetime.time(12), datetime.UTC)


def test_every_address_is_classified() -> None:
    assert len(classified()) >= 36


@pytest.fixture
def office(cast: Cast) -> Family:
    """A family of the organization with a row in every table of facts, and a sheet."""
    ImportJob.objects.create(
        organization=cast.organization, user=cast.paralegal, file_name="families.csv", report={}, refused="1"
    )
    family = make_family(cast.organization, everything(), attorney=cast.attorney)
    make_proposal(family, cast.paralegal)
    make_letter(family, cast.paralegal)
    make_opening(family, cast.volunteer, cast.supervisor)
    make_wall(family, cast.auditor, cast.supervisor)
    make_invitation(cast.administrator)
    make_closure(cast.organization, DAY)
    make_hearing(family.persons.all()[0], NOON)
    make_office_rule(cast.organization)
    make_report(cast.attorney)
    return family


def client_of(cast: Cast, who: str) -> Client:
    client = Client()
    if who != "anonymous":
        client.force_login(getattr(cast, who))
    return client


def key_of(kind: str, organization_id: int) -> int:
    """The key of a row of this kind in the organization: the first one, which of colleagues is the attorney."""
    rows: Any = apps.get_model(KINDS[kind])._default_manager.filter(organization_id=organization_id)
    return int(rows.order_by("pk").values_list("pk", flat=True)[0])


def record() -> dict[str, tuple[int, int]]:
    """How many rows each table has, and a sum over all that stands in them. Sessions and readings come and go."""
    tables = [name for name in connection.introspection.table_names() if name not in ("django_session", "audit_entry")]
    part = "SELECT {!r}, count(*), coalesce(sum(hashtext(t::text)::bigint), 0) FROM {} t"
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(part.format(name, name) for name in tables))
        return {name: (count, content) for name, count, content in cursor.fetchall()}


def is_let_in(answer: Any) -> bool:
    """Whether the caller came as far as the view's own work: not sent to sign in, refused, missing or not answered."""
    if answer.status_code == 302:
        return not str(answer["Location"]).startswith("/sign-in/?next=")
    return answer.status_code not in (401, 403, 404, 405)


def is_asked(cast: Cast, who: str, route: Route, verb: str) -> bool:
    """Whether the table of routes lets them in."""
    asked = route.verbs.get(verb)
    if not isinstance(asked, Permission):
        return asked is Entrance.SIGNED_IN and who != "anonymous"  # and nobody here has a second factor
    return who != "anonymous" and allows(getattr(cast, who), asked)


def ask(client: Client, verb: str, path: str) -> Any:
    """Send the verb without any values; nothing of what it does stays."""
    with transaction.atomic():
        answer = client.generic(verb, path, content_type="application/json" if "/api/" in path else "text/plain")
        transaction.set_rollback(True)
    return answer


def test_who_is_let_in_is_what_was_reviewed(cast: Cast, office: Family) -> None:
    clients = {who: client_of(cast, who) for who in WHO}
    found = []
    for address, route in classified().items():
        path = path_of(address, pk=key_of(route.key, cast.organization.pk) if route.key else 0)
        for verb in VERBS:
            let_in = [who for who, client in clients.items() if is_let_in(ask(client, verb, path))]
            # The pages of signing in send on by any verb who is signed in already.
            if Entrance.ANYBODY not in route.verbs.values():
                assert let_in == [who for who in WHO if is_asked(cast, who, route, verb)], (verb, address)
            found += [f"{verb} /{address}: {', '.join(let_in)}\n"] if verb in route.verbs else []
            if address in ENDS_SESSIONS:
                clients = {who: client_of(cast, who) for who in WHO}
    assert "".join(found) == REVIEWED.read_text(), "say in the review why, then change tests/access/routes.txt"


@pytest.mark.parametrize("who", WHO[1:])
def test_what_is_anothers_or_walled_off_is_missing_and_refused_writes_change_no_row(
    cast: Cast, office: Family, who: str
) -> None:
    foreign = make_family(cast.other_organization, everything())
    make_proposal(foreign, cast.other_paralegal)
    make_letter(foreign, cast.other_paralegal)
    make_opening(foreign, cast.other_volunteer, cast.other_supervisor)
    make_wall(foreign, cast.other_auditor, cast.other_supervisor)
    make_invitation(cast.other_administrator)
    make_closure(cast.other_organization, DAY)
    make_hearing(foreign.persons.all()[0], NOON)
    make_office_rule(cast.other_organization)
    make_report(cast.other_attorney)
    ImportJob.objects.create(organization=cast.other_organization, user=cast.other_attorney, file_name="families.csv")
    actor: User = getattr(cast, who)
    before = record()
    client = Client()
    client.force_login(actor)
    tried = 0
    for address, route in classified().items():
        if not route.key:
            continue
        for verb in VERBS:
            answers = []
            for key in (key_of(route.key, cast.other_organization.pk), MISSING):
                answer = client.generic(verb, path_of(address, pk=key), content_type="application/json")
                answers.append((answer.status_code, answer.content if answer.status_code == 404 else b""))
                assert not is_let_in(answer), (verb, address, answer.status_code)
                tried += 1
            assert answers[0][0] == answers[1][0], (verb, address)
    assert tried >= 100
    assert record() == before


def test_walled_off_is_missing_at_every_address_of_a_family(cast: Cast, office: Family) -> None:
    of_families = {address: route for address, route in classified().items() if route.key in FAMILY_KINDS}
    paths = {
        address: path_of(address, pk=key_of(route.key, cast.organization.pk)) for address, route in of_families.items()
    }
    client = client_of(cast, "attorney")
    for address, route in of_families.items():
        for verb in route.verbs:
            assert is_let_in(ask(client, verb, paths[address])) == (address not in FOR_SUPERVISORS), (verb, address)
    make_wall(office, cast.attorney, cast.supervisor)
    before = record()
    for address, route in of_families.items():
        for verb in route.verbs:
            answer = client.generic(verb, paths[address], content_type="application/json")
            assert answer.status_code == (403 if address in FOR_SUPERVISORS else 404), (verb, address)
    assert record() == before


FAMILY_KINDS = {
    "family",
    "person",
    "screening",
    "determination",
    "wall",
    "opening",
    "proposal",
    "letter",
    "date",
    "hearing",
    *FACTS,
}
FOR_SUPERVISORS = {"families/<int:pk>/walls/", "walls/<int:pk>/end/"}
