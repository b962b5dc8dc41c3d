"""Views that somebody keeps: whose they are, who may share, and what is refused with nothing lost."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.errors import Invalid
from audit.models import Entry
from desks.models import SavedView
from desks.selectors import saved_views
from desks.services import view_remove, view_save
from tests.cast import Cast
from tests.desks import records
from tests.desks.conftest import ClientOf
from tests.factories import make_family


def test_a_view_is_kept_and_opens_its_list(cast: Cast, client_of: ClientOf) -> None:
    make_family(cast.organization, records.lifted(), attorney=cast.attorney)
    client = client_of(cast.attorney)
    sent = {"page": "people", "name": "  Look   first ", "query": "pile=exposed", "key": "k1"}
    answer = client.post("/views/save/", sent)
    assert (answer.status_code, answer["Location"]) == (302, "/people/?pile=exposed")
    client.post("/views/save/", sent)  # a double click
    [view] = saved_views(cast.attorney)
    assert (view.row.name, view.address, view.mine) == ("Look first", "/people/?pile=exposed", True)
    assert client.get(view.address).status_code == 200
    desk = client.get("/desk/").content.decode()
    assert 'href="/people/?pile=exposed"' in desk
    assert "Look first" in desk
    assert Entry.objects.filter(thing="desks_savedview", act="created").count() == 1


def test_the_same_name_again_changes_the_view(cast: Cast) -> None:
    for query in ("held=dhs", "held=orr"):
        view_save(actor=cast.attorney, page="people", name="Held", query=query, shared=False, key=None)
    [view] = saved_views(cast.attorney)
    assert view.row.query == "held=orr"


def test_only_a_supervisor_shares_and_everybody_of_the_office_sees_it(cast: Cast) -> None:
    given: dict[str, Any] = {"page": "families", "name": "Exposed", "query": "pile=exposed", "key": None}
    with pytest.raises(PermissionDenied):
        view_save(actor=cast.attorney, shared=True, **given)
    view_save(actor=cast.supervisor, shared=True, **given)
    view_save(actor=cast.supervisor, shared=False, page="families", name="My own", query="", key=None)
    assert [view.row.name for view in saved_views(cast.paralegal)] == ["Exposed"]
    assert [view.may_remove for view in saved_views(cast.paralegal)] == [False]
    assert [view.row.name for view in saved_views(cast.supervisor)] == ["Exposed", "My own"]
    assert saved_views(cast.other_attorney) == []


def test_a_view_of_the_dashboard_is_only_for_who_sees_it(cast: Cast) -> None:
    view_save(actor=cast.supervisor, page="dashboard", name="Board", query="age=under5", shared=True, key=None)
    assert len(saved_views(cast.attorney)) == 1
    assert saved_views(cast.paralegal) == []
    with pytest.raises(PermissionDenied):
        view_save(actor=cast.paralegal, page="dashboard", name="Board", query="", shared=False, key=None)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": "  "}, "Give the view a name."),
        ({"name": "x" * 81}, "A name has at most 80 letters."),
        ({"name": "a\x00b"}, "This text holds signs that cannot be kept."),
        ({"page": "trace"}, "There is no such list."),
        ({"query": "colour=red"}, "There is no filter “colour”."),
        ({"query": "held=nobody-knows"}, "is not in this list."),
        ({"query": "search=abc"}, "There is no filter “search”."),
        ({"query": "held=dhs&held=orr"}, "is given twice."),
    ],
)
def test_what_cannot_be_kept_is_refused_and_what_was_typed_stays(
    cast: Cast, client_of: ClientOf, change: dict[str, str], told: str
) -> None:
    sent = {"page": "people", "name": "Held by DHS", "query": "held=dhs", **change}
    answer = client_of(cast.attorney).post("/views/save/", sent)
    body = answer.content.decode()
    if "\x00" in sent["name"]:  # which no page takes
        assert answer.status_code == 400
    else:
        assert answer.status_code == 422
        assert told in body
        assert (f'value="{sent["name"]}"' in body) is (sent["page"] == "people")
    assert not SavedView.objects.exists()
    with pytest.raises(Invalid):
        view_save(actor=cast.attorney, shared=False, key=None, **sent)


def test_dropping_a_view(cast: Cast, client_of: ClientOf) -> None:
    def saved(shared: bool) -> int:
        return view_save(actor=cast.supervisor, page="people", name=f"{shared}", query="", shared=shared, key=None)

    own, shared = saved(shared=False), saved(shared=True)
    for other in (cast.attorney, cast.other_supervisor):
        with pytest.raises(Http404):
            view_remove(actor=other, view_id=own, key=None)
    with pytest.raises(PermissionDenied):
        view_remove(actor=cast.attorney, view_id=shared, key=None)
    client = client_of(cast.supervisor)
    assert client.post("/views/remove/", {"view": str(shared)}).status_code == 302
    assert client.post("/views/remove/", {"view": str(own), "key": "once"}).status_code == 302
    assert client.post("/views/remove/", {"view": str(own), "key": "once"}).status_code == 302  # a double click
    assert not SavedView.objects.exists()
    for odd in ("", "x", "٣", "9" * 40):
        assert client.post("/views/remove/", {"view": odd}).status_code == 302
    assert client.post("/views/remove/", {"view": "999"}).status_code == 404
