"""An answer in words: what the engine decided of a person or a family, said in one sentence.

Every text is a full sentence for translators. The strongest word is "this agreement no longer bars removal"; pages set
beside it that other law may still protect (`OTHER_LAW`, or the short one where room is small).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.utils.translation import gettext_noop as noop

from config.words import list_text

Text = str | Promise
Answer = Mapping[str, Any]  # one person of a decision (rules, section 9)

OTHER_LAW: Final = gettext_lazy(
    "Other law may still protect them. Talk to the attorney of this family and to class counsel today, "
    "before anything else happens."
)
OTHER_LAW_SHORT: Final = gettext_lazy("Other law may still protect: talk to the attorney and class counsel.")


class Status(NamedTuple):
    """A removal answer as a tag: the word, the tone (a CSS class of the design system) and the icon."""

    label: Text
    tone: str
    sign: str


_STATUS: Final = {
    "barred": Status(gettext_lazy("Removal is barred"), "own", "shield"),
    "undetermined": Status(gettext_lazy("Not known: treat as protected"), "unknown", "question"),
    "bar_lifted": Status(gettext_lazy("This agreement no longer bars removal"), "warn", "alert"),
    "outside": Status(gettext_lazy("The agreement does not reach this person"), "plain", "info"),
    "absent": Status(gettext_lazy("No longer in the country"), "plain", "leave"),
}
_LEANING: Final = Status(gettext_lazy("Barred, only by others"), "leaning", "people")
_CHILD_ALONE: Final = Status(gettext_lazy("Barred, as a child alone"), "leaning", "child")
_FAMILY_STATUS: Final = _STATUS | {
    "outside": Status(gettext_lazy("The agreement does not reach this family"), "plain", "info"),
    "absent": Status(gettext_lazy("Nobody of this family is in the country"), "plain", "leave"),
}

# By rule, or by rule and standing where the rule alone does not tell it: the sentence, and a few words to compare.
_SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "A1": (noop("%(name)s is no longer in the country."), noop("no longer in the country")),
    "M2": (
        noop("This agreement does not reach %(name)s; other protection is not judged here."),
        noop("not reached by the agreement"),
    ),
    "M3": (
        noop("It is not known whether this agreement protects %(name)s. Treat %(name)s as protected until it is."),
        noop("not known whether the agreement protects; treat as protected"),
    ),
    "W0": (
        noop("%(name)s gave up the agreement's process by a valid form: this agreement no longer bars removal."),
        noop("gave up the process; this agreement no longer bars removal"),
    ),
    "S1": (noop("%(name)s is protected by the court's stay."), noop("protected by the court's stay")),
    "S2": (
        noop(
            "On this day there is neither a court's stay nor an approved agreement. Treat %(name)s as protected "
            "until it is known what holds."
        ),
        noop("neither stay nor approved agreement; treat as protected"),
    ),
    "G1": (
        noop("%(name)s is protected: relief was granted in immigration court."),
        noop("protected by relief granted in court"),
    ),
    "G2 in_court": (
        noop("%(name)s is protected by a case of their own in immigration court."),
        noop("protected by their own court case"),
    ),
    "G2 won": (
        noop("%(name)s is protected by a positive fear finding of their own."),
        noop("protected by their own positive finding"),
    ),
    "G3 pending": (
        noop("%(name)s is protected by their own right: a screening is under way."),
        noop("protected by their own right (screening under way)"),
    ),
    "G3 review": (
        noop("%(name)s is protected by their own right: a judge can still change the negative result."),
        noop("protected by their own right (judge's review open)"),
    ),
    "G3 disputed": (
        noop(
            "%(name)s is protected by their own right: the negative re-evaluation is not known to be the one "
            "that the agreement promises."
        ),
        noop("protected by their own right (re-evaluation disputed)"),
    ),
    "G3 available": (
        noop("%(name)s is protected by their own right, which has not been used yet."),
        noop("protected by their own right (not used yet)"),
    ),
    "U1": (
        noop(
            "%(name)s is protected only as a child with nobody known to be in the country: the law gives such a "
            "child a judge."
        ),
        noop("protected only as a child alone"),
    ),
    "X1": (
        noop("%(name)s has used up every right under this agreement: this agreement no longer bars removal."),
        noop("this agreement no longer bars removal"),
    ),
}


def _leaning(key: str, name: str, others: Sequence[str]) -> tuple[str, str]:
    """The sentence and the few words for a person who is protected through others."""
    count, words = len(others), {"name": name, "others": list_text(others)}
    sentence, short = {
        "G3 joined": (
            ngettext(
                "%(name)s is protected through the claim of %(others)s, which carries the child along.",
                "%(name)s is protected through the claims of %(others)s, which carry the child along.",
                count,
            ),
            ngettext("protected through the claim of %(others)s", "protected through the claims of %(others)s", count),
        ),
        "G3 waiting": (
            ngettext(
                "%(name)s is protected by their own right, which waits while %(others)s goes through the process.",
                "%(name)s is protected by their own right, which waits while %(others)s go through the process.",
                count,
            ),
            ngettext(
                "protected by their own right (waiting for %(others)s)",
                "protected by their own right (waiting for %(others)s)",
                count,
            ),
        ),
        "F1": (
            ngettext(
                "%(name)s is protected only by the claim of %(others)s.",
                "%(name)s is protected only by the claims of %(others)s.",
                count,
            ),
            ngettext("protected only by the claim of %(others)s", "protected only by the claims of %(others)s", count),
        ),
        "F2": (
            ngettext(
                "%(name)s is protected only until %(others)s has finished with the agreement's process.",
                "%(name)s is protected only until %(others)s have finished with the agreement's process.",
                count,
            ),
            ngettext(
                "protected only until %(others)s has finished", "protected only until %(others)s have finished", count
            ),
        ),
    }[key]
    return sentence % words, short % words


def _key(answer: Answer) -> str:
    rule: str = answer["rule"]
    return f"{rule} {answer['standing']}" if rule in ("G2", "G3") else rule


def _texts(answer: Answer, names: Mapping[str, str]) -> tuple[str, str]:
    key, name = _key(answer), names[answer["id"]]
    if key in ("F1", "F2", "G3 joined", "G3 waiting"):
        return _leaning(key, name, [names[other] for other in leans_on(answer)])
    sentence, short = _SENTENCES[key]
    return _(sentence) % {"name": name}, _(short)


def leans_on(answer: Answer) -> list[str]:
    """The ids of the others whose situation the answer rests on: whoever else its reasons speak of."""
    spoken_of = dict.fromkeys(about for reason in answer["because"] for about in reason["about"])
    return [other for other in spoken_of if other != answer["id"]]


def sentence(answer: Answer, names: Mapping[str, str]) -> str:
    """What holds for this person, in one sentence; `names` gives the name of each id of the family."""
    return _texts(answer, names)[0]


def short(answer: Answer, names: Mapping[str, str]) -> str:
    """The same in a few words, to stand after a name or beside another answer."""
    return _texts(answer, names)[1]


def status(removal: str, rule: str | None = None) -> Status:
    """A person's removal answer as a tag."""
    if rule in ("F1", "F2"):
        return _LEANING
    return _CHILD_ALONE if rule == "U1" else _STATUS[removal]


def family_status(removal: str) -> Status:
    """A family's removal answer as a tag."""
    return _FAMILY_STATUS[removal]


def reason_text(reason: Mapping[str, Any]) -> str:
    """What a link of the chain of reasons says, in the reader's language; the engine's texts are msgids."""
    return _(reason["text"])


def citation_text(reason: Mapping[str, Any]) -> str:
    """Where a link of the chain stands in law, its words in the reader's language."""
    return "; ".join(_(part) for part in reason["citation"].split("; "))


_STRENGTH: Final = {"G1": 3, "G2": 3, "G3": 3, "S1": 3, "F1": 2, "F2": 2, "U1": 2, "M3": 1, "S2": 1}


def falls(before: Answer, after: Answer) -> bool:
    """Whether protection gets weaker: own right, through others alone, not known, none by this agreement."""
    return _STRENGTH.get(after["rule"], 0) < _STRENGTH.get(before["rule"], 0)


_FAMILY: Final = {
    "barred": noop("This agreement bars the removal of somebody in this family; see each person."),
    "undetermined": noop(
        "It is not known whether this agreement protects this family. Treat everybody as protected until it is."
    ),
    "bar_lifted": noop("For nobody in this family does this agreement bar removal any longer."),
    "outside": noop("This agreement does not reach this family; other protection is not judged here."),
    "absent": noop("Nobody in this family is in the country any longer."),
}


def family_sentence(decision: Mapping[str, Any]) -> str:
    """What holds for the family, read off its persons."""
    found = {person["removal"] for person in decision["persons"]}
    if found == {"barred"}:
        return _("This agreement bars the removal of everybody in this family.")
    if found >= {"barred", "bar_lifted"}:
        return _("This agreement bars the removal of some in this family, and no longer bars that of others.")
    return _(_FAMILY[decision["removal"]])


_STAGE: Final = {
    "stayed": gettext_lazy("A court's stay holds: nobody who is covered may be removed."),
    "open": gettext_lazy("There is neither a court's stay nor an approved agreement."),
    "approved": gettext_lazy("The court has approved the agreement."),
}


def stage_text(stage: str) -> Text:
    """Where the court stands on the day of the answer."""
    return _STAGE[stage]


_RIGHT: Final = {
    "reevaluation": gettext_lazy("Re-evaluation"),
    "independent_claim": gettext_lazy("The child's own claim"),
}
_RIGHT_STATE: Final = {
    "none": gettext_lazy("none under this agreement"),
    "unknown": gettext_lazy("not known yet"),
    "waived": gettext_lazy("given up by a valid form"),
    "won": gettext_lazy("won, or in court"),
    "used": gettext_lazy("used up"),
    "not_needed": gettext_lazy("not needed: a parent's claim carries the child along"),
    "available": gettext_lazy("there, and not used yet"),
    "promised": gettext_lazy("promised, from the day the court approves the agreement"),
    "pending": gettext_lazy("under way"),
    "disputed": gettext_lazy("disputed: it was not the review that the agreement promises, as far as the file shows"),
}
_MEMBERSHIP: Final = {
    "member": gettext_lazy("covered by the agreement"),
    "not_member": gettext_lazy("not covered by the agreement"),
    "undetermined": gettext_lazy("not known yet whether covered"),
}


def right_text(right: str) -> Text:
    """The right that the agreement gives to this person."""
    return _RIGHT[right]


def right_state_text(state: str) -> Text:
    """How far that right has been used."""
    return _RIGHT_STATE[state]


def membership_text(membership: str) -> Text:
    """Whether the agreement covers this person."""
    return _MEMBERSHIP[membership]
