"""What the people of an office do all day, from their desk, and how many interactions it may take at the most.

Each test begins where somebody lands after signing in. The limits are part of the product: a change that needs one more
click for a daily task has to be worth it.
"""

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from config import clock
from deadlines.reminders import guard
from deadlines.reminders.models import Acknowledgement
from deadlines.reminders.sweep import sweep
from documents.models import Paper
from families.models import Family, Person
from families.proposals.models import Proposal
from tests.browser.conftest import Open
from tests.browser.tasks import Worker
from tests.cast import Cast
from tests.desks import records
from tests.factories import make_deadline, make_family, make_letter, with_reevaluation

pytestmark = pytest.mark.browser


@pytest.fixture
def families(cast: Cast) -> dict[str, Family]:
    """One of each exposure, and one whose interview was held and has no outcome yet."""
    people: dict[str, Any] = {"attorney": cast.attorney, "paralegal": cast.paralegal}
    made = {name: make_family(cast.organization, record(), **people) for name, record in records.ALL.items()}
    made["interviewed"] = make_family(
        cast.organization, with_reevaluation(status="interviewed", interview_on="2019-02-20"), **people
    )
    return made


@pytest.fixture
def start(at: Open, families: dict[str, Family]) -> Any:
    """`start(user)` is that person at the page on which they land."""
    return lambda user, **options: Worker(at("/", user, **options))


def mother_of(family: Family) -> Person:
    return Person.objects.get(family=family, role="parent")


def _open(work: Worker, family: Family) -> None:
    row = work.page.locator("main tr").filter(has_text=family.reference)
    work.click(row.get_by_role("link"))


def test_record_a_negative_outcome_and_see_who_is_touched(start: Any, cast: Cast, families: dict[str, Family]) -> None:
    work = start(cast.paralegal)
    mother = mother_of(families["interviewed"])
    row = work.page.locator("table.queue tr").filter(has_text=mother.full_name)
    work.click(row.get_by_role("link", name=re.compile("Record")))
    work.click(work.page.locator("input[name=status][value=decided]"))
    work.click(work.page.locator("input[name=result][value=negative]"))
    with work.page.expect_response(lambda answer: answer.request.method == "POST"):
        work.fill(work.page.locator("input[name=decided_on]"), "2019-02-28")
        work.press("Tab")
    touched = work.page.locator("#preview")
    expect(touched.get_by_role("heading", name=re.compile(mother.given_names)).first).to_be_visible()
    work.click(work.page.get_by_role("button", name="Save", exact=True))
    expect(work.page.get_by_role("status").first).to_be_visible()
    assert Proposal.objects.get(person=mother).values["result"] == "negative", "it waits for a second person"
    assert work.acts <= 8


def test_find_who_has_a_negative_finding_and_no_judge_asked(
    start: Any, cast: Cast, families: dict[str, Family]
) -> None:
    work = start(cast.attorney)
    work.click(work.link("no judge known to be asked"))
    expect(work.page.locator("main")).to_contain_text(families["judge"].reference)
    assert work.acts <= 2


def test_explain_what_a_relatives_result_means(start: Any, cast: Cast, families: dict[str, Family]) -> None:
    """On the one page of the family each person's sentence names whose claim holds them, and the reasons fold out."""
    work = start(cast.attorney)
    _open(work, families["judge"])
    people = work.page.get_by_role("article")
    expect(people.first).to_be_visible()
    work.click(people.first.locator("summary").first)
    expect(people.first.locator(".reasons").first).to_be_visible()
    assert work.acts <= 2


def test_find_a_family_by_name(start: Any, cast: Cast, families: dict[str, Family]) -> None:
    Person.objects.filter(pk=mother_of(families["none"]).pk).update(given_names="Ñandutí", family_names="Wolframio")
    work = start(cast.paralegal)
    work.click(work.page.get_by_role("navigation").get_by_role("link", name="Families"))
    work.fill(work.page.get_by_label("Search"), "wolframio")
    work.press("Enter")
    expect(work.page.locator("main")).to_contain_text("Wolframio")
    assert work.acts <= 3


def test_see_why_a_form_to_return_does_not_count(start: Any, cast: Cast, families: dict[str, Family]) -> None:
    work = start(cast.attorney)
    _open(work, families["waiver"])
    expect(work.page.locator("main")).to_contain_text("language")
    assert work.acts <= 1


def test_see_which_question_would_settle_it(start: Any, cast: Cast, families: dict[str, Family]) -> None:
    work = start(cast.attorney)
    expect(work.page.locator("#ask").locator("xpath=..")).to_contain_text("citizen")
    assert work.acts == 0


def test_see_what_is_due_this_week(start: Any, cast: Cast, families: dict[str, Family]) -> None:
    work = start(cast.attorney)
    expect(work.page.get_by_role("heading", name="My week")).to_be_visible()
    assert work.acts == 0


def test_open_the_list_behind_a_number_of_the_board(start: Any, cast: Cast, families: dict[str, Family]) -> None:
    work = start(cast.supervisor)
    number = work.page.locator("#stand tbody tr").first.get_by_role("link").first
    told = int(re.findall(r"\d+", number.inner_text())[0])
    work.click(number)
    expect(work.page.locator("#count")).to_contain_text(str(told))
    assert work.acts <= 1


def test_give_a_family_to_somebody_else(start: Any, cast: Cast, families: dict[str, Family]) -> None:
    work = start(cast.supervisor)
    work.click(work.page.get_by_role("navigation").get_by_role("link", name="Families"))
    work.click(work.page.get_by_role("checkbox", name=re.compile(families["none"].reference)))
    work.click(work.page.get_by_text("Assign families"))
    work.choose(work.page.get_by_label("Give to attorney"), cast.supervisor.name)
    work.click(work.page.get_by_role("button", name="Look at the change"))
    work.click(work.page.get_by_role("button", name="Assign them"))
    expect(work.page.get_by_role("status").first).to_contain_text("1 family was assigned")
    assert work.acts <= 6


def test_learn_what_a_word_means(start: Any, cast: Cast, families: dict[str, Family]) -> None:
    work = start(cast.paralegal)
    work.click(work.page.get_by_role("link", name="Words explained"))
    expect(work.page.locator("#credible-fear")).to_contain_text("temor creíble")
    assert work.acts <= 1


def test_change_to_spanish(start: Any, cast: Cast, families: dict[str, Family]) -> None:
    work = start(cast.paralegal)
    work.click(work.page.get_by_role("button", name="Español"))
    expect(work.page.locator("html")).to_have_attribute("lang", "es")
    assert work.acts <= 1


def test_approve_a_letter_to_the_client_and_mark_it_sent(start: Any, cast: Cast, families: dict[str, Family]) -> None:
    """From the desk to the family, and from its page straight to the draft that a colleague made."""
    letter = make_letter(families["none"], cast.paralegal)
    work = start(cast.attorney)
    _open(work, families["none"])
    work.click(work.link(letter.title))
    work.click(work.page.get_by_role("button", name="Approve"))
    work.click(work.page.get_by_role("radio", name="handed over"))
    work.click(work.page.get_by_role("button", name="It was sent"))
    expect(work.page.get_by_role("status").first).to_contain_text("Saved.")
    letter.refresh_from_db()
    assert (letter.state, letter.how, letter.approved_by) == ("sent", "hand", cast.attorney)
    assert work.acts <= 5


def test_acknowledge_a_due_reminder(start: Any, cast: Cast, families: dict[str, Family]) -> None:
    guard.forget()
    soon = {"remind_at": clock.moment() - timedelta(minutes=1)}
    deadline = make_deadline(families["none"], clock.today() + timedelta(days=1), **soon)
    sweep()
    work = start(cast.attorney)
    work.click(work.page.get_by_role("navigation").get_by_role("link", name=re.compile("Reminders")))
    reminder = work.page.locator(f"article[aria-labelledby=reminder-{deadline.pk}]")
    work.click(reminder.get_by_role("button", name=re.compile("Seen, it is with me")))
    expect(work.page.get_by_role("heading", name="Seen, and still open")).to_be_visible()
    assert Acknowledgement.objects.filter(deadline=deadline, user=cast.attorney).exists()
    assert work.acts <= 2


def test_tell_which_papers_are_missing_and_mark_one_as_asked_for(
    start: Any, cast: Cast, families: dict[str, Family]
) -> None:
    work = start(cast.attorney)
    _open(work, families["judge"])
    missing = work.page.get_by_role("region", name="Letters and papers")
    work.click(missing.get_by_role("link", name=re.compile("^I-898")))
    work.click(work.page.get_by_role("radio", name="asked for"))
    work.click(work.page.get_by_role("button", name="Save", exact=True))
    expect(work.page.get_by_role("status").first).to_contain_text("Saved.")
    assert Paper.objects.get(person=mother_of(families["judge"])).state == "asked"
    assert work.acts <= 4
