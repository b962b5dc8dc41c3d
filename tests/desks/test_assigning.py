"""Giving families to colleagues from the list: looked at first, done once, never over the wall."""

from typing import Any

import pytest

from families.models import Family
from tests.cast import Cast
from tests.desks.conftest import ClientOf
from tests.factories import make_family, make_user

ADDRESS = "/families/assign/"


@pytest.fixture
def families(cast: Cast) -> list[Family]:
    return [
        make_family(cast.organization, reference="1", attorney=cast.supervisor),
        make_family(cast.organization, reference="2"),
        make_family(cast.organization, reference="3", attorney=cast.attorney),
    ]


def chosen(families: list[Family], **fields: Any) -> dict[str, Any]:
    seen = [f"{family.pk}:{family.version}" for family in families]
    return {
        "family": [family.pk for family in families],
        "seen": seen,
        "attorney": "",
        "paralegal": "",
        "back": "",
        **fields,
    }


def attorneys() -> list[int | None]:
    return list(Family.objects.order_by("reference").values_list("attorney", flat=True))


def test_the_change_is_shown_counted_and_then_made_once(
    cast: Cast, client_of: ClientOf, families: list[Family]
) -> None:
    client = client_of(cast.supervisor)
    before = attorneys()
    form = chosen(families, attorney=cast.attorney.pk, back="removal=barred")
    preview = client.post(ADDRESS, form)
    assert "2 families change, of 3 that you ticked." in " ".join(preview.content.decode().split())
    assert attorneys() == before
    done = client.post(ADDRESS, {**form, "confirm": "yes", "key": preview.context["key"]}, follow=True)
    assert done.redirect_chain[-1][0] == "/families/?removal=barred"
    assert "2 families were assigned." in done.content.decode()
    assert attorneys() == [cast.attorney.pk] * 3
    versions = list(Family.objects.values_list("version", flat=True))
    client.post(ADDRESS, {**form, "confirm": "yes", "key": preview.context["key"]})
    assert list(Family.objects.values_list("version", flat=True)) == versions


def test_who_assigns_over_somebody_elses_change_looks_again_first(
    cast: Cast, client_of: ClientOf, families: list[Family]
) -> None:
    stale = chosen(families, attorney=cast.attorney.pk, confirm="yes", key="k1")
    client_of(cast.supervisor).post(ADDRESS, chosen(families[:1], attorney="-", confirm="yes", key="k2"))
    before = attorneys()
    client = client_of(cast.supervisor)
    for form in (stale, {**stale, "seen": []}, {**stale, "seen": ["x", "1:", f"{families[0].pk}:٣"]}):
        answer = client.post(ADDRESS, form)
        assert "somebody else has assigned some of these families meanwhile" in answer.content.decode()
        assert attorneys() == before
    families[0].refresh_from_db()
    assert f'value="{families[0].pk}:{families[0].version}"' in answer.content.decode(), "it can be confirmed now"
    client.post(ADDRESS, chosen(families, attorney=cast.attorney.pk, confirm="yes", key=answer.context["key"]))
    assert attorneys() == [cast.attorney.pk] * 3


def test_nobody_and_a_paralegal(cast: Cast, client_of: ClientOf, families: list[Family]) -> None:
    form = chosen(families, attorney="-", paralegal=cast.paralegal.pk, confirm="yes", key="k")
    client_of(cast.attorney).post(ADDRESS, form)
    assert attorneys() == [None] * 3
    assert set(Family.objects.values_list("paralegal", flat=True)) == {cast.paralegal.pk}


def test_colleagues_with_one_name_are_told_apart(cast: Cast, client_of: ClientOf) -> None:
    namesake = make_user(cast.organization, "attorney")
    namesake.name = cast.attorney.name
    namesake.save()
    family = make_family(cast.organization, attorney=cast.attorney)
    preview = client_of(cast.supervisor).post(ADDRESS, chosen([family], attorney=namesake.pk))
    assert preview.context["count"] == 1


def test_what_is_refused_changes_nothing(cast: Cast, client_of: ClientOf, families: list[Family]) -> None:
    before = attorneys()
    theirs = make_family(cast.other_organization)
    gone = make_user(cast.organization, "attorney")
    gone.is_active = False
    gone.save()
    client = client_of(cast.supervisor)

    def post(**fields: Any) -> Any:
        return client.post(ADDRESS, chosen(families, confirm="yes", key="k", **fields), follow=True)

    assert post(attorney=cast.attorney.pk, family=[families[0].pk, theirs.pk]).status_code == 404
    for odd in ("x", "-1", "1e3", "٣", "9" * 30, str(families[0].pk + 10**9)):
        assert post(attorney=cast.attorney.pk, family=[odd]).status_code == 404
    assert b"No family was ticked." in post(attorney=cast.attorney.pk, family=[]).content
    assert b"Choose an attorney or a paralegal first." in post().content
    for nobody in (cast.other_attorney.pk, cast.paralegal.pk, gone.pk, "x"):
        assert b"is not one of the available choices" in post(attorney=nobody).content
    assert attorneys()[:3] == before
    theirs.refresh_from_db()
    assert theirs.attorney is None


def test_who_may_assign(cast: Cast, client_of: ClientOf, families: list[Family]) -> None:
    form = chosen(families, attorney=cast.attorney.pk, confirm="yes", key="k")
    before = attorneys()
    for user in (cast.paralegal, cast.auditor):
        assert client_of(user).post(ADDRESS, form).status_code == 403
        assert client_of(user).post(ADDRESS, chosen(families, attorney=cast.attorney.pk)).status_code == 403
    assert client_of(cast.other_supervisor).post(ADDRESS, form).status_code == 404
    assert attorneys() == before
    assert b'name="family"' in client_of(cast.attorney).get("/families/").content
    assert b'name="family"' not in client_of(cast.paralegal).get("/families/").content
    assert client_of(cast.attorney).get(ADDRESS)["Location"] == "/families/"


def test_ticks_and_choices_outlive_a_mistake(cast: Cast, client_of: ClientOf, families: list[Family]) -> None:
    client = client_of(cast.supervisor)
    answer = client.post(ADDRESS, chosen(families, attorney="x", paralegal=cast.paralegal.pk, back="removal=barred"))
    page = answer.content.decode()
    assert answer.status_code == 422
    for family in families:
        assert f'name="family" value="{family.pk}"' in page
    assert f'<option value="{cast.paralegal.pk}" selected>' in page
    assert 'name="back" value="removal=barred"' in page
    assert 'name="confirm"' not in page, "the change is looked at before it is made"


@pytest.mark.parametrize("back", ["//evil.example/", "https://evil.example/", "x=1&y=2", "&&=", "%00"])
def test_the_way_back_is_always_the_list(cast: Cast, client_of: ClientOf, families: list[Family], back: str) -> None:
    answer = client_of(cast.supervisor).post(ADDRESS, chosen([], back=back))
    assert answer["Location"].startswith("/families/")
