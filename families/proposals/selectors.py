"""What is read of changes that wait for a second person."""

import datetime
from collections.abc import Collection, Sequence
from functools import partial
from typing import Any, NamedTuple

from django.db.models import F, Min, OuterRef, Q, QuerySet, Subquery

from accounts.access import access, organization_of
from accounts.models import User
from accounts.permissions import Permission, allowed, allows, require
from config import clock
from families.intake.selectors import keys_to_confirm
from families.models import Family, Person
from families.proposals.effect import PersonPreview, compared
from families.proposals.models import Proposal
from families.proposals.rows import rows_of, values_of
from families.writing import Values
from screenings.models import Screening
from settlement.determine import decided_record
from settlement.engine.court import court_on
from settlement.engine.cut import cut
from settlement.engine.logic import Truth
from settlement.engine.reading import read_facts
from settlement.engine.waiver import waiver_of
from settlement.facts import LIST_OF, records_of
from settlement.models import DeterminedDeadline
from settlement.waiting import Decision, Patch, Record, confirmed

DECLINED_SHOWN = datetime.timedelta(days=14)
"""For how long who typed a change that was declined finds it on their desk."""


class Seen(NamedTuple):
    """A proposal with the names of its authors, and what confirming it would mean for each member of the family.

    `basis` is that of the screening, if it is about one. `waiver` has the conditions of a form to return, each true,
    false or unknown, as they would be.
    """

    proposal: Proposal
    authors: list[str]
    mine: bool
    effect: list[PersonPreview]
    due: datetime.date | None
    basis: str = ""
    waiver: tuple[tuple[str, Truth], ...] = ()


class Now(NamedTuple):
    """The row that a proposal is about as it is in force: its values and version, 0 for a row that is not there."""

    values: Values
    version: int


def waiting(actor: User) -> QuerySet[Proposal]:
    """All that waits in families that this person sees, the most urgent first: the nearest deadline of the person that
    follows from confirming, then what was typed first."""
    require(actor, Permission.FAMILY_RECORD_VIEW)
    due = DeterminedDeadline.objects.filter(person=OuterRef("person"), if_confirmed=True, due__gte=clock.today())
    rows: Any = Proposal.objects.visible_to(actor).filter(state=Proposal.State.WAITING)
    nearest = due.values("person").annotate(it=Min("due")).values("it")
    rows = rows.select_related("person", "family", "parent").annotate(due=Subquery(nearest))
    return rows.order_by(F("due").asc(nulls_last=True), "proposed_at", "pk")  # type: ignore[no-any-return]


def to_decide(actor: User) -> QuerySet[Proposal]:
    """What waits for this person: others typed it. Nothing for who may not confirm."""
    return waiting(actor).filter(pk__in=allowed(actor, Permission.FACT_PROPOSAL_CONFIRM, Proposal.objects.all()))


def count_to_decide(actor: User) -> int:
    """How many changes and sheets wait for this person, in one query."""
    if not allows(actor, Permission.FACT_PROPOSAL_CONFIRM):
        return 0
    rows = allowed(actor, Permission.FACT_PROPOSAL_CONFIRM, Proposal.objects.filter(state=Proposal.State.WAITING))
    return rows.order_by().values_list("pk", flat=True).union(keys_to_confirm(actor), all=True).count()


def typed_by(actor: User) -> QuerySet[Proposal]:
    """What this person typed and still waits, or was declined in the last days; the newest first."""
    lately = Q(state=Proposal.State.DECLINED, decided_at__gte=clock.now() - DECLINED_SHOWN)
    rows: Any = Proposal.objects.visible_to(actor).filter(Q(state=Proposal.State.WAITING) | lately)
    rows = rows.filter(authors__contains=[actor.pk]).select_related("person", "family", "decided_by", "parent")
    return rows.order_by("-proposed_at", "-pk")  # type: ignore[no-any-return]


def undecided_and_confirmed(actor: User, family: Family) -> list[Proposal]:
    """What waits in the family, in the order in which it was typed, and what was confirmed, in the order of that."""
    states = (Proposal.State.WAITING, Proposal.State.CONFIRMED)
    rows = Proposal.objects.visible_to(actor).filter(family=family, state__in=states)
    return list(rows.select_related("person", "family", "parent", "decided_by").order_by("decided_at", "pk"))


def waiting_for(actor: User, kind: str, row: int) -> Proposal | None:
    """What waits for this row of facts."""
    rows = Proposal.objects.visible_to(actor).filter(kind=kind, row=row, state=Proposal.State.WAITING)
    return rows.select_related("person", "family", "parent").first()


def access_proposal(actor: User, pk: int) -> Proposal:
    """One proposal, waiting or decided; raises `Http404`, and `PermissionDenied` for who sees no families."""
    require(actor, Permission.FAMILY_RECORD_VIEW)
    return access(Proposal.objects.select_related("person", "family", "decided_by", "parent"), actor, pk)


def row_now(proposal: Proposal) -> Now:
    """What is in force of the row that a proposal is about."""
    row = rows_of(proposal.kind).filter(pk=proposal.row).first()
    return Now({}, 0) if row is None else Now(values_of(proposal.kind, row), row.version)


def authors_of(proposals: Collection[Proposal]) -> dict[int, str]:
    """The names of all who typed into these proposals, by key."""
    keys = {key for proposal in proposals for key in proposal.authors}
    return dict(User.objects.filter(pk__in=keys).values_list("pk", "name"))


def bases_of(proposals: Collection[Proposal]) -> dict[int, str]:
    """The basis of the screening that each of these proposals is about, by the proposal's key; one query."""
    about = {one.row: one.pk for one in proposals if one.kind == Proposal.Kind.SCREENING}
    rows = Screening.objects.filter(pk__in=about).values_list("pk", "basis") if about else []
    return {about[row]: basis for row, basis in rows}


def seen(actor: User, proposals: Sequence[Proposal], day: datetime.date) -> list[Seen]:
    """The proposals with their authors and effects, in fifteen queries whatever their number."""
    families = {proposal.family_id for proposal in proposals}
    records = dict(records_of(organization_of(actor), day=day, family_ids=families)) if families else {}
    members: dict[int, list[Person]] = {}
    for person in Person.objects.visible_to(actor).filter(family__in=families).order_by("pk"):
        members.setdefault(person.family_id, []).append(person)
    names, bases = authors_of(proposals), bases_of(proposals)
    return [
        _seen(actor, one, records[one.family_id], members[one.family_id], names)._replace(basis=bases.get(one.pk, ""))
        for one in proposals
    ]


def _seen(actor: User, proposal: Proposal, record: Record, members: Sequence[Person], names: dict[int, str]) -> Seen:
    authors = [names.get(key, "") for key in proposal.authors]
    mine = actor.pk in proposal.authors
    patch = next((patch for patch in record.waiting if _is(patch, proposal)), None)
    due: datetime.date | None = getattr(proposal, "due", None)
    if patch is None:
        return Seen(proposal, authors, mine, [], due)
    others = record._replace(waiting=tuple(one for one in record.waiting if one is not patch))
    then = confirmed(others, patch)
    decide = partial(decided_record, proposal.family_id)
    before, after = decide(record), decide(then)
    return Seen(proposal, authors, mine, compared(members, before, after), due or _nearest(before, patch.person), "",
                _waiver(then, patch) if proposal.kind == Proposal.Kind.ELECTION else ())  # fmt: skip


def _is(patch: Patch, proposal: Proposal) -> bool:
    return (patch.name, patch.key, patch.person) == (LIST_OF[proposal.kind], proposal.row, proposal.person.reference)


def _nearest(decision: Decision, person: str) -> datetime.date | None:
    lines = [line["due"] for line in decision["deadlines"] if line["person"] == person and line.get("if_confirmed")]
    return datetime.date.fromisoformat(min(lines)) if lines else None


def _waiver(record: Record, patch: Patch) -> tuple[tuple[str, Truth], ...]:
    """The conditions of the rules' section 4 for the person's last form; nothing where it is none to return."""
    family = cut(read_facts(record.facts))
    person = next(person for person in family.persons if person.id == patch.person)
    waiver = waiver_of(person, court_on(family.as_of, family.court_events or ()))
    return waiver.conditions if waiver.election is not None and waiver.election.choice == "return" else ()
