"""What the ids of a decision mean to people: next steps, questions to ask, deadlines, and how sure a rule is."""

from datetime import date
from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext


class Step(NamedTuple):
    """What to do next: in short, how, and whose work it is (a role of the office)."""

    title: str | Promise
    how: str | Promise
    who: str | Promise


_ATTORNEY = gettext_lazy("attorney")
_PARALEGAL = gettext_lazy("paralegal")

STEPS: Final[dict[str, Step]] = {
    "find_facts": Step(
        gettext_lazy("Find out what is not known"),
        gettext_lazy("Ask the questions below, and put the answers on file."),
        _PARALEGAL,
    ),
    "request_reevaluation": Step(
        gettext_lazy("Ask for the re-evaluation"),
        gettext_lazy(
            "Tell class counsel that this parent wants the re-evaluation, and prepare what the separation did to "
            "their state of mind."
        ),
        _ATTORNEY,
    ),
    "request_independent_screening": Step(
        gettext_lazy("Ask for the child's own screening"),
        gettext_lazy("Tell class counsel that this child wants a credible fear screening of their own."),
        _ATTORNEY,
    ),
    "challenge_reevaluation": Step(
        gettext_lazy("Challenge the re-evaluation"),
        gettext_lazy(
            "Ask for the officer's record. If it does not show that the state of mind during the separation was "
            "weighed, write to class counsel."
        ),
        _ATTORNEY,
    ),
    "ask_judge_review": Step(
        gettext_lazy("Ask for a judge's review, in writing, now"),
        gettext_lazy(
            "The negative result is not the end: an immigration judge can look at it again. Keep proof of the "
            "day it was asked for."
        ),
        _ATTORNEY,
    ),
    "await_judge": Step(
        gettext_lazy("Wait for the judge, and record the decision the day it comes"),
        gettext_lazy("Ask the court when the review is heard, and keep the family reachable."),
        _PARALEGAL,
    ),
    "secure_notice_to_appear": Step(
        gettext_lazy("Get the Notice to Appear"),
        gettext_lazy(
            "A positive finding leads to a case before an immigration judge. Ask for the notice, and look "
            "whether it was filed with the court."
        ),
        _PARALEGAL,
    ),
    "confirm_hold": Step(
        gettext_lazy("Have class counsel confirm in writing that removal is held"),
        gettext_lazy(
            "Nothing of their own protects this person any more; only the situation of the family or the child does."
        ),
        _ATTORNEY,
    ),
    "check_waiver": Step(
        gettext_lazy("Check the form that chose to return"),
        gettext_lazy(
            "As it is on file it does not count as a waiver. See the reasons for what is missing, and talk to "
            "the person alone."
        ),
        _ATTORNEY,
    ),
    "independent_advice": Step(
        gettext_lazy("Give the child independent advice"),
        gettext_lazy("A parent signed for this child. Have somebody who does not advise the parent talk to the child."),
        _ATTORNEY,
    ),
    "present_return_request": Step(
        gettext_lazy("Send class counsel the file for a request to return"),
        gettext_lazy(
            "In rare cases a removed parent may come back. Only class counsel can present the request, with all "
            "its evidence."
        ),
        _ATTORNEY,
    ),
}

QUESTIONS: Final[dict[str, str | Promise]] = {
    "P1": gettext_lazy(
        "Is %(name)s a parent by birth or by law, or a guardian? Which papers show it? For a guardian the "
        "court has left the question open: ask class counsel."
    ),
    "P2": gettext_lazy(
        "Is %(name)s a citizen of the United States, or could they be one through a parent or by birth?"
    ),
    "P3": gettext_lazy("On which day was %(name)s born, and on which day did they enter?"),
    "P4": gettext_lazy(
        "Where did %(name)s come in: at a port of entry, between ports of entry, or were they first met by "
        "officers in the interior?"
    ),
    "P5": gettext_lazy("Was %(name)s held by DHS (Border Patrol, CBP or ICE)? From which day to which day?"),
    "P6": gettext_lazy(
        "Which child was taken from %(name)s: did they enter together, who separated them, on which day, and "
        "where was the child held, until when?"
    ),
    "P7": gettext_lazy(
        "On which day did %(name)s enter, and have they left the country since? If so: on which day, were "
        "they removed or did they go, and on which day were they back?"
    ),
    "P8": gettext_lazy(
        "Does the government say that %(name)s is left out (criminal history, communicable disease, arrest "
        "in the interior, unfit or a danger)? What do its papers say, and has it been contested?"
    ),
    "C1": gettext_lazy(
        "Is %(name)s a citizen of the United States, or could they be one through a parent or by birth?"
    ),
    "C2": gettext_lazy(
        "On which day was %(name)s born, and which paper shows it? If the 18th birthday lies between June "
        "and November 2018, ask class counsel which day counts."
    ),
    "C3": gettext_lazy(
        "Where did %(name)s come in: at a port of entry, between ports of entry, or were they first met by "
        "officers in the interior?"
    ),
    "C4": gettext_lazy(
        "From which parent was %(name)s taken: did they enter together, who separated them and on which day, "
        "are they back together and how, and is that parent still in the country?"
    ),
    "C5": gettext_lazy(
        "On which day did %(name)s enter, and have they left the country since? If so: on which day, and on "
        "which day were they back?"
    ),
}


def question(need: str, name: str) -> str:
    """What to ask a person so that the condition with this id is known."""
    return str(QUESTIONS[need]) % {"name": name}


_BASIS: Final = {
    "T": gettext_lazy("read in the primary source"),
    "R": gettext_lazy("reported: confirm with class counsel"),
    "M": gettext_lazy("from memory, unconfirmed: confirm before relying on it"),
    "I": gettext_lazy("inferred: confirm with class counsel"),
}


def basis_text(letter: str) -> str | Promise:
    """How sure the office can be of a rule."""
    return _BASIS[letter]


DEADLINES: Final[dict[str, str | Promise]] = {
    "orientation": gettext_lazy("Orientation before the interview"),
    "judge_review": gettext_lazy("The judge's review of a negative result"),
    "return_request": gettext_lazy("Request to let a removed parent return"),
    "return_answer": gettext_lazy("The government's answer to the request to return"),
    "asylum_filing": gettext_lazy("Asylum application"),
    "appeal": gettext_lazy("Appeal against the immigration judge's decision"),
}


def days_left_text(due: date, day: date) -> str:
    """How far off a due day is, said so that a missed one cannot be overlooked."""
    days = (due - day).days
    if days < 0:
        return ngettext("missed, %(days)d day ago", "missed, %(days)d days ago", -days) % {"days": -days}
    if days == 0:
        return _("today")
    return ngettext("in %(days)d day", "in %(days)d days", days) % {"days": days}
