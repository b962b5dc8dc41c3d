"""A chronology for a declaration: each sentence with the row it was read off, who put it on file, who changed it, who
confirmed it, and when; and what is not known, said as such."""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from config.words import day_text
from documents.letters.file import FamilyFile
from families.chronology import chronology
from families.models import Custody, Departure, Exclusion, ParentLink, Person
from families.page import short_names
from families.proposals.models import Proposal
from screenings.models import JudgeReview, Screening
from settlement.models import CourtCase, Election, ReturnRequest

Fact = Mapping[str, Any]
_LISTS: Final[dict[str, Any]] = {
    "custody": Custody,
    "departures": Departure,
    "exclusions": Exclusion,
    "parents": ParentLink,
    "screenings": Screening,
    "elections": Election,
}
_SINGLE: Final[dict[str, Any]] = {"court_case": CourtCase, "return_request": ReturnRequest}
# How the four eyes call what the tables hold.
_KINDS: Final = {ParentLink: "parent_link", CourtCase: "court_case", ReturnRequest: "return_request"}


class Piece(NamedTuple):
    """A part of a person's facts that comes from one row: the facts of that row alone, its table, and its key."""

    person: Person
    facts: Fact
    model: Any
    pk: int


def chronology_with_sources(detail: FamilyFile) -> list[str]:
    """Sentences in order of their days, each followed by its source; then what is on file without a day."""
    names = short_names(detail.persons)
    pieces = list(_pieces(detail))
    told = _provenance(pieces)
    dated: list[tuple[str, str]] = []
    undated: list[str] = []
    for piece in pieces:
        events = _events(detail, piece, names)
        source = told[piece.model, piece.pk]
        for on, text in events:
            dated.append(
                (on, _("On %(day)s: %(what)s [%(source)s]") % {"day": day_text(on), "what": text, "source": source})
            )
        if not events and piece.model not in (Person, Exclusion, JudgeReview):
            words = {"what": piece.model._meta.verbose_name, "name": names[piece.person.reference], "source": source}
            undated.append(_("The day is not known: %(what)s of %(name)s is on file. [%(source)s]") % words)
    court = [event for event in chronology({**detail.facts, "persons": []}, names) if event.kind == "court"]
    for event in court:
        line = _("On %(day)s: %(what)s [the court's record]") % {"day": day_text(event.on), "what": event.text}
        dated.append((event.on.isoformat(), line))
    for person in detail.persons:
        undated += _unknown(person, names[person.reference])
    return [line for _on, line in sorted(dated, key=lambda one: one[0])] + undated


def _unknown(person: Person, name: str) -> Iterator[str]:
    if person.birth_date is None:
        yield _("The date of birth of %(name)s is not known.") % {"name": name}
    if person.entry_on is None:
        yield _("The day on which %(name)s came in is not known.") % {"name": name}


def _events(detail: FamilyFile, piece: Piece, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """What one row says happened, up to the day of the answer."""
    facts = {"as_of": detail.facts["as_of"], "court_events": [], "persons": [piece.facts]}
    return [(event.on.isoformat(), event.text) for event in chronology(facts, names) if event.kind == "own"]


def _pieces(detail: FamilyFile) -> Iterator[Piece]:
    record = detail.record
    by_reference = {person.reference: person for person in detail.persons}
    reviews = dict(
        JudgeReview.objects.filter(screening__person__family=detail.family).values_list("screening_id", "pk")
    )
    single = {
        name: dict(model.objects.filter(person__family=detail.family).values_list("person_id", "pk"))
        for name, model in _SINGLE.items()
    }
    for facts in record.facts["persons"]:
        person, me = by_reference[facts["id"]], {"id": facts["id"], "role": facts["role"]}
        own = {name: facts[name] for name in ("entry", "asylum_filed_on") if name in facts}
        yield Piece(person, {**me, **own}, Person, person.pk)
        for name, model in _LISTS.items():
            for item, pk in zip(facts.get(name) or (), record.keys.get((facts["id"], name), ()), strict=False):
                yield Piece(person, {**me, name: [_without_review(item)]}, model, pk)
                if "judge_review" in item and pk in reviews:
                    alone = {"basis": item["basis"], "status": item["status"], "judge_review": item["judge_review"]}
                    yield Piece(person, {**me, name: [alone]}, JudgeReview, reviews[pk])
        for name, keys in single.items():
            if facts.get(name) is not None and person.pk in keys:
                yield Piece(person, {**me, name: facts[name]}, _SINGLE[name], keys[person.pk])


def _without_review(item: Fact) -> Fact:
    return {name: value for name, value in item.items() if name != "judge_review"}


def _provenance(pieces: list[Piece]) -> dict[tuple[Any, int], str]:
    """For each row, in words: which record, who put it on file, who changed it last, who confirmed it, and when."""
    found: dict[tuple[Any, int], str] = {}
    for model in {piece.model for piece in pieces}:
        keys = [piece.pk for piece in pieces if piece.model is model]
        states: dict[int, list[Any]] = {}
        for state in model.history.filter(id__in=keys).select_related("history_user").order_by("history_id"):
            states.setdefault(state.id, []).append(state)
        kind = _KINDS.get(model, model._meta.model_name)
        confirmed = {
            proposal.row: proposal
            for proposal in Proposal.objects.filter(kind=kind, row__in=keys, state=Proposal.State.CONFIRMED)
            .select_related("decided_by")
            .order_by("pk")
        }
        for pk in keys:
            found[model, pk] = _source(model, pk, states.get(pk, []), confirmed.get(pk))
    return found


def _source(model: Any, pk: int, states: list[Any], confirmed: Proposal | None) -> str:
    parts = [_("source: %(what)s, record %(number)d") % {"what": model._meta.verbose_name, "number": pk}]
    if states:
        parts.append(_("put on file by %(who)s on %(day)s") % _signed(states[0]))
    if len(states) > 1:
        parts.append(_("last changed by %(who)s on %(day)s") % _signed(states[-1]))
    if confirmed is not None and confirmed.decided_by is not None:
        words = {"who": confirmed.decided_by.name, "day": _local_day(confirmed.decided_at)}
        parts.append(_("confirmed by %(who)s on %(day)s") % words)
    else:
        parts.append(_("not confirmed by a second person"))
    return "; ".join(parts)


def _signed(state: Any) -> dict[str, str]:
    who = state.history_user.name if state.history_user else _("the intake sheet or the installation")
    return {"who": who, "day": _local_day(state.history_date)}


def _local_day(moment: datetime.datetime | None) -> str:
    """The day of a moment at the office."""
    return day_text(timezone.localdate(moment)) if moment else _("a day not known")
