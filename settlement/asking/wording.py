"""The questions in plain words, and what an answer is called.

Adults are asked about themselves ("you", in Spanish "usted"); about a child its parent is asked, or the child. A text
is rendered in both languages side by side (`both`).
"""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.utils.translation import gettext_noop as noop

from config.words import day_text
from settlement.asking.days import Span
from settlement.asking.options import Answer, Fact

Text = str | Promise


class Both(NamedTuple):
    """A text in English and in Spanish."""

    en: str
    es: str


def both(text: Callable[[], str]) -> Both:
    """What `text` gives in each of the two languages."""
    found = []
    for language in ("en", "es"):
        with override(language):
            found.append(text())
    return Both(*found)


# Of an adult, to themselves; of a child, by its name. Where only one can be asked, it stands alone.
_QUESTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "role": (noop("Are you the child's mother or father, by birth or by adoption? Which papers show it?"), ""),
    "noncitizen": (
        noop("Are you, or could you be, a citizen of the United States, for example through your mother or father?"),
        noop("Is %(name)s a citizen of the United States, or perhaps one through a parent?"),
    ),
    "entry.place": (
        noop(
            "Where did you come in: at an official crossing, between crossings, or were you found far from the border?"
        ),
        noop("Where did %(name)s come in: at an official crossing, between crossings, or found far from the border?"),
    ),
    "entry.on": (
        noop("On which day did you come into the United States?"),
        noop("On which day did %(name)s come into the United States?"),
    ),
    "birth_date": (
        noop("On which day were you born? Which paper shows it?"),
        noop("On which day was %(name)s born? Which paper shows it?"),
    ),
    "lacks_capacity": (
        noop("Has a judge or a doctor said that you cannot decide legal matters by yourself?"),
        noop("Has a judge or a doctor said that %(name)s cannot decide legal matters alone, even for their age?"),
    ),
    "custody": (
        noop("Did the border patrol or immigration hold you? From which day?"),
        noop("Where was %(name)s held by the government, and until which day?"),
    ),
    "custody.by": (
        noop("Who held you: the border patrol or immigration, or somebody else?"),
        noop("Who held %(name)s: the border patrol, immigration, or the office that cares for children (ORR)?"),
    ),
    "custody.from": (noop("On which day did immigration begin to hold you?"), ""),
    "custody.to": ("", noop("Until which day did the government hold %(name)s?")),
    "departures": (
        noop("Have you left the United States since you came? When, and when did you come back?"),
        noop("Has %(name)s left the United States since they came? When, and when did they come back?"),
    ),
    "departures.happened": (
        noop("Our file says that you left the United States. Is that right?"),
        noop("Our file says that %(name)s left the United States. Is that right?"),
    ),
    "departures.on": (
        noop("On which day did you leave the United States?"),
        noop("On which day did %(name)s leave the United States?"),
    ),
    "departures.back_on": (
        noop("Are you back in the United States? Since which day?"),
        noop("Is %(name)s back in the United States? Since which day?"),
    ),
    "exclusions.status": (
        noop(
            "Has the government said that you are left out of the agreement? What did it say, and has anybody answered?"
        ),
        "",
    ),
    "parents": ("", noop("Was %(name)s taken by the government from %(other)s, with whom they came in? On which day?")),
    "parents.entered_together": ("", noop("Did %(name)s come in together with %(other)s?")),
    "parents.separated_by": ("", noop("Who took %(name)s from %(other)s: the government, or somebody else?")),
    "parents.separated_on": ("", noop("On which day were %(name)s and %(other)s separated?")),
    "parents.reunification": (
        "",
        noop(
            "Are %(name)s and %(other)s together again? How: did the government bring them together, does %(name)s "
            "live with another adult, or was it in another country?"
        ),
    ),
    "screenings.result": (
        noop("What does the paper with the result of your fear interview say? Can you send us a photo of it?"),
        noop(
            "What does the paper with the result of the fear interview of %(name)s say? Can you send us a photo of it?"
        ),
    ),
    "screenings.kind": (
        noop("What does the paper of your interview say at the top: credible fear or reasonable fear?"),
        noop("What does the paper of the interview of %(name)s say at the top: credible fear or reasonable fear?"),
    ),
    "screenings.state_of_mind_weighed": (
        noop("In the new interview, did the officer ask how you felt while you were apart from your child?"),
        "",
    ),
    "screenings.judge_review.asked": (
        noop("When they gave you the result, did they ask if you wanted to see a judge? What did you say or sign?"),
        noop("When they gave the result, did they ask if %(name)s wanted to see a judge? What was said or signed?"),
    ),
    "screenings.judge_review.outcome": (
        noop("Did a judge look at the result of your interview? What did the judge decide?"),
        noop("Did a judge look at the result of the interview of %(name)s? What did the judge decide?"),
    ),
    "screenings.outcome": (
        noop("Have you received the result of your fear interview? Can you send us a photo of it?"),
        noop("Has %(name)s received the result of the fear interview? Can you send us a photo of it?"),
    ),
    "screenings.again": (
        noop("Has anybody asked for another fear interview for you since then?"),
        noop("Has anybody asked for another fear interview for %(name)s since then?"),
    ),
    "elections.understood": (
        noop("Did somebody read the decision form to you in a language that you understand well?"),
        noop("Did somebody read the decision form to %(name)s in a language that they understand well?"),
    ),
    "elections.voluntary": (
        noop("Did you sign the decision form because you wanted to? Did anybody press you or promise you something?"),
        noop("Did %(name)s want what the decision form says? Did anybody press them or promise them something?"),
    ),
    "elections.via_class_counsel": (
        noop("Who gave you the decision form: the lawyers of the group case, or somebody else?"),
        noop("Who gave the decision form for %(name)s: the lawyers of the group case, or somebody else?"),
    ),
    "elections.own_form": (
        noop("Was the decision form only about you, or did it name other people too?"),
        noop("Was the decision form only about %(name)s, or did it name other people too?"),
    ),
    "elections.signed_by": (
        noop("Who signed the decision form: you yourself, or somebody for you?"),
        noop("Who signed the decision form of %(name)s?"),
    ),
    "elections.choice": (
        noop("Which box is marked on your decision form: to stay and go on, or to return?"),
        noop("Which box is marked on the decision form of %(name)s: to stay and go on, or to return?"),
    ),
    "elections.signed_on": (
        noop("On which day did you sign the decision form?"),
        noop("On which day was the decision form of %(name)s signed?"),
    ),
    "elections.withdrawn_on": (
        noop("Do you still want what the decision form says, or have you changed your mind? You may change it."),
        noop("Does %(name)s still want what the decision form says, or has that changed? It may change."),
    ),
    "court_case": (
        noop("Have you received a paper to go before an immigration judge (Notice to Appear)?"),
        noop("Has %(name)s received a paper to go before an immigration judge (Notice to Appear)?"),
    ),
    "court_case.kind": (
        noop("What do the papers of your court case say: a full case, or only protection from being sent back?"),
        noop("What do the court papers of %(name)s say: a full case, or only protection from being sent back?"),
    ),
    "court_case.outcome": (
        noop("What did the immigration judge decide in your case? Can you send us a photo of the paper?"),
        noop("What did the immigration judge decide in the case of %(name)s? Can you send us a photo of the paper?"),
    ),
    "court_case.final_on": (
        noop("Did anybody appeal against the judge's decision in your case? On which day?"),
        noop("Did anybody appeal against the judge's decision in the case of %(name)s? On which day?"),
    ),
}


def question(fact: Fact, *, child: bool, names: Mapping[str, str]) -> str:
    """The question for the client, in the language of the moment; `names` gives the name of each id."""
    to_adult, of_child = _QUESTIONS[fact.name]
    text = (of_child or to_adult) if child else (to_adult or of_child)
    return _(text) % {"name": names[fact.person], "other": names.get(fact.other, "")}


_ANSWERS: Final[Mapping[str, Text]] = {
    "yes": gettext_lazy("yes"),
    "no": gettext_lazy("no"),
    "never": gettext_lazy("never"),
    "parent": gettext_lazy("is a parent"),
    "port_of_entry": gettext_lazy("at a port of entry"),
    "between_ports": gettext_lazy("between ports of entry"),
    "interior": gettext_lazy("first met in the interior"),
    "held_after": gettext_lazy("held by the government on %(first)s or later"),
    "held_before": gettext_lazy("held only before the injunction"),
    "held_by_dhs": gettext_lazy("held by DHS from %(last)s or earlier"),
    "dhs": gettext_lazy("DHS"),
    "orr": gettext_lazy("ORR"),
    "orr_foster": gettext_lazy("ORR foster care"),
    "other": gettext_lazy("somebody else"),
    "back_before": gettext_lazy("left and was back before the injunction"),
    "back_since": gettext_lazy("left after the injunction and is back"),
    "away": gettext_lazy("left after the injunction and is not back"),
    "withdrawn": gettext_lazy("withdrawn by the government"),
    "established": gettext_lazy("established"),
    "taken": gettext_lazy("came in together, and separated by DHS on %(last)s or earlier"),
    "court_order": gettext_lazy("together again under the court's order"),
    "sponsor": gettext_lazy("with a sponsor"),
    "abroad": gettext_lazy("together again abroad"),
    "declined": gettext_lazy("declined to be brought together"),
    "positive": gettext_lazy("positive"),
    "negative": gettext_lazy("negative"),
    "credible_fear": gettext_lazy("credible fear"),
    "reasonable_fear": gettext_lazy("reasonable fear"),
    "silent": gettext_lazy("said nothing"),
    "vacated": gettext_lazy("the judge vacated the result"),
    "affirmed": gettext_lazy("the judge affirmed the result"),
    "none": gettext_lazy("no decision yet"),
    "return": gettext_lazy("to return"),
    "stay": gettext_lazy("to stay"),
    "self": gettext_lazy("the person themself"),
    "legal_representative": gettext_lazy("a legal representative"),
    "pending": gettext_lazy("still open"),
    "removal_ordered": gettext_lazy("removal ordered"),
    "relief_granted": gettext_lazy("relief granted"),
    "terminated": gettext_lazy("the case was terminated"),
    "section_240": gettext_lazy("a full case (section 240)"),
    "withholding_only": gettext_lazy("withholding only"),
}
# What one word says of different facts.
_OF_FACT: Final[Mapping[tuple[str, str], Text]] = {
    ("noncitizen", "yes"): gettext_lazy("not a citizen"),
    ("noncitizen", "no"): gettext_lazy("a citizen"),
    ("departures.happened", "no"): gettext_lazy("did not leave"),
    ("departures.back_on", "yes"): gettext_lazy("is back"),
    ("screenings.judge_review.asked", "yes"): gettext_lazy("asked for a judge"),
    ("screenings.judge_review.asked", "no"): gettext_lazy("refused a judge"),
    ("screenings.outcome", "negative"): gettext_lazy("negative, and the state of mind was weighed"),
    ("screenings.again", "yes"): gettext_lazy("another interview was asked for"),
    ("elections.signed_by", "parent"): gettext_lazy("a parent"),
    ("elections.withdrawn_on", "yes"): gettext_lazy("changed their mind, and takes the form back in writing"),
    ("elections.withdrawn_on", "no"): gettext_lazy("never took it back"),
    ("court_case", "yes"): gettext_lazy("there is an open case"),
    ("court_case.final_on", "no"): gettext_lazy("there is an appeal: the order is not final"),
}
_LABELS: Final[Mapping[str, Text]] = {
    "role": gettext_lazy("parent or guardian"),
    "noncitizen": gettext_lazy("citizenship"),
    "entry.place": gettext_lazy("place of entry"),
    "entry.on": gettext_lazy("day of entry"),
    "birth_date": gettext_lazy("date of birth"),
    "lacks_capacity": gettext_lazy("lacks legal capacity"),
    "custody": gettext_lazy("custody"),
    "custody.by": gettext_lazy("held by whom"),
    "custody.from": gettext_lazy("held from"),
    "custody.to": gettext_lazy("held until"),
    "departures": gettext_lazy("departures"),
    "departures.happened": gettext_lazy("whether they left"),
    "departures.on": gettext_lazy("day of departure"),
    "departures.back_on": gettext_lazy("day of return"),
    "exclusions.status": gettext_lazy("ground to leave them out"),
    "parents": gettext_lazy("taken from %(other)s"),
    "parents.entered_together": gettext_lazy("came in with %(other)s"),
    "parents.separated_by": gettext_lazy("separated from %(other)s by whom"),
    "parents.separated_on": gettext_lazy("separated from %(other)s when"),
    "parents.reunification": gettext_lazy("together again with %(other)s"),
    "screenings.result": gettext_lazy("result of the screening"),
    "screenings.kind": gettext_lazy("kind of fear"),
    "screenings.state_of_mind_weighed": gettext_lazy("whether the state of mind was weighed"),
    "screenings.judge_review.asked": gettext_lazy("judge's review offered"),
    "screenings.judge_review.outcome": gettext_lazy("what the judge decided"),
    "screenings.outcome": gettext_lazy("result of the screening under way"),
    "screenings.again": gettext_lazy("another screening"),
    "elections.understood": gettext_lazy("form read in their language"),
    "elections.voluntary": gettext_lazy("form signed freely"),
    "elections.via_class_counsel": gettext_lazy("form came through class counsel"),
    "elections.own_form": gettext_lazy("form names nobody else"),
    "elections.signed_by": gettext_lazy("who signed the form"),
    "elections.choice": gettext_lazy("box marked on the form"),
    "elections.signed_on": gettext_lazy("day the form was signed"),
    "elections.withdrawn_on": gettext_lazy("form taken back"),
    "court_case": gettext_lazy("case in immigration court"),
    "court_case.kind": gettext_lazy("kind of court case"),
    "court_case.outcome": gettext_lazy("outcome in court"),
    "court_case.final_on": gettext_lazy("order final"),
}


def label(fact: Fact, names: Mapping[str, str]) -> str:
    """What the fact is called, for staff."""
    return str(_LABELS[fact.name]) % {"other": names.get(fact.other, "")}


def answer_text(fact: Fact, answer: Answer) -> str:
    """What an answer is called, for staff."""
    if answer.said == "span" and answer.span is not None:
        return span_text(answer.span)
    text = str(_OF_FACT.get((fact.name, answer.said)) or _ANSWERS[answer.said])
    span = answer.span or Span(None, None)
    return text % {"first": day_text(span.first), "last": day_text(span.last)} if answer.span else text


def span_text(span: Span) -> str:
    """A span of days in words."""
    days = {"first": day_text(span.first), "last": day_text(span.last)}
    if span.first is None:
        return _("on or before %(last)s") % days
    if span.last is None:
        return _("on or after %(first)s") % days
    return _("from %(first)s to %(last)s") % days if span.first != span.last else _("on %(first)s") % days
