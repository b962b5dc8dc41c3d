"""A new family typed in the browser: drafts of one's own, only what matters, and one transaction at the end."""

import datetime
import json
from copy import deepcopy
from typing import Any

import pytest
from django.test import Client

from accounts.errors import Conflict
from accounts.models import Receipt
from audit.models import Entry
from config import clock
from families.models import Custody, Departure, Family, ParentLink, Person
from families.proposals.models import Proposal
from families.tasks import sweep_intake_drafts
from families.wizard.drafts import draft_save, own_draft
from families.wizard.fields import asked_in, sections_of
from families.wizard.models import IntakeDraft
from families.wizard.typed import facts_of_draft, new_content, read
from screenings.models import Screening
from settlement.determine import decided
from settlement.engine import decide
from settlement.facts import family_facts
from settlement.models import Election
from tests.cast import Cast
from tests.factories import DAY, confirm_waiting, make_family, make_wall, mother_and_son

ADDRESS = "/families/new/"

WHO = {
    "reference": "W-1",
    "p1-role": "parent",
    "p1-given_names": "Ópalo",
    "p1-family_names": "Cuarzo Ágata",
    "p1-birth_date": "3/14/1986",
    "p1-a_number": "A 208-700-821",
    "p2-role": "child",
    "p2-given_names": "Jilguero",
    "p2-family_names": "Cuarzo Ágata",
    "p2-birth_date": "2011-08-30",
}
COVERED = {
    "p1-noncitizen": "yes",
    "p1-entry_on": "May 12, 2018",
    "p1-entry_place": "between_ports",
    "p1-dhs_from": "2018-05-12",
    "p1-dhs_to": "2018-07-24",
    "p1-departed_on": "none",
    "p2-noncitizen": "yes",
    "p2-entry_on": "2018-05-12",
    "p2-entry_place": "between_ports",
    "p2-orr_from": "14-May-2018",
    "p2-orr_to": "2018-07-24",
    "p2-departed_on": "none",
    "p2-parent_refs": ["", "1"],
    "p2-entered_together": "yes",
    "p2-separated_by": "dhs",
    "p2-separated_on": "2018-05-14",
    "p2-reunified_on": "2018-07-24",
    "p2-reunification": "court_order",
}
PROCESS = {"p1-initial_kind": "credible_fear", "p1-initial_result": "negative", "p1-initial_decided_on": "2018-06-08"}


@pytest.fixture(autouse=True)
def _the_day(settings: Any) -> None:
    settings.AMPARO_TODAY = DAY


@pytest.fixture
def signed_in(client: Client, cast: Cast) -> Client:
    client.force_login(cast.paralegal)
    return client


def post(client: Client, button: str, version: int, *, headers: Any = None, **values: Any) -> Any:
    sent = {"version": str(version), "key": "k", button: "1", **values}
    return client.post(ADDRESS, sent, headers=headers)


def test_a_whole_family_is_typed_step_by_step_and_put_on_file_once(signed_in: Client, cast: Cast) -> None:
    page = signed_in.get(ADDRESS).content.decode()
    assert 'name="p1-given_names"' in page
    assert "p1-noncitizen" not in page, "first who they are"
    assert post(signed_in, "next", 0, **WHO).status_code == 302
    page = signed_in.get(ADDRESS).content.decode()
    assert 'name="p1-noncitizen"' in page
    assert 'value="3/14/1986"' in page, "shown as it was typed"
    assert "second_result" not in page
    assert post(signed_in, "next", 1, **WHO, **COVERED).status_code == 302
    assert 'name="p1-second_result"' in signed_in.get(ADDRESS).content.decode()
    finish = {**WHO, **COVERED, **PROCESS}
    answer = post(signed_in, "finish", 2, **finish)
    family = Family.objects.get()
    assert answer["Location"] == f"/families/{family.pk}/"
    again = post(signed_in, "finish", 2, **finish)
    assert again["Location"] == f"/families/{family.pk}/"
    assert Family.objects.count() == 1
    confirm_waiting(cast.attorney)
    facts = family_facts(family, day=DAY)
    expected = mother_and_son()["persons"]
    for found, wanted, ref in zip(facts["persons"], expected, ("1", "2"), strict=True):
        wanted["id"] = ref
        for link in wanted.get("parents", ()):
            link["parent"] = "1"
        for screening in wanted.get("screenings", ()):
            screening.pop("interview_on", None)
        found.setdefault("screenings", [])
        wanted.setdefault("screenings", [])
    assert facts["persons"] == expected
    assert decided(family.pk, facts)["persons"][0]["removal"] == "barred"
    assert Person.objects.get(reference="1").a_number == "A208700821"
    assert not IntakeDraft.objects.exists()
    assert Receipt.objects.filter(what="draft_finish").count() == 1


def test_what_is_left_empty_is_not_known(signed_in: Client) -> None:
    post(signed_in, "finish", 0, **WHO)
    for person in Person.objects.all():
        assert (person.noncitizen, person.entry_on, person.lacks_capacity) == (None, None, None)
        assert not any((person.custody_known, person.departures_known, person.parents_known))
    assert not any(model.objects.exists() for model in (Custody, Departure, ParentLink))
    answer = Family.objects.get().determinations.get(current=True).decision
    assert {one["removal"] for one in answer["persons"]} == {"undetermined"}


def test_what_lowers_waits_for_a_second_person(signed_in: Client, cast: Cast) -> None:
    refused = {
        "p1-second_status": "decided",
        "p1-second_result": "negative",
        "p1-second_decided_on": "2019-02-10",
        "p1-second_kind": "credible_fear",
        "p1-state_of_mind_weighed": "yes",
        "p1-judge_asked": "no",
        "p1-election": "return",
        "p1-election_signed_on": "2018-11-20",
        "p1-election_signed_by": "self",
        "p1-voluntary": "yes",
    }
    steps: tuple[dict[str, Any], ...] = (WHO, COVERED, {})
    for step, sent in enumerate(steps):
        assert post(signed_in, "next", step, **sent).status_code == 302
    answer = post(signed_in, "finish", 3, **refused)
    assert answer.status_code == 302
    assert {one.kind for one in Proposal.objects.filter(state="waiting")} >= {"screening", "election"}
    assert not Screening.objects.filter(result="negative", basis="reevaluation").exists()
    assert not Election.objects.exists()


def test_errors_are_said_at_their_fields_and_nothing_typed_is_lost(signed_in: Client) -> None:
    wrong = {**WHO, "p1-birth_date": "31/31/1986", "p2-a_number": "12", "reference": ""}
    answer = post(signed_in, "finish", 0, **wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#at-p1-birth_date"' in page
    assert 'href="#at-p2-a_number"' in page
    assert 'href="#at-reference"' in page
    for text in ("31/31/1986", "Ópalo", "Jilguero"):
        assert f'value="{text}"' in page
    assert not Family.objects.exists()
    early = {**WHO, **COVERED, "p1-dhs_to": "2018-05-01"}
    post(signed_in, "next", 0, **WHO)
    assert 'href="#at-p1-dhs_to"' in post(signed_in, "finish", 1, **early).content.decode()


def test_a_refusal_of_a_later_service_takes_everything_back(signed_in: Client) -> None:
    both: tuple[dict[str, Any], ...] = (WHO, COVERED)
    for step, sent in enumerate(both):
        post(signed_in, "next", step, **sent)
    answer = post(signed_in, "finish", 2, **{"p1-second_status": "scheduled", "p1-second_result": "negative"})
    assert answer.status_code == 422
    assert not Family.objects.exists()
    assert IntakeDraft.objects.exists()


def test_who_is_on_file_already_is_shown_and_decided_by_a_human(signed_in: Client, cast: Cast) -> None:
    family = make_family(cast.organization)
    mother = family.persons.order_by("pk")[0]
    same = {**WHO, "p1-a_number": mother.a_number or ""}
    answer = post(signed_in, "finish", 0, **same)
    assert answer.status_code == 422
    assert "Already on file: open that family instead." in answer.content.decode()
    assert f'href="/families/{family.pk}/"' in answer.content.decode()
    like = {**WHO, "p1-given_names": mother.given_names, "p1-family_names": mother.family_names}
    answer = post(signed_in, "finish", 0, **like)
    assert answer.status_code == 422
    assert "On file, and perhaps the same people" in answer.content.decode()
    assert post(signed_in, "finish", 0, other_people="1", **like).status_code == 302


def test_a_walled_off_person_is_not_given_away(signed_in: Client, cast: Cast) -> None:
    family = make_family(cast.organization)
    mother = family.persons.order_by("pk")[0]
    make_wall(family, cast.paralegal, cast.supervisor)
    answer = post(signed_in, "finish", 0, **{**WHO, "p1-a_number": mother.a_number or ""})
    page = answer.content.decode()
    assert "This A-number cannot be used here. Ask a supervisor" in page
    assert f"/families/{family.pk}/" not in page
    assert mother.family_names not in page


def test_a_draft_is_one_s_own_and_two_windows_do_not_overwrite_each_other(
    signed_in: Client, cast: Cast, client: Client
) -> None:
    post(signed_in, "save", 0, **WHO)
    assert own_draft(cast.attorney) is None
    post(signed_in, "save", 1, **{**WHO, "p1-given_names": "Azul"})
    late = post(signed_in, "save", 1, **{**WHO, "p1-given_names": "Verde"})
    assert late.status_code == 409
    assert 'value="Verde"' in late.content.decode()
    assert IntakeDraft.objects.get().content["persons"][0]["given_names"] == "Azul"
    assert post(signed_in, "finish", 1, **{**WHO, "p1-given_names": "Verde"}).status_code == 409
    other = Client()
    other.force_login(cast.attorney)
    assert "Azul" not in other.get(ADDRESS).content.decode()
    with pytest.raises(Conflict):
        draft_save(actor=cast.paralegal, version=1, content=new_content(), key=None)


def test_the_same_step_sent_twice_is_one_step(signed_in: Client) -> None:
    headers = {"X-Keeps-Trying": "1"}
    first = post(signed_in, "add", 0, headers=headers, **WHO)
    second = post(signed_in, "add", 0, headers=headers, **WHO)
    assert first.status_code == second.status_code == 200
    assert len(IntakeDraft.objects.get().content["persons"]) == 3
    assert 'name="p3-role"' in second.content.decode()
    assert 'name="p4-role"' not in second.content.decode()
    left = post(signed_in, "leave", 1, headers=headers, **WHO)
    assert (left.status_code, left["X-Location"]) == (204, "/desk/")


def test_a_person_taken_out_is_nobody_s_parent_any_more(signed_in: Client) -> None:
    post(signed_in, "next", 0, **WHO)
    post(signed_in, "save", 1, **COVERED)
    signed_in.post(ADDRESS, {"version": "2", "key": "k", "remove": "1"})
    content = IntakeDraft.objects.get().content
    assert [person["ref"] for person in content["persons"]] == ["2"]
    assert content["persons"][0]["parent_refs"] == ""
    assert signed_in.post("/families/new/discard/").status_code == 302
    assert not IntakeDraft.objects.exists()


def test_the_trace_says_that_a_draft_changed_and_not_what_is_in_it(signed_in: Client) -> None:
    post(signed_in, "save", 0, **WHO)
    post(signed_in, "save", 1, **{**WHO, "p1-given_names": "Canario"})
    entries = Entry.objects.filter(thing="families_intakedraft")
    assert entries.count() == 2
    told = json.dumps([[one.before, one.after, one.detail] for one in entries], default=str)
    assert "Canario" not in told
    assert "Cuarzo" not in told


def test_a_draft_untouched_for_thirty_days_is_removed(cast: Cast) -> None:
    for actor, days in ((cast.paralegal, 31), (cast.attorney, 29)):
        draft_save(actor=actor, version=0, content=new_content(), key=None)
        IntakeDraft.objects.filter(user=actor).update(updated_at=clock.now() - datetime.timedelta(days=days))
    sweep_intake_drafts()
    assert [draft.user_id for draft in IntakeDraft.objects.all()] == [cast.attorney.pk]


# --- only what can still matter ---


def content_of(**typed: Any) -> dict[str, Any]:
    content = new_content()
    for name, value in {**WHO, **COVERED, **typed}.items():
        ref, _dash, column = name.removeprefix("p").partition("-")
        for person in content["persons"]:
            if person["ref"] == ref:
                person[column] = "; ".join(one for one in value if one) if isinstance(value, list) else value
    return content


TYPED = ("2018-05-14", "2019-01-10", "none")


def removals(content: dict[str, Any]) -> list[str] | None:
    """What the engine says of everybody; None for values that are an error, which the page refuses."""
    found = read(content, DAY)
    facts = facts_of_draft(found, DAY)
    decision = decide(facts)
    return None if "error" in decision else [one["removal"] for one in decision["persons"]]


@pytest.mark.parametrize(
    "typed",
    [
        {"p1-noncitizen": "no"},
        {"p2-noncitizen": "no"},
        {"p1-entry_place": "interior"},
        {"p1-noncitizen": "no", "p2-noncitizen": "no"},
        {"p2-birth_date": "1999-01-01"},
    ],
)
def test_what_is_skipped_could_change_nobody_s_answer(typed: dict[str, str]) -> None:
    known = {name: "" for name in COVERED if name.endswith(("_from", "_to", "_on", "together", "_by", "reunification"))}
    content = content_of(**known, **typed)
    facts = facts_of_draft(read(content, DAY), DAY)
    now, tried = removals(content), 0
    for ref, sections in sections_of(facts, 3).items():
        [place] = [place for place, person in enumerate(content["persons"]) if person["ref"] == ref]
        person = content["persons"][place]
        for section in sections.skipped:
            for field in asked_in(section, child=person["role"] == "child"):
                if person.get(field.column):  # what made them uncovered is not asked again
                    continue
                for value in [value for value, _label in field.choices] or TYPED:
                    changed = deepcopy(content)
                    changed["persons"][place][field.column] = value
                    then = removals(changed)
                    assert then in (None, now), (ref, field.column, value)
                    tried += 1
    assert tried > 20


def test_a_child_s_story_is_asked_for_their_parent_s_sake() -> None:
    facts = facts_of_draft(read(content_of(**{"p2-noncitizen": "no"}), DAY), DAY)
    sections = sections_of(facts, 3)
    assert sections["2"].asked == ["links", "custody", "departures"]
    assert "process" in sections["1"].asked
    facts = facts_of_draft(read(content_of(**{"p2-noncitizen": "no", "p1-noncitizen": "no"}), DAY), DAY)
    assert sections_of(facts, 3)["2"].asked == ["departures"]
    assert sections_of(facts, 1) == {}
