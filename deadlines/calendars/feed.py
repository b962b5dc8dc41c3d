"""Somebody's dates as iCalendar (RFC 5545), which calendar programs read: no name, number or fact of a person.

A hearing stands in its place's zone, with the zone's own rules; a deadline fills its days; one that runs by the hour
stands at its moment. The same rows give the same bytes, so that a program can ask whether anything is new: DTSTAMP,
which is the moment of LAST-MODIFIED where no METHOD is sent (RFC 5545, 3.8.7.2), comes from the row's history.
"""

import datetime
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, Final, NamedTuple

from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone

from accounts.models import User
from deadlines.calendars.labels import kind_label, zone_of
from deadlines.calendars.selectors import HEARINGS, address_of, falls_within
from deadlines.calendars.whose import first_choice, of_whose
from deadlines.models import Deadline, Hearing
from families.models import Person
from screenings.models import Screening

BEFORE: Final = datetime.timedelta(days=60)
AHEAD: Final = datetime.timedelta(days=400)
ENDED_STAYS: Final = datetime.timedelta(days=30)
"""For so long what is void or cancelled is told as cancelled, so that a program which asks seldom hears of it."""
EVERY: Final = datetime.timedelta(hours=1)
_ONE_DAY: Final = datetime.timedelta(days=1)


class Feed(NamedTuple):
    """The bytes that a calendar program reads, and whom they are about."""

    body: bytes
    families: set[int]
    persons: set[int]


class _Reader(NamedTuple):
    """Whose feed it is, seen from which day and moment, and how addresses and keys are made whole."""

    user: User
    initials: bool
    day: datetime.date
    moment: datetime.datetime
    whole: Callable[[str], str]
    host: str
    oldest: datetime.datetime


class _Found(NamedTuple):
    event: Event
    family: int
    person: int | None
    zone: str | None


def feed(
    user: User,
    *,
    initials: bool,
    day: datetime.date,
    moment: datetime.datetime,
    whole: Callable[[str], str],
    host: str,
    oldest: datetime.datetime,
) -> Feed:
    """The dates of this person's families (a volunteer's open ones), from `BEFORE` the day to `AHEAD` of it.

    `whole` makes an address absolute; `host` ends the events' names; `oldest` is a last change for rows that have no
    history. In three queries, in the language of the person.
    """
    reader = _Reader(user, initials, day, moment, whole, host, oldest)
    with translation.override(user.language):
        found = [*_hearings(reader), *_deadlines(reader), *_interviews(reader)]
        calendar = _calendar()
    for zone in sorted({one.zone for one in found if one.zone}):
        calendar.add_component(_timezone(zone, day.year))
    for one in sorted(found, key=lambda one: str(one.event["uid"])):
        calendar.add_component(one.event)
    persons = {one.person for one in found if one.person is not None}
    return Feed(calendar.to_ical(), {one.family for one in found}, persons)


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Amparo//Dates//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    name = _("Amparo: dates")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    return calendar


@lru_cache(maxsize=128)
def _timezone(zone: str, year: int) -> Timezone:
    """The zone's own rules for the years that a feed of this year can touch."""
    return Timezone.from_tzid(zone, first_date=datetime.date(year - 1, 1, 1), last_date=datetime.date(year + 3, 1, 1))


def _changed(model: Any) -> Subquery:
    """When the row was last changed, by its history."""
    return Subquery(model.history.filter(id=OuterRef("pk")).order_by("-history_date").values("history_date")[:1])


def _hearings(reader: _Reader) -> Iterator[_Found]:
    of = of_whose(reader.user, first_choice(reader.user), "person__family__")
    rows = Hearing.objects.visible_to(reader.user).filter(of, at__range=(reader.moment - BEFORE, reader.moment + AHEAD))
    for row in rows.annotate(changed=_changed(Hearing)).select_related("person"):
        changed = row.changed or reader.oldest
        if row.cancelled and changed < reader.moment - ENDED_STAYS:
            continue
        zone = zone_of(row.zone)
        event = _event(
            reader, "hearing", row, row.get_kind_display(), changed, row.person,
            reverse("family", args=[row.person.family_id]), cancelled=row.cancelled,
        )  # fmt: skip
        event.add("dtstart", row.at.astimezone(zone))
        yield _Found(event, row.person.family_id, row.person_id, zone.key)


def _deadlines(reader: _Reader) -> Iterator[_Found]:
    first, last = reader.day - BEFORE, reader.day + AHEAD
    of = of_whose(reader.user, first_choice(reader.user), "family__")
    stands = ~Q(state=Deadline.State.VOID) | Q(ended_at__gte=reader.moment - ENDED_STAYS)
    rows = (
        Deadline.objects.visible_to(reader.user)
        .filter(of, falls_within(first, last), stands)
        .exclude(kind__in=HEARINGS)
    )
    for row in rows.annotate(changed=_changed(Deadline)).select_related("person"):
        keep = row.first_day()
        if not any(first <= on <= last for on in (row.due_on, keep)):
            continue
        yield _of_deadline(reader, row, "last", row.due_on)
        if keep != row.due_on:
            yield _of_deadline(reader, row, "safe", keep)


def _of_deadline(reader: _Reader, row: Any, which: str, on: datetime.date) -> _Found:
    """The last day, or the safe day, of a deadline; one that is done stays, and says so."""
    said = _("%(what)s: last day") if which == "last" else _("%(what)s: safe day")
    title = said % {"what": kind_label(row)}
    if row.state == Deadline.State.DONE:
        title = _("Done: %(what)s") % {"what": title}
    changed = row.changed or row.entered_at
    void = row.state == Deadline.State.VOID
    event = _event(reader, which, row, title, changed, row.person, address_of(row), cancelled=void)
    zone = None
    if which == "last" and row.due_at:
        place = zone_of(row.zone)
        zone = place.key
        event.add("dtstart", row.due_at.astimezone(place))
    else:
        _all_day(event, on)
    return _Found(event, row.family_id, row.person_id, zone)


def _interviews(reader: _Reader) -> Iterator[_Found]:
    of = of_whose(reader.user, first_choice(reader.user), "person__family__")
    rows = Screening.objects.visible_to(reader.user).filter(
        of,
        status__in=("requested", "scheduled", "interviewed"),
        interview_on__range=(reader.day - BEFORE, reader.day + AHEAD),
    )
    for row in rows.annotate(changed=_changed(Screening)).select_related("person"):
        assert row.interview_on is not None  # noqa: S101  # the query says so
        address = reverse("family", args=[row.person.family_id])
        changed = row.changed or reader.oldest
        event = _event(reader, "interview", row, _("Interview"), changed, row.person, address, cancelled=False)
        _all_day(event, row.interview_on)
        yield _Found(event, row.person.family_id, row.person_id, None)


def _all_day(event: Event, on: datetime.date) -> None:
    event.add("dtstart", on)
    event.add("dtend", on + _ONE_DAY)
    event.add("transp", "TRANSPARENT")  # the day stays free for work


def _event(
    reader: _Reader,
    kind: str,
    row: Any,
    title: str,
    changed: datetime.datetime,
    person: Person | None,
    address: str,
    *,
    cancelled: bool,
) -> Event:
    """What every event says: of whom, at most the initials; all else stands behind a link that asks to sign in."""
    event = Event()
    event.add("uid", f"{kind}-{row.pk}@{reader.host}")
    event.add("sequence", row.version)
    event.add("dtstamp", changed.astimezone(datetime.UTC).replace(microsecond=0))
    event.add("last-modified", changed.astimezone(datetime.UTC).replace(microsecond=0))
    initials = initials_of(person) if reader.initials and person else ""
    event.add("summary", f"{title} ({initials})" if initials else title)
    link = reader.whole(address)
    event.add("description", _("Sign in to see more: %(address)s") % {"address": link})
    event.add("url", link)
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    return event


def initials_of(person: Person) -> str:
    """The first letters of all names: "M. L. G."."""
    words = f"{person.given_names} {person.family_names}".split()
    return " ".join(f"{word[0].upper()}." for word in words)
