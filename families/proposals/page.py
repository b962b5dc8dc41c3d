"""A change that waits, ready for a page: who typed what and when, what is in force, and what confirming would mean."""

import datetime
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.db.models import Field
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as noop

from config.words import day_text, list_text
from families.editing.comparison import PreviewRow, previews
from families.editing.forms import is_day
from families.models import Person
from families.proposals.gate import as_json
from families.proposals.models import Proposal
from families.proposals.rows import values_of
from families.proposals.selectors import Now, Seen, authors_of, bases_of
from families.tables import FACTS, PERSON_FIELDS
from screenings.models import JudgeReview, Screening
from screenings.outcome import REVIEW_FIELDS, SCREENING_FIELDS
from settlement import wording
from settlement.engine.texts import TEXTS

Text = str | Promise


class Line(NamedTuple):
    """One field: what is in force, what was typed, and, where the row has moved on, what was in force then."""

    label: Text
    now: str
    typed: str
    was: str = ""


class Step(NamedTuple):
    """One of the conditions of a form to return, and whether it holds: True, False, or None where it is not known."""

    text: str
    holds: bool | None


class Card(NamedTuple):
    """A proposal as pages show it."""

    proposal: Proposal
    title: str
    name: str
    authors: str
    lines: list[Line]
    mine: bool
    may_decide: bool
    effect: list[PreviewRow]
    falls: list[str]
    due: datetime.date | None
    steps: list[Step]
    valid: bool


_TITLES: Final = {
    "add": noop("Put on file: %(what)s"),
    "change": noop("Change: %(what)s"),
    "remove": noop("Take off file: %(what)s"),
}


def title_of(proposal: Proposal, basis: str = "") -> str:
    """What kind of change it is, in words; of a screening, which."""
    return _(_TITLES[proposal.how]) % {"what": basis or proposal.get_kind_display()}


def plain_cards(proposals: Sequence[Proposal], actor_id: int, names: Mapping[int, str] | None = None) -> list[Card]:
    """Proposals without their effects: for the family's page and the desks, in two queries, or one where the names of
    who typed them are known."""
    names, bases = authors_of(proposals) if names is None else names, bases_of(proposals)
    return [card(_plainly(one, actor_id, names, bases.get(one.pk, ""))) for one in proposals]


def _plainly(proposal: Proposal, actor_id: int, names: Mapping[int, str], basis: str) -> Seen:
    authors = [names.get(key, "") for key in proposal.authors]
    return Seen(proposal, authors, mine=actor_id in proposal.authors, effect=[], due=None, basis=basis)


def card(seen: Seen, *, may_decide: bool = False, now: Now | None = None) -> Card:
    """A proposal in words. With `now`, the row as it is in force today, the lines show where it has moved on."""
    rows = previews(seen.effect) if seen.effect else []
    return Card(
        proposal=seen.proposal,
        title=title_of(seen.proposal, str(dict(Screening.Basis.choices).get(seen.basis, ""))),
        name=seen.proposal.person.full_name or seen.proposal.person.reference,
        authors=list_text(seen.authors),
        lines=lines_of(seen.proposal, now),
        mine=seen.mine,
        may_decide=may_decide and not seen.mine,
        effect=rows,
        falls=[row.name for row in rows if row.falls],
        due=seen.due,
        steps=[Step(_condition(name, holds), holds) for name, holds in seen.waiver],
        valid=all(holds is True for _name, holds in seen.waiver),
    )


def lines_of(proposal: Proposal, now: Now | None = None) -> list[Line]:
    """The fields of a proposal side by side: in force, and typed."""
    found = [_parent_line(proposal)] if proposal.parent else []
    typed: Mapping[str, Any] = proposal.values if proposal.how != Proposal.How.REMOVE else proposal.before
    for name in in_order(proposal.kind, typed):
        was = shown(proposal.kind, name, proposal.before.get(name))
        in_force = was if now is None else shown(proposal.kind, name, as_json(now.values.get(name)))
        said = "" if proposal.how == Proposal.How.REMOVE else shown(proposal.kind, name, typed[name])
        if was or in_force or said:
            found.append(Line(label_of(proposal.kind, name), in_force, said, was if was != in_force else ""))
    return found


def lines_of_row(kind: str, row: Any) -> list[Line]:
    """The fields of a row as it is in force."""
    values = {name: as_json(value) for name, value in values_of(kind, row).items()}
    texts = [(name, shown(kind, name, values[name])) for name in in_order(kind, values)]
    return [Line(label_of(kind, name), text, "") for name, text in texts if text]


def in_order(kind: str, names: Collection[str]) -> list[str]:
    """The fields in the order of the forms. That there is a judge's review is said by what it says."""
    if kind == "screening":
        order: Sequence[str] = ("basis", *SCREENING_FIELDS, "judge_review", *REVIEW_FIELDS)
        said = any(name in REVIEW_FIELDS for name in names)
        names = [name for name in names if name != "judge_review" or not said]
    else:
        order = PERSON_FIELDS if kind == "person" else FACTS[kind].fields
    return sorted(names, key=order.index)


def _parent_line(proposal: Proposal) -> Line:
    return Line(_("Parent"), "", proposal.parent.full_name if proposal.parent else "")


def field_of(kind: str, name: str) -> "Field[Any, Any] | None":
    """The column behind a field by the services' name; None for the judge's review itself."""
    if name == "judge_review":
        return None
    model: Any = Person if kind == "person" else Screening if kind == "screening" else FACTS[kind].model
    if kind == "screening" and name in REVIEW_FIELDS:
        model, name = JudgeReview, REVIEW_FIELDS[name]
    field: Field[Any, Any] = model._meta.get_field(name)
    return field


def label_of(kind: str, name: str) -> Text:
    """What a field is called."""
    field = field_of(kind, name)
    if field is None:
        return gettext_lazy("judge's review")
    return gettext_lazy("asked on (judge's review)") if name == "judge_asked_on" else field.verbose_name


def shown(kind: str, name: str, value: Any) -> str:
    """A value as people read it; empty for what is not known."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    field = field_of(kind, name)
    choices: Mapping[Any, Any] = dict(getattr(field, "flatchoices", ()) or ())
    if value in choices:
        return str(choices[value])
    return day_text(value) if isinstance(value, str) and is_day(value) else str(value)


_HOLDS: Final = {
    "W1": gettext_lazy("The form chooses to return."),
    "W2": gettext_lazy("It was signed once the notice could be signed."),
    "W3": gettext_lazy("It was read to them in a language they understand."),
    "W4": gettext_lazy("The choice was made freely."),
    "W5": gettext_lazy("The right person signed it."),
    "W6": gettext_lazy("It came through class counsel."),
    "W7": gettext_lazy("It is this person's own form and names nobody else."),
    "W8": gettext_lazy("It was not withdrawn."),
}


def _condition(name: str, holds: bool | None) -> str:
    if holds is True:
        return str(_HOLDS[name])
    return wording.reason_text({"text": TEXTS[f"{name}.{'unknown' if holds is None else 'false'}"]})
