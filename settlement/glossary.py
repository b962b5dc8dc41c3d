"""The words of the agreement, in English and in the Spanish for clients, each explained in a sentence.

The Spanish is binding for every text that a client may read (`tests/pages/test_words.py` holds the catalogue to it); it
is a proposal that a qualified translator has to review. Officers and papers use the English word, so it stands beside.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Word(NamedTuple):
    """A word: its id, as it is said in both languages (the first form is the one shown), and what it means.

    Forms are regular expressions without capturing groups, matched whatever the case and as whole words; the first is
    plain text.
    """

    id: str
    english: tuple[str, ...]
    spanish: tuple[str, ...]
    means: str | Promise

    def shown(self, language: str) -> str:
        """The word itself, in that language (`es` or any other for English)."""
        return (self.spanish if language == "es" else self.english)[0]


WORDS: Final = (
    Word(
        "agreement",
        ("2018 agreement", "2018 settlement", "settlement"),
        ("acuerdo de 2018",),
        _("The court-approved plan that gives families separated at the border new fear reviews."),
    ),
    Word(
        "class-counsel",
        ("class counsel",),
        ("abogados del caso colectivo",),
        _("The lawyers whom the court appointed for all members. Forms and questions about the agreement go to them."),
    ),
    Word(
        "class-member",
        ("class member", "class members"),
        ("miembro del grupo protegido por el acuerdo", "miembros del grupo protegido por el acuerdo"),
        _("A person who fits the court's definition of whom the agreement protects."),
    ),
    Word(
        "guardian",
        ("legal guardian", "guardian"),
        ("tutor legal", "tutor"),
        _("An adult to whom a court gave the care of a child; not a parent. It is open whether they are covered."),
    ),
    Word(
        "election",
        ("election form", "election", "elections"),
        ("formulario de decisión", "formularios de decisión", "decisión", "decisiones"),
        _("The court's form with two boxes: stay and go through the process, or return and give it up. One a person."),
    ),
    Word(
        "waiver",
        ("waiver", "waivers"),
        ("renuncia", "renuncias"),
        _(
            "One's own, knowing and voluntary choice to return and give up the agreement's rights. A form that was not "
            "returned is none."
        ),
    ),
    Word(
        "credible-fear",
        ("credible fear",),
        ("temor creíble",),
        _("The first test: whether there is a real possibility of winning asylum."),
    ),
    Word(
        "reasonable-fear",
        ("reasonable fear",),
        ("temor razonable",),
        _("The harder test, for people with an earlier removal order."),
    ),
    Word(
        "re-evaluation",
        ("re-evaluation", "re-evaluations"),
        ("nueva revisión", "nuevas revisiones"),
        _(
            "The second look at a parent's fear by an asylum officer, in which their state of mind during the "
            "separation must be weighed."
        ),
    ),
    Word(
        "judge-review",
        ("judge's review", "judge’s review", "immigration judge review"),
        (
            "revisión por un juez",
            "revisión por el juez",
            "revisión (?:del|de un) juez",
            "juez revisara",
            "ver al? (?:un )?juez",
        ),
        _("An immigration judge looks again at a negative finding, and can change it."),
    ),
    Word(
        "vacated",
        ("vacated",),
        ("anuló", "anulada", "anulado"),
        _("The judge set the negative finding aside: the person has passed."),
    ),
    Word(
        "affirmed",
        ("affirmed",),
        ("confirmó", "confirmada", "confirmado"),
        _("The judge agreed with the negative finding."),
    ),
    Word(
        "orientation",
        ("orientation",),
        ("orientación",),
        _("Notice, and time to talk to a lawyer, before an interview."),
    ),
    Word(
        "notice-to-appear",
        ("Notice to Appear", "notices to appear", "NTA"),
        ("Citación para la corte de inmigración", "citación", "citaciones"),
        _("The paper that starts a case before an immigration judge. Served is not yet filed: look up the court."),
    ),
    Word(
        "section-240",
        ("section 240 proceedings", "section 240 case", "section 240"),
        ("caso completo ante un juez de inmigración", "caso completo"),
        _("A full case before an immigration judge, with hearings, evidence and appeal."),
    ),
    Word(
        "withholding-only",
        ("withholding-only proceedings", "withholding-only"),
        ("caso limitado", "caso limitado: solo protección"),
        _("A case in which the judge can only keep the person from being sent to their country. It covers no family."),
    ),
    Word(
        "withholding",
        ("withholding of removal", "withholding"),
        ("protección contra el envío a su país",),
        _("Protection from being sent to one country. It is weaker than asylum and covers no family members."),
    ),
    Word(
        "removal",
        ("removal order", "removal"),
        ("orden de deportación", "deportación", "deportar", "deportarl[oae]s?", "deporten", "deportad[oa]s?"),
        _("That the government takes a person out of the country."),
    ),
    Word(
        "stay",
        ("stay of removal", "court's stay"),
        ("orden que detiene la deportación",),
        _("An order that holds removal for a time."),
    ),
    Word(
        "final-approval",
        ("final approval",),
        ("aprobación final",),
        _("The day on which the court made the agreement binding: 15 November 2018."),
    ),
    Word(
        "unaccompanied",
        ("unaccompanied child", "unaccompanied children"),
        ("menor no acompañado", "menores no acompañados"),
        _("A person under 18 without status and without a parent who can care for them. A judge must hear them."),
    ),
    Word(
        "orr",
        ("ORR",),
        ("ORR",),
        _("The federal office that takes care of children in custody (Office of Refugee Resettlement)."),
    ),
    Word(
        "dhs",
        ("DHS",),
        ("DHS",),
        _("The department to which Border Patrol, CBP and ICE belong (Department of Homeland Security)."),
    ),
    Word(
        "sponsor",
        ("sponsor", "sponsors"),
        ("patrocinador", "patrocinadora"),
        _("The adult to whom ORR gives a child."),
    ),
    Word(
        "a-number",
        ("A-number", "A-numbers"),
        ("número A", "números A"),
        _("The number of a person's file with the immigration authorities: the letter A and eight or nine digits."),
    ),
    Word(
        "asylum",
        ("asylum",),
        ("asilo",),
        _("Protection that can lead to residence, and that family members can share."),
    ),
    Word(
        "appeal",
        ("appeal",),
        ("apelación", "apelar"),
        _("Asks the Board of Immigration Appeals to change a judge's decision. The days for it are few."),
    ),
    Word(
        "return-request",
        ("request to return", "return request"),
        ("pedido especial de regreso", "pedido de regreso"),
        _("The rare request, made through class counsel alone, that a parent who was removed may come back."),
    ),
    Word(
        "parole",
        ("parole",),
        ("parole",),
        _("Temporary permission to enter or stay. It is no admission, and no penal parole."),
    ),
    Word(
        "work-permit",
        ("work permit", "work permits"),
        ("permiso de trabajo",),
        _("The card that allows a person to work (EAD)."),
    ),
    Word("bond", ("bond",), ("fianza",), _("Money that is left so that a person is let out of detention.")),
    Word(
        "notario",
        ("notario",),
        ("notario",),
        _("In the United States a notario is not an attorney, and may not give legal advice or sign for a person."),
    ),
)


@cache
def _pattern(language: str) -> tuple[re.Pattern[str], dict[str, Word]]:
    """Every form in that language as one expression, the longest first, each as a group that is named by its word."""
    forms = sorted(
        ((form, word) for word in WORDS for form in (word.spanish if language == "es" else word.english)),
        key=lambda pair: -len(pair[0]),
    )
    names = {f"w{number}": word for number, (_form, word) in enumerate(forms)}
    parts = (f"(?P<w{number}>{form})" for number, (form, _word) in enumerate(forms))
    return re.compile(rf"\b(?:{'|'.join(parts)})\b", re.IGNORECASE), names


def found_in(text: str, language: str) -> Iterator[tuple[int, int, Word]]:
    """Where words of the glossary stand in a text, in order: begin, end and the word."""
    pattern, names = _pattern(language)
    for match in pattern.finditer(text):
        if match.lastgroup:
            yield match.start(), match.end(), names[match.lastgroup]
