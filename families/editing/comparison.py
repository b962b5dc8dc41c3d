"""Two states side by side, for people: what a change would mean, and what two people typed about one row."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.functional import Promise

from accounts.errors import Change, Conflict
from config.words import day_text, list_text
from families.editing.forms import RecordForm, initial_of, is_day
from families.page import short_names
from families.proposals.effect import PersonPreview
from settlement import guidance, wording

Text = str | Promise


class PreviewRow(NamedTuple):
    """One member of the family: the answer now and afterwards, and what would be new."""

    name: str
    role: str
    before: str
    after: str
    status: wording.Status
    changed: bool
    falls: bool
    lifted: bool
    steps: list[Text]
    deadlines: list[tuple[Text, str]]


def previews(found: Sequence[PersonPreview]) -> list[PreviewRow]:
    """What would change for each member of the family, in the order of the family."""
    names = short_names([preview.person for preview in found])
    return [_row(preview, names) for preview in found]


def _row(preview: PersonPreview, names: dict[str, str]) -> PreviewRow:
    before, after = preview.before, preview.after
    texts = wording.short(before, names), wording.short(after, names)
    return PreviewRow(
        name=preview.person.full_name,
        role=preview.person.get_role_display(),
        before=texts[0],
        after=texts[1],
        status=wording.status(after["removal"], after["rule"]),
        changed=texts[0] != texts[1],
        falls=wording.falls(before, after),
        lifted=after["removal"] == "bar_lifted" != before["removal"],
        steps=[guidance.STEPS[step].title for step in after["next_steps"] if step not in before["next_steps"]],
        deadlines=[(guidance.DEADLINES[new["id"]], new["due"]) for new in preview.new_deadlines],
    )


class ConflictRow(NamedTuple):
    """One field that two people may have changed: as it was, as it is on file now, and as it was typed here."""

    name: str
    label: Text
    was: str
    now: str
    mine: str
    now_value: str
    mine_value: str
    by_both: bool


class ChangeRow(NamedTuple):
    """Who saved, when, and which fields."""

    change: Change
    fields: str


def conflict_rows(form: RecordForm, conflict: Conflict) -> dict[str, Any]:
    """What the page of a conflict shows: fields to choose between, fields that others changed, all the rest to send.

    What was typed here is kept whatever happens: it is either a choice on the page or sent along with it.
    """
    now = initial_of(conflict.current, conflict.current["version"])
    names = [name for _legend, fields in form.groups for name in (field.name for field in fields)]
    mine = form.values()
    choose, theirs, carry = [], [], []
    for name in names:
        typed, on_file = form.data.get(name, ""), str(now[name])
        was = form.data.get(f"initial-{name}", "")
        row = ConflictRow(
            name=name,
            label=form.fields[name].label or name,
            was=_shown(form, name, was),
            now=_shown(form, name, on_file),
            mine=_shown(form, name, typed),
            now_value=on_file,
            mine_value=typed,
            by_both=on_file != was,
        )
        if name in mine and typed != on_file:
            choose.append(row)
        else:
            carry.append((name, on_file))
            if on_file != was:
                theirs.append(row)
        carry.append((f"initial-{name}", on_file))
    carry += [("version", str(now["version"])), ("key", form.initial["key"]), ("reason", form.data.get("reason", ""))]
    carry += [("erase", name) for name in form.erased()]
    labels = {name: str(field.label) for name, field in form.fields.items()}
    changes = [
        ChangeRow(change, list_text([labels.get(name, name) for name in change.fields])) for change in conflict.changes
    ]
    return {"choose": choose, "theirs": theirs, "carry": carry, "changes": changes}


def _shown(form: RecordForm, name: str, value: str) -> str:
    """A field's value as people read it; empty for none."""
    choices = dict(getattr(form.fields[name], "choices", ()))
    if value and choices:
        return str(choices.get(value, value))
    return day_text(value) if is_day(value) else value
