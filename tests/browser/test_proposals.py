"""Four eyes, as two people do it: one types a negative result, another sees what it means, and the answers follow."""

import re

import pytest
from playwright.sync_api import expect

from families.models import Family
from families.proposals.models import Proposal
from families.services import fact_add
from screenings.models import Screening
from tests.browser.conftest import Open, in_both_schemes
from tests.cast import Cast
from tests.factories import DAY, make_family, make_proposal, with_reevaluation

pytestmark = pytest.mark.browser


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(
        cast.organization,
        with_reevaluation(interview_on="2019-02-01"),
        attorney=cast.attorney,
        paralegal=cast.paralegal,
    )


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_one_types_another_confirms_and_the_answers_follow(at: Open, cast: Cast, family: Family, size: str) -> None:
    screening = Screening.objects.get(basis="reevaluation")
    page = at(f"/screenings/{screening.pk}/record/", cast.paralegal, size=size)
    page.get_by_role("radio", name="decided", exact=True).check()
    page.get_by_role("radio", name="negative", exact=True).check()
    page.locator("input[name=decided_on]").fill("2019-02-26")
    page.get_by_role("radio", name="Yes").check()
    page.get_by_role("radio", name="refused review").check()
    with in_both_schemes(page):
        expect(page.get_by_text("This takes effect when a second person has confirmed it")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("waits until an attorney or a supervisor")
    with in_both_schemes(page):
        expect(page.get_by_role("heading", name="Waiting for a second person")).to_be_visible()
    page.goto("/desk/")
    with in_both_schemes(page):
        page.get_by_text("What waits for an attorney or a supervisor").click()
        expect(page.get_by_role("region", name="What I typed").get_by_role("link")).to_have_count(1)

    page = at("/desk/", cast.attorney, size=size)
    with in_both_schemes(page):
        page.get_by_role("link", name=re.compile("1 change or sheet waits for you")).click()
    with in_both_schemes(page):
        page.locator("summary").click()
        expect(page.get_by_text("Protection gets weaker.")).to_be_visible()
    page.get_by_role("link", name=re.compile("Look at it and decide")).click()
    with in_both_schemes(page):
        expect(page.get_by_role("button", name="Decline")).to_be_visible()
    page.get_by_role("button", name="Decline").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why.")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("status")).to_contain_text("Confirmed.")
    expect(page.get_by_text("is protected only until").first).to_be_visible()
    screening.refresh_from_db()
    assert screening.result == "negative"


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_a_form_to_return_is_a_list_to_check(at: Open, cast: Cast, family: Family, size: str) -> None:
    mother = family.persons.order_by("pk")[0]
    form = {"choice": "return", "signed_on": "2019-02-01", "signed_by": "self", "voluntary": True}
    fact_add(actor=cast.paralegal, kind="election", person_id=mother.pk, values=form, key=None, day=DAY)
    page = at(f"/proposals/{Proposal.objects.get().pk}/", cast.supervisor, size=size)
    with in_both_schemes(page):
        expect(page.get_by_text("It is not known whether the form came through class counsel.")).to_be_visible()
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("Why the form does not count as a waiver")).to_be_visible()


def test_who_comes_second_is_told_and_the_author_takes_back(at: Open, cast: Cast, family: Family) -> None:
    proposal = make_proposal(family, cast.paralegal)
    late = at(f"/proposals/{proposal.pk}/", cast.supervisor)
    page = at(f"/proposals/{proposal.pk}/", cast.paralegal)
    with in_both_schemes(page):
        expect(page.get_by_role("heading", name="You typed this")).to_be_visible()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("status")).to_contain_text("Taken back.")
    late.get_by_role("button", name="Confirm").click()
    with in_both_schemes(late):
        expect(late.get_by_role("alert")).to_contain_text("Somebody else was here first")
    assert family.persons.order_by("pk")[0].noncitizen is True
