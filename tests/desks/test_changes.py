"""What others changed since one last looked: theirs and not one's own, with the effect, and never over a wall."""

import datetime
from typing import Any

from accounts.models import User
from accounts.scope import acting_for
from config import clock
from desks.changes import changed_entries
from desks.models import LastLook
from desks.selectors import last_look
from desks.services import look_note
from families.filters import Filters
from families.models import Family
from families.services import person_update
from tests.cast import Cast
from tests.desks import records
from tests.desks.conftest import ClientOf
from tests.factories import DAY, make_family, make_wall


def tell_noncitizen(family: Family, actor: User) -> None:
    """Somebody puts on file that the mother is no citizen, which settles her answer."""
    mother = family.persons.get(reference="p1")
    values: dict[str, Any] = {"noncitizen": True}
    with acting_for(actor):
        person_update(actor=actor, person_id=mother.pk, version=mother.version, values=values, key=None, day=DAY)


def looked(user: User) -> None:
    look_note(actor=user, at=clock.now(), now=clock.now())


def test_what_a_colleague_changed_is_there_with_who_and_what_it_did(cast: Cast, client_of: ClientOf) -> None:
    family = make_family(cast.organization, records.undetermined(), attorney=cast.attorney)
    others = make_family(cast.organization, records.undetermined())
    looked(cast.attorney)
    client = client_of(cast.attorney)
    assert "Nobody else has changed anything in your families" in client.get("/desk/changes/").content.decode()
    tell_noncitizen(family, cast.paralegal)
    tell_noncitizen(others, cast.paralegal)
    assert client.get("/desk/").context["desk"].changes == "1 change by others"
    answer = client.get("/desk/changes/")
    [one] = answer.context["families"]
    [moved] = one.moved
    assert (one.family, moved.name) == (family, family.persons.get(reference="p1").given_names)
    assert (moved.before.tone, moved.after.tone, moved.falls) == ("unknown", "own", False)
    body = answer.content.decode()
    assert cast.paralegal.name in body
    assert "not a citizen" in body
    until = answer.context["until"].isoformat()
    assert client.post("/desk/seen/", {"until": until})["Location"] == "/desk/"
    assert client.get("/desk/").context["desk"].changes == ""


def test_ones_own_changes_are_not_news(cast: Cast, client_of: ClientOf) -> None:
    family = make_family(cast.organization, records.undetermined(), attorney=cast.attorney)
    looked(cast.attorney)
    tell_noncitizen(family, cast.attorney)
    assert client_of(cast.attorney).get("/desk/").context["desk"].changes == ""


def test_a_wall_holds_here_too(cast: Cast) -> None:
    family = make_family(cast.organization, records.undetermined(), attorney=cast.attorney)
    theirs = make_family(cast.other_organization, records.undetermined())
    since = clock.now()
    tell_noncitizen(family, cast.paralegal)
    tell_noncitizen(theirs, cast.other_paralegal)
    assert changed_entries(cast.attorney, Filters(), since, DAY).count() == 1
    make_wall(family, cast.attorney, cast.supervisor)
    assert changed_entries(cast.attorney, Filters(), since, DAY).count() == 0


def test_the_moment_never_goes_back_nor_ahead(cast: Cast, client_of: ClientOf) -> None:
    now = clock.now()
    assert last_look(cast.attorney, now) == now - datetime.timedelta(days=7)
    look_note(actor=cast.attorney, at=now, now=now)
    look_note(actor=cast.attorney, at=now - datetime.timedelta(days=3), now=now)
    assert last_look(cast.attorney, now) == now
    look_note(actor=cast.attorney, at=now + datetime.timedelta(days=3), now=now)
    assert last_look(cast.attorney, now) == now
    client = client_of(cast.attorney)
    for odd in ("", "yesterday", "2019-03-01T10:00:00", "9999-99-99T10:00:00+00:00"):
        assert client.post("/desk/seen/", {"until": odd})["Location"] == "/desk/changes/"
    assert LastLook.objects.get().at == now
