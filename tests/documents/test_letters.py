"""Drafting, approving, sending: nothing leaves the office unapproved, or after what it says has changed."""

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.errors import Conflict, Invalid
from accounts.models import User
from documents.letters.kinds import languages
from documents.letters.models import Letter, LetterKind, LetterTemplate
from documents.letters.selectors import earlier_texts, letters_page, source_of, staleness
from documents.letters.services import (
    letter_approve,
    letter_change,
    letter_draft,
    letter_renew,
    letter_reopen,
    letter_send,
    letter_withdraw,
    template_change,
    template_reset,
)
from families.models import Family, Person
from families.services import person_update
from screenings.services import screening_record
from tests.cast import Cast
from tests.factories import (
    DAY,
    confirm_waiting,
    everything,
    make_family,
    make_letter,
    make_wall,
    mother_and_son,
    with_reevaluation,
)


def now(letter: Letter) -> Letter:
    return Letter.objects.get(pk=letter.pk)


def approved(actor: User, letter: Letter) -> Letter:
    letter_approve(actor=actor, letter_id=letter.pk, version=now(letter).version, key=None, day=DAY)
    return now(letter)


def change_facts(family: Family, actor: User) -> None:
    """The mother's asylum application comes on file: it moves no answer, but it is on file."""
    person = family.persons.order_by("pk")[0]
    values = {"asylum_filed_on": "2019-02-01"}
    person_update(actor=actor, person_id=person.pk, version=person.version, values=values, key=None, day=DAY)


def test_a_draft_says_what_holds_in_the_clients_language(cast: Cast) -> None:
    family = make_family(cast.organization, attorney=cast.attorney)
    mother = family.persons.order_by("pk")[0]
    pk = letter_draft(actor=cast.paralegal, person_id=mother.pk, kind="client", language="es", key="k", day=DAY)
    assert pk == letter_draft(
        actor=cast.paralegal, person_id=mother.pk, kind="client", language="es", key="k", day=DAY
    ), "a double click is one letter"
    letter = Letter.objects.get()
    assert letter.title == f"Lo que vale hoy para {mother.full_name}"
    assert "Hoy el acuerdo de 2018 lo protege: su propio proceso no ha terminado." in letter.body
    assert "- Pediremos la nueva revisión de su caso." in letter.body
    assert cast.attorney.name in letter.body
    assert "1 de marzo de 2019" in letter.body
    assert str(mother.a_number) not in letter.body
    assert "{{" not in letter.body
    assert (letter.state, letter.made_by, letter.made_on, letter.mark) == ("draft", cast.paralegal, DAY, "DRAFT")


def test_every_kind_can_be_drafted_of_everybody(cast: Cast) -> None:
    family = make_family(cast.organization, everything())
    for person in family.persons.all():
        for kind in LetterKind.values:
            for language in languages(kind):
                pk = letter_draft(
                    actor=cast.attorney, person_id=person.pk, kind=kind, language=language, key=None, day=DAY
                )
                letter = Letter.objects.get(pk=pk)
                assert "{{" not in letter.body
                assert person.full_name in letter.title + letter.body
                assert not staleness(cast.attorney, letter, DAY)[0]


def kinds_for(cast: Cast, record: dict[str, Any]) -> list[list[str]]:
    family = make_family(cast.organization, record)
    return [offer.fits for offer in letters_page(cast.attorney, family.pk, DAY)[1]]


def test_letters_are_offered_where_they_fit(cast: Cast) -> None:
    always = ["client", "chronology"]
    hers, his = kinds_for(cast, mother_and_son())
    assert hers == ["client", "screening", "chronology"]
    assert his == always
    decided: dict[str, Any] = {"status": "decided", "result": "negative", "decided_on": "2018-12-10"}
    assert "state_of_mind" in kinds_for(cast, with_reevaluation(**decided))[0]
    weighed = {**decided, "state_of_mind_weighed": True}
    late = kinds_for(cast, with_reevaluation(**weighed, judge_review={"asked": "yes"}))[0]
    assert "overdue" in late
    assert "judge_review" not in late
    reasonable = {**weighed, "kind": "reasonable_fear"}
    assert "judge_review" in kinds_for(cast, with_reevaluation(**reasonable))[0]
    record = mother_and_son()
    record["persons"][0]["elections"] = [{"choice": "return"}]
    assert {"waiver_check", "election_data"} <= set(kinds_for(cast, record)[0])
    record = mother_and_son()
    del record["persons"][0]["noncitizen"]
    assert "membership" in kinds_for(cast, record)[0]
    record = mother_and_son()
    record["persons"][0]["departures"] = [{"kind": "removed", "on": "2018-08-01"}]
    family = make_family(cast.organization, record)
    day = datetime.date(2018, 12, 1)
    assert "return_request" in letters_page(cast.attorney, family.pk, day)[1][0].fits


def test_only_attorneys_approve_and_only_what_they_see(cast: Cast) -> None:
    letter = make_letter(make_family(cast.organization), cast.paralegal)
    for actor in (cast.paralegal, cast.volunteer, cast.auditor, cast.administrator):
        with pytest.raises(PermissionDenied):
            approved(actor, letter)
    with pytest.raises(Http404):
        approved(cast.other_attorney, letter)
    make_wall(letter.family, cast.supervisor, cast.attorney)
    with pytest.raises(Http404):
        approved(cast.supervisor, letter)
    assert now(letter).state == "draft"
    done = approved(cast.attorney, letter)
    assert (done.state, done.approved_by, done.mark) == ("approved", cast.attorney, "")
    with pytest.raises(Invalid):
        approved(cast.attorney, letter)


def test_what_changed_since_stops_approval_until_the_text_is_made_anew(cast: Cast) -> None:
    family = make_family(cast.organization, with_reevaluation(interview_on="2019-02-20"))
    letter = make_letter(family, cast.paralegal)
    row = family.persons.order_by("pk")[0].screenings.get(basis="reevaluation")
    values = {"status": "decided", "result": "positive", "decided_on": "2019-02-25"}
    screening_record(actor=cast.attorney, screening_id=row.pk, version=1, values=values, key=None, day=DAY)
    found = staleness(cast.attorney, now(letter), DAY)[0]
    assert {"what holds today", "answer", "next steps"} <= {one.field for one in found.differences}
    with pytest.raises(Invalid, match="record"):
        approved(cast.attorney, letter)
    assert now(letter).state == "draft"
    before = now(letter).body
    letter_renew(actor=cast.paralegal, letter_id=letter.pk, version=1, keep_text=False, key=None, day=DAY)
    assert "you passed the interview" in now(letter).body
    assert [state.body for state in earlier_texts(now(letter))] == [before]
    assert approved(cast.attorney, letter).state == "approved"


def test_a_fact_that_moves_nothing_still_has_to_be_looked_at(cast: Cast) -> None:
    family = make_family(cast.organization)
    letter = make_letter(family, cast.paralegal)
    change_facts(family, cast.paralegal)
    found = staleness(cast.attorney, now(letter), DAY)[0]
    assert (found.differences, found.facts, found.rules) == ([], True, False)
    with pytest.raises(Invalid):
        approved(cast.attorney, letter)
    body = now(letter).body
    letter_renew(actor=cast.attorney, letter_id=letter.pk, version=1, keep_text=True, key=None, day=DAY)
    assert approved(cast.attorney, letter).body == body


def test_an_approved_letter_is_not_sent_once_the_answer_has_moved(cast: Cast) -> None:
    family = make_family(cast.organization)
    letter = approved(cast.attorney, make_letter(family, cast.paralegal))
    sent: dict[str, Any] = {
        "actor": cast.paralegal,
        "letter_id": letter.pk,
        "version": letter.version,
        "key": None,
        "day": DAY,
    }
    for values in ({}, {"how": "post"}, {"sent_on": "2019-03-02", "how": "post"}, {"sent_on": "x", "how": "post"}):
        with pytest.raises(Invalid):
            letter_send(**sent, values=values)
    change_facts(family, cast.paralegal)
    with pytest.raises(Invalid):
        letter_send(**sent, values={"sent_on": "2019-03-01", "how": "post"})
    assert now(letter).state == "approved"
    fresh = approved(cast.attorney, make_letter(family, cast.paralegal))
    letter_send(**{**sent, "letter_id": fresh.pk}, values={"sent_on": "2019-03-01", "how": "read"})
    assert (now(fresh).state, now(fresh).sent_on, now(fresh).how) == ("sent", DAY, "read")


def test_a_text_that_waits_for_a_second_person_is_not_yet_told(cast: Cast) -> None:
    record = with_reevaluation(status="interviewed", interview_on="2019-02-01")
    family = make_family(cast.organization, record)
    row = family.persons.order_by("pk")[0].screenings.get(basis="reevaluation")
    values = {"status": "decided", "result": "negative", "decided_on": "2019-02-25", "state_of_mind_weighed": True}
    screening_record(actor=cast.paralegal, screening_id=row.pk, version=1, values=values, key=None, day=DAY)
    letter = make_letter(family, cast.attorney)
    assert "your own process is not finished" in letter.body
    confirm_waiting(cast.attorney)
    assert staleness(cast.attorney, now(letter), DAY)[0]


def test_a_letter_is_changed_reopened_and_withdrawn_and_nothing_is_lost(cast: Cast) -> None:
    letter = make_letter(make_family(cast.organization), cast.paralegal)
    given: dict[str, Any] = {"actor": cast.paralegal, "letter_id": letter.pk, "key": None}
    letter_change(**given, version=1, values={"body": "Mine"})
    with pytest.raises(Conflict) as conflict:
        letter_change(**{**given, "actor": cast.attorney}, version=1, values={"body": "Theirs"})
    assert conflict.value.current["body"] == "Mine"
    approved(cast.attorney, letter)
    with pytest.raises(Invalid):
        letter_change(**given, version=3, values={"body": "Slipped in after the approval"})
    letter_reopen(**given, version=3)
    assert (now(letter).state, now(letter).approved_by) == ("draft", None)
    with pytest.raises(Invalid):
        letter_withdraw(**given, version=4, reason=" ")
    letter_withdraw(**given, version=4, reason="Written to the wrong person")
    assert (now(letter).state, now(letter).mark) == ("withdrawn", "WITHDRAWN")
    with pytest.raises(Invalid):
        approved(cast.attorney, letter)
    assert now(letter).history.count() == 5


def test_a_word_that_is_never_used_is_not_approved(cast: Cast) -> None:
    letter = make_letter(make_family(cast.organization), cast.paralegal)
    letter_change(actor=cast.attorney, letter_id=letter.pk, version=1, values={"body": "Usted es ilegal."}, key=None)
    with pytest.raises(Invalid):
        approved(cast.attorney, letter)


def test_a_chronology_gives_the_source_of_each_sentence_and_says_what_is_not_known(cast: Cast) -> None:
    record = everything()
    del record["persons"][1]["birth_date"]
    record["persons"][1]["screenings"].append({"basis": "independent", "status": "requested"})
    family = make_family(cast.organization, record)
    mother, son = family.persons.order_by("pk")
    row = Person.objects.get(pk=mother.pk)
    person_update(
        actor=cast.paralegal,
        person_id=row.pk,
        version=row.version,
        values={"asylum_filed_on": "2019-02-01"},
        key=None,
        day=DAY,
    )
    pk = letter_draft(actor=cast.attorney, person_id=mother.pk, kind="chronology", language="en", key=None, day=DAY)
    body = Letter.objects.get(pk=pk).body
    lines = [line for line in body.splitlines() if line.startswith("- ")]
    assert f"- On 1 February 2019: {mother.given_names} filed for asylum. [source: person, record {mother.pk}; " in body
    assert f"last changed by {cast.paralegal.name} on " in body
    link = son.parent_links.get()
    assert f"was separated from {mother.given_names} by DHS. [source: parent of a child, record {link.pk};" in body
    assert f"The date of birth of {son.given_names} is not known." in body
    assert f"The day is not known: screening of {son.given_names} is on file." in body
    assert "The court gave the agreement its final approval. [the court's record]" in body
    assert all("[" in line or "not known" in line for line in lines)
    days = [line for line in lines if line.startswith("- On ")]
    assert days[0].startswith("- On 12 May 2018"), "in the order of their days"


def test_a_confirmed_fact_says_who_confirmed_it(cast: Cast) -> None:
    family = make_family(cast.organization, with_reevaluation(status="interviewed", interview_on="2019-02-01"))
    mother = family.persons.order_by("pk")[0]
    row = mother.screenings.get(basis="reevaluation")
    values = {"status": "decided", "result": "negative", "decided_on": "2019-02-25"}
    screening_record(actor=cast.paralegal, screening_id=row.pk, version=1, values=values, key=None, day=DAY)
    assert confirm_waiting(cast.attorney) == 1
    pk = letter_draft(actor=cast.attorney, person_id=mother.pk, kind="chronology", language="en", key=None, day=DAY)
    line = next(
        one for one in Letter.objects.get(pk=pk).body.splitlines() if "had a negative result" in one and "25 Feb" in one
    )
    assert f"confirmed by {cast.attorney.name} on " in line


def test_an_organizations_own_text_takes_the_place_of_the_one_that_comes_with_amparo(cast: Cast) -> None:
    given: dict[str, Any] = {"actor": cast.attorney, "kind": "client", "language": "en"}
    text: dict[str, Any] = {"title": "For {{ client name }}", "body": "{{ what holds today }}"}
    template_change(**given, version=0, **text, key="k")
    template_change(**given, version=0, **text, key="k")
    family = make_family(cast.organization)
    letter = make_letter(family, cast.paralegal)
    assert letter.body == "The 2018 agreement protects you today: your own process is not finished."
    assert letter.template_version == 1
    other = make_letter(make_family(cast.other_organization), cast.other_paralegal)
    assert other.template_version == 0
    with pytest.raises(Conflict):
        template_change(**given, version=0, title="Other", body="Other", key=None)
    with pytest.raises(PermissionDenied):
        template_change(**{**given, "actor": cast.paralegal}, version=1, **text, key=None)
    with pytest.raises(Invalid, match="body"):
        template_change(**given, version=1, title="T", body="{{ nobody }}", key=None)
    template_reset(**given, version=1, key=None)
    source = source_of(cast.attorney, "client", "en")
    assert source is not None
    assert (source.version, LetterTemplate.objects.get().body) == (0, text["body"])
    template_change(**given, version=2, **text, key=None)
    assert LetterTemplate.objects.get().active
