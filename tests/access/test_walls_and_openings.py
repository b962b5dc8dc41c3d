"""Making and ending walls and openings: who may, what follows at once, and that nobody is told who must not know."""

import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.errors import Conflict, Invalid
from accounts.walls import Opening, Wall
from config import clock
from families.models import Family
from families.walls import opening_change, opening_make, wall_end, wall_make
from tests.access.conftest import ClientOf
from tests.cast import Cast
from tests.factories import make_family, make_wall


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast.organization, attorney=cast.attorney, paralegal=cast.paralegal)


def test_a_wall_takes_the_family_from_who_had_it_and_ends_without_giving_it_back(cast: Cast, family: Family) -> None:
    make: dict[str, Any] = {
        "actor": cast.supervisor,
        "family_id": family.pk,
        "reason": "Married to the other side.",
        "key": None,
    }
    pk = wall_make(user_id=cast.paralegal.pk, **make)
    family.refresh_from_db()
    assert (family.paralegal, family.attorney, family.version) == (None, cast.attorney, 2)
    assert not Family.objects.visible_to(cast.paralegal).exists()
    with pytest.raises(Invalid, match="user"):
        wall_make(user_id=cast.paralegal.pk, **make)
    with pytest.raises(Conflict):
        wall_end(actor=cast.supervisor, wall_id=pk, version=7, reason="Divorced.", key=None)
    with pytest.raises(Invalid, match="reason"):
        wall_end(actor=cast.supervisor, wall_id=pk, version=1, reason=" ", key=None)
    wall_end(actor=cast.supervisor, wall_id=pk, version=1, reason="Divorced.", key=None)
    assert Family.objects.visible_to(cast.paralegal).get() == family
    assert [state.history_change_reason for state in Wall.history.filter(id=pk)] == ["Divorced.", None]
    family.refresh_from_db()
    assert family.paralegal is None


def test_supervisors_make_walls_and_nobody_their_own(cast: Cast, family: Family) -> None:
    for actor, refusal in (
        (cast.attorney, PermissionDenied),
        (cast.administrator, PermissionDenied),
        (cast.volunteer, PermissionDenied),
        (cast.other_supervisor, Http404),
    ):
        with pytest.raises(refusal):
            wall_make(actor=actor, family_id=family.pk, user_id=cast.paralegal.pk, reason="x", key=None)
    make: dict[str, Any] = {"actor": cast.supervisor, "family_id": family.pk, "reason": "x", "key": None}
    for user in (cast.supervisor, cast.auditor):
        with pytest.raises(Invalid):
            wall_make(user_id=user.pk, **make)
    with pytest.raises(Http404):
        wall_make(user_id=cast.other_paralegal.pk, **make)
    with pytest.raises(Invalid):
        wall_make(user_id=cast.paralegal.pk, **{**make, "reason": "  "})
    assert not Wall.objects.exists()
    family.refresh_from_db()
    assert family.version == 1


def test_a_supervisor_behind_a_wall_cannot_end_it(cast: Cast, family: Family) -> None:
    wall = make_wall(family, cast.supervisor, cast.supervisor)
    with pytest.raises(Http404):
        wall_end(actor=cast.supervisor, wall_id=wall.pk, version=1, reason="I say so.", key=None)
    assert Wall.objects.in_force().count() == 1


def test_the_familys_attorney_or_a_supervisor_opens_it_to_volunteers(cast: Cast, family: Family) -> None:
    make: dict[str, Any] = {"family_id": family.pk, "hours": 10, "reason": "Reads the file aloud.", "key": None}
    other = make_family(cast.organization, attorney=cast.supervisor)
    with pytest.raises(PermissionDenied):
        opening_make(actor=cast.attorney, user_id=cast.volunteer.pk, **{**make, "family_id": other.pk})
    for user in (cast.paralegal, cast.administrator):
        with pytest.raises(Invalid):
            opening_make(actor=cast.attorney, user_id=user.pk, **make)
    for wrong in ({"hours": 1000}, {"reason": ""}):
        with pytest.raises(Invalid):
            opening_make(actor=cast.attorney, user_id=cast.volunteer.pk, **{**make, **wrong})
    for actor in (cast.paralegal, cast.volunteer, cast.administrator):
        with pytest.raises(PermissionDenied):
            opening_make(actor=actor, user_id=cast.volunteer.pk, **make)
    assert not Opening.objects.exists()
    pk = opening_make(actor=cast.attorney, user_id=cast.volunteer.pk, **make)
    opening = Opening.objects.get(pk=pk)
    assert 9.9 < (opening.until - clock.now()).total_seconds() / 3600 <= 10
    assert Family.objects.visible_to(cast.volunteer).get() == family
    opening_change(actor=cast.supervisor, opening_id=pk, version=1, hours=24, key=None)
    opening.refresh_from_db()
    assert 23.9 < (opening.until - clock.now()).total_seconds() / 3600 <= 24
    with pytest.raises(Conflict):
        opening_change(actor=cast.attorney, opening_id=pk, version=1, hours=None, key=None)
    opening_change(actor=cast.attorney, opening_id=pk, version=2, hours=None, key=None)
    assert not Family.objects.visible_to(cast.volunteer).exists()
    with pytest.raises(Invalid):
        opening_change(actor=cast.attorney, opening_id=pk, version=3, hours=10, key=None)


def test_a_wall_ends_an_opening_and_keeps_the_family_from_being_opened(cast: Cast, family: Family) -> None:
    make: dict[str, Any] = {"family_id": family.pk, "hours": 10, "reason": "Reads.", "key": None}
    opening_make(actor=cast.attorney, user_id=cast.volunteer.pk, **make)
    wall_make(actor=cast.supervisor, family_id=family.pk, user_id=cast.volunteer.pk, reason="Kin.", key=None)
    assert not Opening.objects.in_force().exists()
    with pytest.raises(Invalid):
        opening_make(actor=cast.attorney, user_id=cast.volunteer.pk, **make)


def test_the_page_makes_ends_and_never_shows_walls_to_attorneys(
    cast: Cast, family: Family, client_of: ClientOf
) -> None:
    supervisor, attorney = client_of(cast.supervisor), client_of(cast.attorney)
    address = f"/families/{family.pk}/access/"
    assert address in supervisor.get(f"/families/{family.pk}/").content.decode()
    form = {"wall-user": cast.paralegal.pk, "wall-reason": "Kin of a witness.", "wall-key": str(uuid.uuid4())}
    empty = supervisor.post(f"/families/{family.pk}/walls/", {**form, "wall-reason": ""})
    assert empty.status_code == 422
    assert not Wall.objects.exists()
    for _click in range(2):
        assert supervisor.post(f"/families/{family.pk}/walls/", form)["Location"] == address
    wall = Wall.objects.get()
    assert "Kin of a witness." in supervisor.get(address).content.decode()
    assert "Kin of a witness." not in attorney.get(address).content.decode()
    for client in (attorney, client_of(cast.other_supervisor), client_of(cast.paralegal)):
        for path in (f"/families/{family.pk}/walls/", f"/walls/{wall.pk}/end/"):
            assert client.post(path, {"version": 1, "key": str(uuid.uuid4()), "reason": "x"}).status_code in (403, 404)
    assert client_of(cast.paralegal).get(address).status_code == 403
    end = {"version": 1, "key": str(uuid.uuid4()), "reason": "No kin after all."}
    assert supervisor.post(f"/walls/{wall.pk}/end/", end)["Location"] == address
    assert not Wall.objects.in_force().exists()
    opening = {
        "opening-user": cast.volunteer.pk,
        "opening-hours": 10,
        "opening-reason": "Reads.",
        "opening-key": str(uuid.uuid4()),
    }
    assert attorney.post(f"/families/{family.pk}/openings/", opening)["Location"] == address
    made = Opening.objects.get()
    change = {"version": 1, "key": str(uuid.uuid4()), "end": "1", "hours": ""}
    assert client_of(cast.volunteer).post(f"/openings/{made.pk}/", change).status_code == 403
    assert attorney.post(f"/openings/{made.pk}/", change)["Location"] == address
    assert not Opening.objects.in_force().exists()
