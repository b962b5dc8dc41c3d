"""Deciding what waits for a second person. Each service is one transaction: decision, change, history, answers."""

import datetime
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.access import access, organization_of
from accounts.errors import Conflict, Invalid
from accounts.models import User
from accounts.permissions import Permission, require
from accounts.receipts import once
from audit import services as trace
from audit.models import Act
from config import clock
from deadlines.authorship import attested
from families.locks import lock_families
from families.proposals.gate import as_json, supersede_overtaken
from families.proposals.models import Proposal
from families.proposals.rows import rows_of, take_off, values_of, write_row
from families.tables import FACTS, PERSON_FIELDS
from families.writing import Values, change_row, changes_since, clean_values
from screenings.models import Screening
from screenings.outcome import REVIEW_FIELDS, outcome_of
from settlement.determine import redetermine

State = Proposal.State


def proposal_confirm(
    *,
    actor: User,
    proposal_id: int,
    version: int,
    row_version: int,
    key: str | None,
    day: datetime.date,
    note: str = "",
) -> int:
    """Put in force what somebody else typed; gives the proposal's pk.

    `version` is the proposal's that the caller saw, `row_version` that of the row it is about (0 where there is none).
    Raises `PermissionDenied` without the permission and for one's own change, `Http404`, `Conflict` when either has
    moved on or somebody has decided already, and `Invalid` where what was typed does not fit the record any more.
    """

    def decide(proposal: Proposal) -> None:
        row = rows_of(proposal.kind).filter(pk=proposal.row).first()
        if row_version != (row.version if row is not None else 0):
            raise stale(proposal)
        reason = _signed(proposal, actor)
        if proposal.how == Proposal.How.REMOVE:
            take_off(row, actor=actor, reason=reason)
        else:
            row = row if row is not None else _new_row(proposal)
            write_row(proposal.kind, row, _checked(proposal, row, day), actor=actor, reason=reason)
        _close(proposal, State.CONFIRMED, actor, note)
        trace.note(
            act=Act.CONFIRMED,
            families=[proposal.family_id],
            persons=[proposal.person_id],
            thing=proposal._meta.db_table,
            thing_id=proposal.pk,
            reason=note,
        )
        supersede_overtaken([proposal.family_id], actor=actor, kind=proposal.kind)

    return _decided(actor, proposal_id, version, key, day, "proposal_confirm", decide)


def proposal_decline(
    *, actor: User, proposal_id: int, version: int, note: str, key: str | None, day: datetime.date
) -> int:
    """Leave in force what is, for a reason that its authors read; gives the proposal's pk. Raises as confirming."""

    def decide(proposal: Proposal) -> None:
        if not note.strip():
            raise Invalid({"note": _("Say why. Who typed it reads this.")})
        _close(proposal, State.DECLINED, actor, note)

    return _decided(actor, proposal_id, version, key, day, "proposal_decline", decide)


def proposal_withdraw(*, actor: User, proposal_id: int, version: int, key: str | None, day: datetime.date) -> int:
    """Take back what one typed oneself, before anybody decided; gives the proposal's pk.

    Raises `PermissionDenied` for what others typed, and else as confirming does.
    """
    require(actor, Permission.FAMILY_RECORD_CHANGE)

    def write() -> int:
        proposal = _open(actor, proposal_id, version)
        if actor.pk not in proposal.authors:
            raise PermissionDenied(_("Only who typed a change takes it back. You can decline it instead."))
        _close(proposal, State.WITHDRAWN, actor, "")
        redetermine(organization=organization_of(actor), family_ids=[proposal.family_id], day=day)
        return proposal.pk

    return once(actor=actor, key=key, what=f"proposal_withdraw {proposal_id}", write=write)


def _decided(
    actor: User,
    proposal_id: int,
    version: int,
    key: str | None,
    day: datetime.date,
    what: str,
    decide: Callable[[Proposal], None],
) -> int:
    """A decision of a second person, with the family's answers."""
    require(actor, Permission.FACT_PROPOSAL_CONFIRM)

    def write() -> int:
        proposal = _open(actor, proposal_id, version)
        require(actor, Permission.FACT_PROPOSAL_CONFIRM, proposal)
        decide(proposal)
        with attested(by=actor.pk):
            redetermine(organization=organization_of(actor), family_ids=[proposal.family_id], day=day)
        return proposal.pk

    return once(actor=actor, key=key, what=f"{what} {proposal_id}", write=write)


def _open(actor: User, proposal_id: int, version: int) -> Proposal:
    """The proposal, still undecided and as the caller saw it, with its family locked."""
    rows = Proposal.objects.select_related("person__family", "decided_by")
    lock_families(organization_of(actor).pk, [access(rows, actor, proposal_id).family_id])
    proposal = access(rows, actor, proposal_id)
    if not proposal.waits or proposal.version != version:
        raise stale(proposal)
    return proposal


def stale(proposal: Proposal) -> Conflict:
    """That somebody has decided, or that the proposal or its row has moved on since the caller read it."""
    row = rows_of(proposal.kind).filter(pk=proposal.row).first()
    now = values_of(proposal.kind, row) if row is not None else {}
    names = proposal.values or proposal.before
    return Conflict(
        current={
            **{name: as_json(now.get(name)) for name in names},
            "version": proposal.version,
            "row_version": row.version if row is not None else 0,
            "state": proposal.state,
        },
        theirs=dict(proposal.values),
        changes=changes_since(proposal, version=1)
        or (changes_since(row, version=proposal.row_version) if row is not None else []),
    )


def _close(proposal: Proposal, state: str, actor: User, note: str) -> None:
    decided = {"state": state, "decided_by": actor, "decided_at": clock.now(), "note": note.strip()}
    change_row(proposal, decided, actor=actor, reason=note)


def _signed(proposal: Proposal, actor: User) -> str:
    """The reason that the history of the row keeps: it names all who typed and who confirmed."""
    names = User.objects.filter(pk__in=proposal.authors).order_by("pk").values_list("name", flat=True)
    both = f"Typed by {', '.join(names)}; confirmed by {actor.name}."
    return f"{both} {proposal.reason}".strip()


def _new_row(proposal: Proposal) -> Any:
    table = FACTS[proposal.kind]
    made: Any = table.model
    row = made(pk=proposal.row, organization_id=proposal.organization_id)
    setattr(row, table.owner, proposal.person)
    if proposal.parent_id is not None:
        row.parent_id = proposal.parent_id
    return row


def _checked(proposal: Proposal, row: Any, day: datetime.date) -> Values:
    """What was typed as the row's fields keep it, checked again against the rest of the row; raises `Invalid`."""
    known = {name: value for name, value in proposal.values.items() if value is not None and value != ""}
    blank = {name: None for name in proposal.values if name not in known}
    if proposal.kind == Proposal.Kind.PERSON:
        return clean_values(type(row), known, fields=PERSON_FIELDS) | blank
    if not isinstance(row, Screening):
        return clean_values(type(row), known, fields=FACTS[proposal.kind].fields) | blank
    reviewed = proposal.values.get("judge_review", True)
    erase = [name for name in blank if reviewed or name not in REVIEW_FIELDS] + ([] if reviewed else ["judge_review"])
    known.pop("judge_review", None)
    outcome = outcome_of(
        row, known | ({"judge_review": True} if reviewed and "judge_review" in proposal.values else {}),
        day=day, erase=erase, reason="-",
    )  # fmt: skip
    of_review = {name: outcome.review[field] for name, field in REVIEW_FIELDS.items() if field in outcome.review}
    return {**outcome.screening, **of_review, "judge_review": outcome.reviewed}
