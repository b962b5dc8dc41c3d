"""What can be filled into a letter about one person on one day, in the letter's language. Nothing is decided here."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from accounts.models import User
from config.words import day_text
from documents.letters.fields import FIELDS
from documents.letters.file import FamilyFile
from documents.letters.kinds import GOVERNMENTS_DUTIES
from documents.letters.sources import chronology_with_sources
from families import onfile
from families.models import Person
from families.page import short_names
from settlement import guidance, wording
from settlement.models import Election

Values = dict[str, str | list[str]]
Fact = Mapping[str, Any]
# What is another day by day, and changes nothing of what a letter says.
PASSING: Final = ("today",)

# The answer as one says it to the person, by rule, or by rule and standing.
_TODAY: Final = {
    "A1": noop(
        "You are outside the country. In rare cases a removed parent may come back; class counsel asks for that."
    ),
    "M2": noop("The 2018 agreement does not reach you. There may be other protections. Talk to your attorney."),
    "M3": noop(
        "It is not known yet whether the 2018 agreement protects you. We treat you as protected until it is known."
    ),
    "W0": noop(
        "You chose to return and to leave the process of the 2018 agreement. The agreement by itself no longer stops "
        "deportation; there may be other protections. Talk to your attorney today, also if you have changed your mind."
    ),
    "S1": noop("The 2018 agreement protects you today: a court's order stops deportation for now."),
    "S2": noop(
        "It is not known today what the court's agreement gives you. We treat you as protected until it is known."
    ),
    "G1": noop("You are protected today: a judge granted you protection in immigration court."),
    "G2 in_court": noop(
        "The 2018 agreement protects you today, and you have a case of your own before an immigration judge. Go to "
        "every hearing."
    ),
    "G2 won": noop(
        "The 2018 agreement protects you today: you passed the interview, and a case before a judge comes next."
    ),
    "G3": noop("The 2018 agreement protects you today: your own process is not finished."),
    "F1": noop(
        "The 2018 agreement protects you today, but only because of the case of somebody in your family. If something "
        "changes for them, it may change for you: tell us at once."
    ),
    "F2": noop(
        "The 2018 agreement protects you today, but only until others in your family have finished the process. If "
        "something changes for them, it may change for you: tell us at once."
    ),
    "U1": noop(
        "You are protected today because you are a child with no adult of your family known to be in the country."
    ),
    "X1": noop(
        "The 2018 agreement by itself no longer stops deportation; there may be other protections. Talk to your "
        "attorney today."
    ),
}

# What the office does next, as one says it to the person.
_NEXT: Final = {
    "find_facts": noop("We ask you some questions, to find out whether the 2018 agreement protects you."),
    "request_reevaluation": noop(
        "We ask for the new review of your case. In it an asylum officer speaks with you again; we prepare you for it."
    ),
    "request_independent_screening": noop("We ask for an interview of the child's own with an asylum officer."),
    "challenge_reevaluation": noop(
        "We object to the new review: it has to take into account what the separation did to you, and it is not known "
        "that it did."
    ),
    "ask_judge_review": noop(
        "We ask, in writing, that an immigration judge look at the negative result. Call us today about this."
    ),
    "await_judge": noop("An immigration judge looks at the negative result again. Stay where we can reach you."),
    "secure_notice_to_appear": noop(
        "You should get a Notice to Appear for immigration court. If any paper with a date comes, call us the same day."
    ),
    "confirm_hold": noop("We ask class counsel to confirm in writing that your deportation is on hold."),
    "check_waiver": noop(
        "There is a form that says that you want to return. Your attorney speaks with you about it, alone."
    ),
    "independent_advice": noop("Somebody who does not advise the parent speaks with the child."),
    "present_return_request": noop("We send your file to class counsel, who can ask that you may come back."),
}


def letter_values(detail: FamilyFile, person: Person, *, language: str, actor: User, names: Collection[str]) -> Values:
    """The fields with these names for a letter about this person, for the day of the facts; unknown is said."""
    wanted = {name.lower() for name in names}
    with translation.override(language):
        every = {**_who(detail, person, actor), **_answers(detail, person), **_file(detail, person)}
        if "chronology" in wanted:
            every["chronology"] = chronology_with_sources(detail)
    return {name: every[name] for name in FIELDS if name in every and name.lower() in wanted}


def _who(detail: FamilyFile, person: Person, actor: User) -> Values:
    attorney = detail.family.attorney
    number = person.a_number or ""
    return {
        "today": day_text(detail.facts["as_of"]),
        "client name": person.full_name,
        "family number": detail.family.reference,
        "date of birth": day_text(person.birth_date) or _("not known"),
        "country": person.country or _("not known"),
        "language of the client": person.language or _("not known"),
        "last three digits of the A-number": f"A…{number[-3:]}" if number else _("not known"),
        "A-number": number or _("not known"),
        "family members": [f"{one.full_name}, {one.get_role_display()}" for one in detail.persons],
        "attorney": attorney.name if attorney else _("not named yet"),
        "attorney e-mail": attorney.email if attorney else _("not named yet"),
        "office": actor.organization.name,
    }


def _answer(detail: FamilyFile, person: Person) -> Fact:
    found: Fact = next(one for one in detail.decision["persons"] if one["id"] == person.reference)
    return found


def _facts(detail: FamilyFile, person: Person) -> Fact:
    found: Fact = next(one for one in detail.facts["persons"] if one["id"] == person.reference)
    return found


def _answers(detail: FamilyFile, person: Person) -> Values:
    answer, names = _answer(detail, person), short_names(detail.persons)
    rule = answer["rule"]
    today = _TODAY.get(f"{rule} {answer['standing']}") or _TODAY[rule]
    steps = [guidance.STEPS[step] for step in answer["next_steps"]]
    coming = [_(_NEXT[step]) for step in answer["next_steps"]]
    dates = [one for one in detail.decision["deadlines"] if one["person"] == person.reference]
    failing = [reason for reason in answer["because"] if reason["rule"][:1] == "W" and reason["rule"] != "W0"]
    return {
        "what holds today": _(today),
        "what comes next": coming or [_("There is nothing that you have to do now. Tell us if your number changes.")],
        "answer": wording.sentence(answer, names),
        "why": [_reason(reason) for reason in answer["because"]],
        "next steps": [f"{step.title}. {step.how}" for step in steps] or [_("There is no next step.")],
        "membership": str(wording.membership_text(answer["membership"])),
        "what is not known": [guidance.question(need, names[person.reference]) for need in answer["needs"]]
        or [_("Nothing that decides membership is unknown.")],
        "dates": [_date(one) for one in dates] or [_("No date is on file.")],
        "overdue duties": _overdue(dates) or [_("No duty of the government is overdue by the dates on file.")],
        "form checks": [wording.reason_text(reason) for reason in failing]
        or [_("No condition is known to fail, by what is on file.")],
    }


def _reason(reason: Fact) -> str:
    sure, where = guidance.basis_text(reason["basis"]), wording.citation_text(reason)
    return f"{wording.reason_text(reason)} ({where}; {sure})" if where else f"{wording.reason_text(reason)} ({sure})"


def _date(deadline: Fact) -> str:
    told = _("%(what)s: %(day)s, the last day") % {
        "what": guidance.DEADLINES[deadline["id"]],
        "day": day_text(deadline["due"]),
    }
    return _("%(date)s (this day has passed)") % {"date": told} if deadline["missed"] else told


def _overdue(deadlines: list[Fact]) -> list[str]:
    return [
        _("%(what)s was due on %(day)s.") % {"what": guidance.DEADLINES[one["id"]], "day": day_text(one["due"])}
        for one in deadlines
        if one["missed"] and one["id"] in GOVERNMENTS_DUTIES
    ]


def _file(detail: FamilyFile, person: Person) -> Values:
    facts = _facts(detail, person)
    screenings = [onfile.screening_line(item) for item in facts.get("screenings") or ()]
    return {
        "screenings": screenings or [_("No screening is on file.")],
        "election form": list(_form(person, facts)),
    }


def _form(person: Person, facts: Fact) -> Iterator[str]:
    """The data of the last form on file as the court's form asks for them; each that is not known says so."""
    forms = sorted(facts.get("elections") or (), key=lambda form: (form.get("signed_on") or "9999",))
    if not forms:
        yield _("No form is on file. A form that was not returned says nothing.")
        return
    form = forms[-1]
    unknown = _("not known")
    choice = {"stay": _("box 1, stay"), "return": _("box 2, return")}.get(str(form.get("choice")), unknown)
    signer = str(Election.SignedBy(form["signed_by"]).label) if form.get("signed_by") else unknown
    told = {True: _("yes"), False: _("no"), None: unknown}
    yield _("Name: %(value)s") % {"value": person.full_name}
    yield _("Date of birth: %(value)s") % {"value": day_text(person.birth_date) or unknown}
    yield _("Box: %(value)s") % {"value": choice}
    yield _("Signed by: %(value)s") % {"value": signer}
    yield _("Signed on: %(value)s") % {"value": day_text(form.get("signed_on")) or unknown}
    yield _("Read in a language that the person understands: %(value)s") % {"value": told[form.get("understood")]}
    yield _("Language of the person: %(value)s") % {"value": person.language or unknown}
    yield _("Who read it: %(value)s") % {"value": _("see the interpreter's record")}
    yield _("A form of this person alone: %(value)s") % {"value": told[form.get("own_form")]}
    yield _("Came through class counsel: %(value)s") % {"value": told[form.get("via_class_counsel")]}
    if form.get("withdrawn_on"):
        yield _("Taken back on: %(value)s") % {"value": day_text(form["withdrawn_on"])}
