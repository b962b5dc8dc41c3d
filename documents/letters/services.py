"""Drafting, changing, approving, sending and withdrawing letters, and changing the texts they are made from.

A letter is approved and sent only while the answer and the facts from which its text was made still hold.
"""

import datetime
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.access import access_person, organization_of
from accounts.errors import Conflict, Invalid
from accounts.models import User
from accounts.permissions import Permission, require
from accounts.receipts import once
from config import clock
from documents.letters.kinds import languages
from documents.letters.markup import MOST, filled
from documents.letters.models import Letter, LetterKind, LetterTemplate
from documents.letters.selectors import (
    OPEN,
    Now,
    Source,
    access_letter,
    source_of,
    staleness,
    template_problems,
    values_now,
)
from families.locks import lock_families
from families.models import Person
from families.writing import add_row, change_row, check_version, clean_values
from settlement.engine import RULE_VERSION

State = Letter.State
_TEXT = ("title", "body")


def letter_draft(*, actor: User, person_id: int, kind: str, language: str, key: str | None, day: datetime.date) -> int:
    """Make a draft about a person from the template and the facts of the day; gives the letter's pk.

    Raises `PermissionDenied`, `Http404`, and `Invalid` for a kind that is not written in this language.
    """
    require(actor, Permission.LETTER_DRAFT_WRITE)

    def write() -> int:
        person = access_person(actor, person_id)
        lock_families(person.organization_id, [person.family_id])
        source = source_of(actor, kind, language) if kind in LetterKind.values else None
        if source is None or language not in languages(kind):
            raise Invalid({"kind": _("Choose one of the list.")})
        now = values_now(actor, person, language=language, day=day, text=f"{source.title}\n{source.body}")
        letter = Letter(
            organization=organization_of(actor),
            family_id=person.family_id,
            person=person,
            kind=kind,
            language=language,
            made_by=actor,
            **_made(source, now, day),
        )
        return add_row(letter, actor=actor).pk

    return once(actor=actor, key=key, what=f"letter_draft {person_id} {kind} {language}", write=write)


def _made(source: Source, now: Now, day: datetime.date) -> dict[str, Any]:
    """The columns of a letter whose text is made now."""
    return {
        "title": filled(source.title, now.values)[:200],
        "body": filled(source.body, now.values),
        "template_version": source.version,
        **_stands_on(now, day),
    }


def _stands_on(now: Now, day: datetime.date) -> dict[str, Any]:
    return {"values": now.values, "facts_digest": now.facts_digest, "rule_version": RULE_VERSION, "made_on": day}


def letter_change(*, actor: User, letter_id: int, version: int, values: Mapping[str, Any], key: str | None) -> int:
    """Change title and text of a draft; gives its pk. Raises as `letter_draft`, and `Conflict`."""
    require(actor, Permission.LETTER_DRAFT_WRITE)

    def write() -> int:
        cleaned = clean_values(Letter, values, fields=_TEXT)
        if len(cleaned.get("body", "")) > MOST:
            raise Invalid({"body": _("The text is too long.")})
        letter = _locked(actor, letter_id, version, cleaned)
        _in_state(letter, State.DRAFT)
        change_row(letter, cleaned, actor=actor)
        return letter.pk

    return once(actor=actor, key=key, what=f"letter_change {letter_id}", write=write)


def letter_renew(
    *, actor: User, letter_id: int, version: int, keep_text: bool, key: str | None, day: datetime.date
) -> int:
    """Make a draft's text anew from what is on file now; or, with `keep_text`, say that somebody has read the text
    against what is on file now and that it still says what holds. The earlier text stays in the history."""
    require(actor, Permission.LETTER_DRAFT_WRITE)

    def write() -> int:
        letter = _locked(actor, letter_id, version, {})
        _in_state(letter, State.DRAFT)
        source = source_of(actor, letter.kind, letter.language)
        if source is None:
            raise Invalid({"": _("There is no text for this letter any more.")})
        text = "" if keep_text else f"{source.title}\n{source.body}"
        now = staleness(actor, letter, day)[1] if keep_text else _fresh(actor, letter.person, letter, day, text)
        change_row(letter, _stands_on(now, day) if keep_text else _made(source, now, day), actor=actor)
        return letter.pk

    return once(actor=actor, key=key, what=f"letter_renew {letter_id} {keep_text}", write=write)


def _fresh(actor: User, person: Person, letter: Letter, day: datetime.date, text: str) -> Now:
    return values_now(actor, person, language=letter.language, day=day, text=text)


def letter_approve(*, actor: User, letter_id: int, version: int, key: str | None, day: datetime.date) -> int:
    """An attorney stands by the letter as it is: from now on it may leave the office; gives its pk.

    Raises `Invalid` when the facts, the answer or the rules are no longer those the text was made from, and as
    `letter_change`.
    """
    require(actor, Permission.LETTER_APPROVAL_GIVE)

    def write() -> int:
        letter = _locked(actor, letter_id, version, {})
        require(actor, Permission.LETTER_APPROVAL_GIVE, letter.family)
        _in_state(letter, State.DRAFT)
        _holds(actor, letter, day)
        if wrong := [problem.text for problem in template_problems(letter.kind, letter.title, letter.body)]:
            raise Invalid({"": " ".join(dict.fromkeys(wrong))})
        values = {"state": State.APPROVED, "approved_by": actor, "approved_at": clock.now()}
        change_row(letter, values, actor=actor)
        return letter.pk

    return once(actor=actor, key=key, what=f"letter_approve {letter_id}", write=write)


def letter_send(
    *,
    actor: User,
    letter_id: int,
    version: int,
    values: Mapping[str, Any],
    key: str | None,
    day: datetime.date,
) -> int:
    """Say on which day (`sent_on`) and how (`how`) an approved letter left; gives its pk. Raises as
    `letter_approve`."""
    require(actor, Permission.LETTER_DRAFT_WRITE)

    def write() -> int:
        cleaned = clean_values(Letter, values, fields=("sent_on", "how"))
        missing = {name: _("Say on which day the letter was sent, and how.") for name in ("sent_on", "how")}
        if errors := {name: told for name, told in missing.items() if name not in cleaned}:
            raise Invalid(errors)
        letter = _locked(actor, letter_id, version, cleaned)
        _in_state(letter, State.APPROVED)
        if cleaned["sent_on"] > day:
            raise Invalid({"sent_on": _("This day has not come yet.")})
        _holds(actor, letter, day)
        change_row(letter, {**cleaned, "state": State.SENT}, actor=actor)
        return letter.pk

    return once(actor=actor, key=key, what=f"letter_send {letter_id}", write=write)


def letter_reopen(*, actor: User, letter_id: int, version: int, key: str | None) -> int:
    """Make an approved letter that was not sent a draft again, to change it; gives its pk."""
    require(actor, Permission.LETTER_DRAFT_WRITE)

    def write() -> int:
        letter = _locked(actor, letter_id, version, {})
        _in_state(letter, State.APPROVED)
        change_row(letter, {"state": State.DRAFT, "approved_by": None, "approved_at": None}, actor=actor)
        return letter.pk

    return once(actor=actor, key=key, what=f"letter_reopen {letter_id}", write=write)


def letter_withdraw(*, actor: User, letter_id: int, version: int, reason: str, key: str | None) -> int:
    """Say that a letter is not to be used, or no longer; it stays on file. Needs a reason; gives its pk."""
    require(actor, Permission.LETTER_DRAFT_WRITE)

    def write() -> int:
        if not reason.strip():
            raise Invalid({"reason": _("Say why the letter is withdrawn. It is kept in the history.")})
        letter = _locked(actor, letter_id, version, {})
        _in_state(letter, *OPEN, State.SENT)
        change_row(letter, {"state": State.WITHDRAWN}, actor=actor, reason=reason)
        return letter.pk

    return once(actor=actor, key=key, what=f"letter_withdraw {letter_id}", write=write)


def _locked(actor: User, letter_id: int, version: int, theirs: Mapping[str, Any]) -> Letter:
    """The letter in the version that the caller saw, with its family locked; raises `Http404` and `Conflict`."""
    found = access_letter(actor, letter_id)
    lock_families(found.organization_id, [found.family_id])
    letter = access_letter(actor, letter_id)
    current = {name: getattr(letter, name) for name in (*_TEXT, "state")}
    check_version(letter, version, current=current, theirs=theirs)
    return letter


def _in_state(letter: Letter, *states: str) -> None:
    if letter.state not in states:
        told = _("This cannot be done with this letter: it is “%(state)s” now.")
        raise Invalid({"": told % {"state": letter.get_state_display()}})


def _holds(actor: User, letter: Letter, day: datetime.date) -> None:
    if staleness(actor, letter, day)[0]:
        raise Invalid(
            {"": _("What is on file has changed since this text was made. See below what; then make the text anew.")}
        )


def template_change(
    *, actor: User, kind: str, language: str, version: int, title: str, body: str, key: str | None
) -> int:
    """Put the organization's own text in place of the one in use; gives the template's pk.

    `version` is that of the organization's row, in use or not, 0 where there is none. Raises `PermissionDenied`,
    `Invalid` (with every wrong line) and `Conflict`.
    """
    require(actor, Permission.LETTER_TEMPLATE_CHANGE)

    def write() -> int:
        cleaned = clean_values(LetterTemplate, {"title": title, "body": body}, fields=_TEXT)
        if wrong := template_problems(kind, cleaned.get("title", ""), cleaned.get("body", "")):
            lines = [_("Line %(line)d: %(text)s") % problem._asdict() for problem in wrong]
            raise Invalid({"body": " ".join(lines)})
        if set(cleaned) != set(_TEXT):
            raise Invalid({"body": _("A letter needs a title and a text.")})
        row = _template(actor, kind, language, version, cleaned)
        if row is None:
            owner = {"organization": organization_of(actor), "kind": kind, "language": language}
            return add_row(LetterTemplate(**owner, **cleaned), actor=actor).pk
        change_row(row, {**cleaned, "active": True}, actor=actor)
        return row.pk

    return once(actor=actor, key=key, what=f"template_change {kind} {language}", write=write)


def template_reset(*, actor: User, kind: str, language: str, version: int, key: str | None) -> int:
    """Use the text that comes with Amparo again; the organization's own stays in the history. Gives its pk."""
    require(actor, Permission.LETTER_TEMPLATE_CHANGE)

    def write() -> int:
        row = _template(actor, kind, language, version, {})
        if row is None:
            raise Invalid({"": _("Your organization has no text of its own for this letter.")})
        change_row(row, {"active": False}, actor=actor)
        return row.pk

    return once(actor=actor, key=key, what=f"template_reset {kind} {language}", write=write)


def _template(actor: User, kind: str, language: str, version: int, theirs: Mapping[str, Any]) -> LetterTemplate | None:
    """The organization's own text, locked, in the version that was seen; None where there is none and none was."""
    source = source_of(actor, kind, language)
    if source is None:
        raise Invalid({"": _("Choose one of the list.")})
    rows = LetterTemplate.objects.visible_to(actor).filter(kind=kind, language=language)
    row = rows.select_for_update(no_key=True).first()
    if row is None:
        if version:
            raise Conflict(
                current={"title": source.title, "body": source.body, "version": 0}, theirs=theirs, changes=()
            )
        return None
    current = {"title": row.title, "body": row.body}
    check_version(row, version, current=current, theirs=theirs)
    return row
