"""What happened to a family, as one dated line: every dated fact of every person, and the turns of the class action.

It is read off the facts that the engine sees, so that the line and the answer cannot differ. Facts without a day are
not in the line.
"""

import datetime
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple

from django.utils.translation import gettext as _

from families.models import Custody, ParentLink
from screenings.models import Screening
from settlement.engine.parameters import COURT_RECORD, INJUNCTION_ON
from settlement.models import CourtCase, CourtEvent

Fact = Mapping[str, Any]
Sort = Literal[
    "entry", "custody", "separated", "reunified", "departure", "screening", "judge", "election", "case", "request",
    "asylum", "court", "deadline",
]  # fmt: skip


class Event(NamedTuple):
    """One line: the day, whom it is about (ids of the family; none for the court's), what happened in a sentence."""

    on: datetime.date
    about: tuple[str, ...]
    text: str
    kind: Literal["own", "court", "ahead"]
    sort: Sort = "court"


def chronology(facts: Fact, names: Mapping[str, str]) -> list[Event]:
    """The events of a family in order of their days; `names` gives the name of each id. What is planned is `ahead`."""
    day = datetime.date.fromisoformat(facts["as_of"])
    found = [*_court(facts)]
    for person in facts["persons"]:
        for on, about, text, sort in _of_person(person, names):
            when = datetime.date.fromisoformat(on) if on else None
            if when is not None:
                found.append(Event(when, about, text, "ahead" if when > day else "own", sort))
    return sorted(found, key=lambda event: event.on)


Dated = tuple[str | None, tuple[str, ...], str, Sort]


def _of_person(person: Fact, names: Mapping[str, str]) -> Iterator[Dated]:
    me, name = (person["id"],), {"name": names[person["id"]]}
    for sort, maker in _MAKERS.items():
        for on, text in maker(person, name):
            yield on, me, text, sort
    yield person.get("asylum_filed_on"), me, _("%(name)s filed for asylum.") % name, "asylum"
    for link in person.get("parents") or ():
        about = (person["id"], link["parent"])
        both = {"child": names[person["id"]], "parent": names[link["parent"]]}
        for sort, (on, text) in zip(_OF_LINK, _link(link, both), strict=True):
            yield on, about, text, sort


Line = tuple[str | None, str]
Words = Mapping[str, str]


def _entry(person: Fact, name: Words) -> Iterator[Line]:
    entry = person.get("entry") or {}
    yield (
        entry.get("on"),
        {
            "port_of_entry": _("%(name)s came in at a port of entry."),
            "between_ports": _("%(name)s came in between ports of entry."),
            "interior": _("%(name)s came in, and was first met by officers in the interior."),
        }.get(str(entry.get("place")), _("%(name)s came in; where is not known."))
        % name,
    )


def _custody(person: Fact, name: Words) -> Iterator[Line]:
    for item in person.get("custody") or ():
        by = _label(Custody.By, item.get("by"))
        yield item.get("from"), _("%(name)s was taken into custody (%(by)s).") % {**name, "by": by}
        yield item.get("to"), _("%(name)s left custody (%(by)s).") % {**name, "by": by}


def _link(link: Fact, both: Words) -> Iterator[Line]:
    by_dhs = link.get("separated_by") == "dhs"
    yield (
        link.get("separated_on"),
        (
            _("%(child)s was separated from %(parent)s by DHS.")
            if by_dhs
            else _("%(child)s was separated from %(parent)s; not known to be by DHS.")
        )
        % both,
    )
    yield (
        link.get("reunified_on"),
        {
            "court_order": _("%(child)s and %(parent)s were brought back together under the court's order."),
            "sponsor": _("%(child)s went to a sponsor, not back to %(parent)s."),
            "abroad": _("%(child)s and %(parent)s were brought back together abroad."),
            "declined": _("%(parent)s was recorded as declining to be brought back together with %(child)s."),
        }.get(str(link.get("reunification")), _("%(child)s and %(parent)s were brought back together."))
        % both,
    )


def _departures(person: Fact, name: Words) -> Iterator[Line]:
    for item in person.get("departures") or ():
        yield (
            item.get("on"),
            {
                "removed": _("%(name)s was removed from the country by the government."),
                "returned": _("%(name)s was returned to their country."),
            }.get(str(item.get("kind")), _("%(name)s left the country."))
            % name,
        )
        yield item.get("back_on"), _("%(name)s came back into the country.") % name


def _screenings(person: Fact, name: Words) -> Iterator[Line]:
    for item in person.get("screenings") or ():
        what = {**name, "what": screening_text(item)}
        held = item["status"] in ("interviewed", "decided")
        yield item.get("requested_on"), _("A screening of %(name)s was asked for (%(what)s).") % what
        yield (
            item.get("interview_on"),
            (_("%(name)s was interviewed (%(what)s).") if held else _("Interview of %(name)s planned (%(what)s)."))
            % what,
        )
        yield (
            item.get("decided_on"),
            {
                "positive": _("%(name)s had a positive result (%(what)s)."),
                "negative": _("%(name)s had a negative result (%(what)s)."),
            }.get(
                str(item.get("result")), _("A screening of %(name)s was decided; its result is not on file (%(what)s).")
            )
            % what,
        )


def _reviews(person: Fact, name: Words) -> Iterator[Line]:
    for item in person.get("screenings") or ():
        yield from _review(item.get("judge_review") or {}, name)


def screening_text(item: Fact) -> str:
    """Which screening it is: "re-evaluation, credible fear"."""
    kind = item.get("kind")
    basis = str(Screening.Basis(item["basis"]).label)
    return f"{basis}, {Screening.Kind(kind).label}" if kind else basis


def _review(review: Fact, name: Words) -> Iterator[Line]:
    yield (
        review.get("asked_on"),
        {
            "yes": _("%(name)s asked for a judge's review of the negative result."),
            "no": _("%(name)s declined a judge's review of the negative result."),
            "silent": _("%(name)s gave no answer when asked about a judge's review."),
        }.get(str(review.get("asked")), _("A judge's review of the negative result of %(name)s is on file."))
        % name,
    )
    yield (
        review.get("decided_on"),
        {
            "vacated": _("A judge vacated the negative result of %(name)s."),
            "affirmed": _("A judge affirmed the negative result of %(name)s."),
        }.get(str(review.get("outcome")), _("A judge decided on the result of %(name)s; the outcome is not on file."))
        % name,
    )


def _elections(person: Fact, name: Words) -> Iterator[Line]:
    for item in person.get("elections") or ():
        yield (
            item.get("signed_on"),
            {
                "stay": _("An election form of %(name)s was signed: stay and go through the process."),
                "return": _("An election form of %(name)s was signed: return and leave the process."),
            }.get(str(item.get("choice")), _("An election form of %(name)s was signed; its choice is not on file."))
            % name,
        )
        yield item.get("withdrawn_on"), _("%(name)s took the choice on the election form back.") % name


def _court_case(person: Fact, name: Words) -> Iterator[Line]:
    case = person.get("court_case")
    if case is None:
        return
    kind = {**name, "kind": _label(CourtCase.Kind, case.get("kind"))}
    yield case.get("opened_on"), _("A case of %(name)s was opened in immigration court (%(kind)s).") % kind
    yield (
        case.get("decided_on"),
        {
            "removal_ordered": _("An immigration judge ordered the removal of %(name)s."),
            "relief_granted": _("An immigration judge granted %(name)s relief."),
            "terminated": _("The case of %(name)s in immigration court was terminated."),
        }.get(
            str(case.get("outcome")),
            _("An immigration judge decided the case of %(name)s; the outcome is not on file."),
        )
        % name,
    )
    yield case.get("final_on"), _("The immigration judge's decision about %(name)s became final.") % name


def _return_request(person: Fact, name: Words) -> Iterator[Line]:
    request = person.get("return_request")
    if request is None:
        return
    yield (
        request.get("presented_on"),
        (
            _("Class counsel presented the request to let %(name)s return.")
            if request.get("presented_by") == "class_counsel"
            else _("A request to let %(name)s return was presented, not known to be by class counsel.")
        )
        % name,
    )
    yield (
        request.get("answered_on"),
        {
            "granted": _("The request to let %(name)s return was granted."),
            "refused": _("The request to let %(name)s return was refused."),
        }.get(
            str(request.get("answer")), _("The request to let %(name)s return was answered; the answer is not on file.")
        )
        % name,
    )


def _court(facts: Fact) -> Iterator[Event]:
    """The order of 26 June 2018, and the court record that the answer was made with; no later than the day."""
    day = datetime.date.fromisoformat(facts["as_of"])
    given = facts.get("court_events")
    events = (
        [(kind, on) for kind, on in COURT_RECORD.value]
        if given is None
        else [(event["kind"], datetime.date.fromisoformat(event["on"])) for event in given]
    )
    told = {
        CourtEvent.Kind.STAY: _("The court stayed removals."),
        CourtEvent.Kind.STAY_LIFTED: _("The court's stay of removals ended."),
        CourtEvent.Kind.PROPOSED: _("The agreement was proposed to the court."),
        CourtEvent.Kind.PRELIMINARY_APPROVAL: _("The court gave the agreement its preliminary approval."),
        CourtEvent.Kind.FINAL_APPROVAL: _("The court gave the agreement its final approval."),
        CourtEvent.Kind.REJECTED: _("The court rejected the agreement."),
    }
    lines = [(INJUNCTION_ON.value, _("The court ordered that separated families be brought back together."))]
    lines += [(on, told[CourtEvent.Kind(kind)]) for kind, on in events]
    return (Event(on, (), text, "court") for on, text in lines if on <= day)


def _label(choices: type[Custody.By] | type[CourtCase.Kind] | type[ParentLink.SeparatedBy], value: str | None) -> str:
    return str(choices(value).label) if value else _("not known")


_OF_LINK: Final[tuple[Sort, Sort]] = ("separated", "reunified")
_MAKERS: Final[Mapping[Sort, Callable[[Fact, Words], Iterator[Line]]]] = {
    "entry": _entry,
    "custody": _custody,
    "departure": _departures,
    "screening": _screenings,
    "judge": _reviews,
    "election": _elections,
    "case": _court_case,
    "request": _return_request,
}
