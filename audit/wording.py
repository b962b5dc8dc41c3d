"""An entry in words: what the row or page is called, and what was changed."""

from typing import Any, NamedTuple

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.models import Entry

# Pages by their names. One that is missing here is called by its name.
_PAGES = {
    "family": gettext_lazy("page of the family"),
    "families": gettext_lazy("list of families"),
    "families-export": gettext_lazy("list of families, as a file"),
    "families-assign": gettext_lazy("assigning families"),
    "people": gettext_lazy("list of people"),
    "people-export": gettext_lazy("list of people, as a file"),
    "deadlines": gettext_lazy("list of deadlines"),
    "deadlines-export": gettext_lazy("list of deadlines, as a file"),
    "screenings": gettext_lazy("list of screenings"),
    "screenings-export": gettext_lazy("list of screenings, as a file"),
    "screening-record": gettext_lazy("recording an outcome"),
    "screening-add": gettext_lazy("adding a screening"),
    "desk": gettext_lazy("desk"),
    "desk-outcome": gettext_lazy("recording an outcome"),
    "desk-questions": gettext_lazy("what would settle it, person by person"),
    "desk-changes": gettext_lazy("what others changed"),
    "dashboard-moved": gettext_lazy("who moved, and why"),
    "dashboard-moved-export": gettext_lazy("who moved, and why, as a file"),
    "dashboard-day": gettext_lazy("who stood where on a day"),
    "report-people": gettext_lazy("people behind a number of a report"),
    "report-moves": gettext_lazy("who moved since the report before"),
    "report-export": gettext_lazy("report in numbers, as a file"),
    "dashboard-workload": gettext_lazy("workload"),
    "dashboard-export": gettext_lazy("table of the dashboard, as a file"),
    "proposals": gettext_lazy("what waits for a second person"),
    "proposal": gettext_lazy("page of a change that waits"),
    "proposal-confirm": gettext_lazy("confirming a change"),
    "proposal-decline": gettext_lazy("declining a change"),
    "proposal-withdraw": gettext_lazy("taking a change back"),
    "family-paper": gettext_lazy("page for the client"),
    "family-contacts": gettext_lazy("contacts of the family"),
    "family-notes": gettext_lazy("notes of the family"),
    "person-change": gettext_lazy("changing what is known of a person"),
    "fact-new": gettext_lazy("putting a fact on file"),
    "person-new": gettext_lazy("adding a person"),
    "questions": gettext_lazy("what to ask"),
    "what-if": gettext_lazy("what would change"),
    "intake-sheet": gettext_lazy("page of a sheet"),
    "intake-refused": gettext_lazy("refused rows of a sheet, as a file"),
    "intake-report": gettext_lazy("report of a sheet, as a file"),
    "reminders": gettext_lazy("own reminders"),
    "calendar": gettext_lazy("calendar of a month"),
    "calendar-agenda": gettext_lazy("agenda"),
    "calendar-feed": gettext_lazy("calendar, as a program reads it"),
    "board": gettext_lazy("board of dates"),
    # The board's own list, in entries from before there was one list of dates.
    "board-dates": gettext_lazy("list of dates"),
    "board-dates-export": gettext_lazy("list of dates, as a file"),
    "board-move": gettext_lazy("giving families to others, with a look before"),
    "date": gettext_lazy("proof sheet of a date"),
    "date-confirm": gettext_lazy("confirming a date"),
    "date-correct": gettext_lazy("correcting a date"),
    "date-done": gettext_lazy("marking a date as done"),
    "date-not-needed": gettext_lazy("taking a date off"),
    "date-reopen": gettext_lazy("opening a date again"),
    "date-new": gettext_lazy("entering a date by hand"),
    "hearing": gettext_lazy("page of a hearing"),
    "papers": gettext_lazy("papers of a person"),
    "letters": gettext_lazy("letters of a family"),
    "letter": gettext_lazy("page of a letter"),
    "letter-approve": gettext_lazy("approving a letter"),
    "letter-act": gettext_lazy("marking a letter as sent or withdrawn"),
    "letter-pdf": gettext_lazy("letter, as a PDF"),
    "fact-custody": gettext_lazy("changing: custody"),
    "fact-departure": gettext_lazy("changing: departure"),
    "fact-exclusion": gettext_lazy("changing: exclusion"),
    "fact-parent_link": gettext_lazy("changing: parent of a child"),
    "fact-election": gettext_lazy("changing: election"),
    "fact-court_case": gettext_lazy("changing: court case"),
    "fact-return_request": gettext_lazy("changing: request to return"),
    "trace": gettext_lazy("trace"),
    "trace-export": gettext_lazy("trace, as a file"),
}
_UNSAID = {"id", "organization_id", "version", "updated_at", "created_at"}


class Said(NamedTuple):
    """A column with what stood there before and what stands there after; empty where there was nothing."""

    column: str
    before: str
    after: str


def thing_text(thing: str) -> str:
    """What a row of this table, or this page, is called."""
    model = _model(thing)
    if model is not None:
        return str(model._meta.verbose_name)
    return str(_PAGES.get(thing, thing))


def said(entry: Entry) -> list[Said]:
    """What was changed, column by column; of a row that was added or removed what it held."""
    before, after = entry.before or {}, entry.after or {}
    model = _model(entry.thing)
    return [
        line
        for name in [*after, *(name for name in before if name not in after)]
        if name not in _UNSAID and any((line := _line(model, name, before.get(name), after.get(name)))[1:])
    ]


def _model(table: str) -> Any:
    found = [model for model in apps.get_models() if model._meta.db_table == table]
    return found[0] if found else None


def _line(model: Any, name: str, before: Any, after: Any) -> Said:
    try:
        field = model._meta.get_field(name.removesuffix("_id"))
    except (AttributeError, FieldDoesNotExist):
        return Said(name, _value(before, {}), _value(after, {}))
    words = dict(getattr(field, "flatchoices", ())) or _ids(model._meta.db_table, name)
    return Said(str(field.verbose_name), _value(before, words), _value(after, words))


def _ids(table: str, name: str) -> dict[Any, Any]:
    """What ids that are kept in a column without choices of its own are called: those of the catalogue of dates."""
    from deadlines.catalogue import CATALOGUE
    from deadlines.wording import COUNTING

    titles = {key: entry.title for key, entry in CATALOGUE.items()}
    return {("deadlines_deadline", "counting"): COUNTING, ("deadlines_deadline", "kind"): titles}.get((table, name), {})


def _value(value: Any, words: dict[Any, Any]) -> str:
    """The value as people read it; `words` has what the choices of its column are called."""
    if value is None or value == "":
        return ""
    if value is True or value is False:
        return _("yes") if value else _("no")
    return str(words.get(value, value) if isinstance(value, str) else value)
