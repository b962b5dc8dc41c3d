"""Loading the demonstration: whole, twice, after a break, with another password, and never beside anybody's record."""

from __future__ import annotations

import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Organization, User
from accounts.scope import acting_for
from accounts.services import organization_create
from deadlines.models import Hearing
from demo import loading
from demo.loading import DemoRefusedError, Office, load
from desks.movement import series, weeks_back
from documents.letters.models import Letter
from documents.models import Paper
from families.contacts.models import ContactAttempt, Note
from families.filters import Filters
from families.models import Family, Person
from families.proposals.models import Proposal
from settlement.determine import stale_families
from settlement.models import Determination, ReturnRequest

pytestmark = pytest.mark.django_db

DAY = datetime.date(2018, 12, 10)
PASSWORD = "palabra de prueba"
OFFICES = (
    Office("demo", "Centro Amparo (demonstration)", "CA", 60, 1, 100_001, attorneys=2, paralegals=2),
    Office("other", "Casa Colibrí (demonstration)", "CC", 15, 2, 200_001, attorneys=1, paralegals=1),
)


def bring(password: str = PASSWORD, offices: tuple[Office, ...] = OFFICES) -> None:
    load(password=password, day=DAY, tell=lambda line: None, offices=offices)


def test_everything_is_there_and_loading_it_again_changes_nothing() -> None:
    bring()
    demo, other = Organization.objects.order_by("pk")
    assert [(o.slug, o.determined_on) for o in (demo, other)] == [("demo", DAY), ("other", DAY)]
    assert Family.objects.filter(organization=demo).count() == 60
    assert Family.objects.filter(organization=other).count() == 15
    assert not stale_families(demo, day=DAY)
    for place in ("demo", "other"):
        for role in ("attorney", "paralegal", "supervisor"):
            assert User.objects.get(email=f"{role}@{place}.example").check_password(PASSWORD)
    attorney = User.objects.get(email="attorney@demo.example")
    assert Family.objects.filter(attorney=attorney, paralegal__isnull=False).exists()
    assert ReturnRequest.objects.filter(organization=demo, presented_by="class_counsel").exists()
    for one in (demo, other):
        check_desks(one)

    tables = (
        User,
        Family,
        Person,
        Determination,
        ReturnRequest,
        Letter,
        Note,
        ContactAttempt,
        Hearing,
        Paper,
        Proposal,
    )
    before = [model.objects.count() for model in tables]
    history = [Family.history.count(), User.history.count()]
    bring()
    assert [model.objects.count() for model in tables] == before
    assert [Family.history.count(), User.history.count()] == history


def check_desks(organization: Organization) -> None:
    """Every page has something on it: one family has a letter in each state, calls, a note and a hearing this week."""
    mine = Family.objects.filter(attorney__email=f"attorney@{organization.slug}.example")
    states = {state: mine.filter(letters__state=state) for state in Letter.State.values}
    whole = mine.filter(written_notes__isnull=False, persons__contact_attempts__outcome="reached").filter(
        persons__hearings__at__date__gt=DAY, persons__hearings__at__date__lte=DAY + datetime.timedelta(days=6)
    )
    for having in states.values():
        whole = whole.filter(pk__in=having.values("pk"))
    assert whole.exists()
    assert Paper.objects.filter(organization=organization, state="asked").exists()
    assert Proposal.objects.filter(organization=organization, state="waiting").exists()
    supervisor = User.objects.get(email=f"supervisor@{organization.slug}.example")
    days = weeks_back(DAY)
    with acting_for(supervisor):
        points = series(supervisor, Filters(), DAY, days)
    assert [point.day for point in points] == days, "the weeks before are there"
    assert points[0].numbers != points[-1].numbers


def test_a_load_that_was_broken_off_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def power_cut(**_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(loading, "family_assign", power_cut)
        with pytest.raises(KeyboardInterrupt):
            bring()
    assert not Family.objects.filter(attorney__isnull=False).exists()
    bring()
    assert Family.objects.count() == 75
    assert Family.objects.filter(attorney__isnull=False).count() > 60


def test_another_password_replaces_the_first() -> None:
    bring("la primera palabra")
    bring("la segunda palabra")
    for user in User.objects.all():
        assert user.check_password("la segunda palabra")


def test_it_never_meets_an_organization_of_somebody_elses() -> None:
    organization_create(slug="legal-aid", name="Legal Aid")
    with pytest.raises(DemoRefusedError, match="Legal Aid"):
        bring()
    assert Organization.objects.count() == 1
    assert not User.objects.exists()


def test_an_organization_that_only_has_the_same_short_name_is_somebody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    organization_create(slug="demo", name="Demo Street Law Clinic")
    monkeypatch.setenv("AMPARO_DEMO_PASSWORD", PASSWORD)
    with pytest.raises(CommandError, match="Demo Street Law Clinic") as refusal:
        call_command("demo", stdout=StringIO())
    assert refusal.value.returncode == 2


def test_the_command_needs_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AMPARO_DEMO_PASSWORD", raising=False)
    with pytest.raises(CommandError, match="AMPARO_DEMO_PASSWORD"):
        call_command("demo")
    assert not Organization.objects.exists()
