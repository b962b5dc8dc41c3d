"""The texts that come with Amparo, in the language of `markup.py`. An organization's own text takes the place of one.

They are drafts for an attorney to read and change. What the law says is said in our own words; how sure it is
stands in
`kinds.BASES` and is shown beside the draft. A telephone number is left to be written in, once, by the office.
"""

from typing import Final, NamedTuple

from documents.letters.models import LetterKind


class Text(NamedTuple):
    """A title of one line, and the text."""

    title: str
    body: str


_CLIENT_EN: Final = """
{{ today }}

This letter is for {{ client name }}. Your number at our office is {{ family number }}.

# What holds today
{{ what holds today }}

This is what holds on the day of this letter. It can change. Ask us before you rely on it.

# What comes next
{{ what comes next }}

# Dates
{{ dates }}

# What not to sign
Do not sign any paper about going back to your country, about leaving your child, or about giving up a judge, before
you have spoken with your attorney.

- You may always say: "I want to speak with my attorney before I sign."
- A paper must be read to you in a language that you understand.
- If you have signed something already, tell us the same day. It may be possible to change your mind.
- Nobody else can sign for you, and your signature binds nobody else in your family.

# Whom to call
Your attorney is {{ attorney }} ({{ attorney e-mail }}), at {{ office }}. Telephone: ______________

A notario is not an attorney. Only an attorney, or a representative accredited by the Department of Justice, may
give you advice or sign for you.

If you move, or your telephone number changes, tell us at once. If you have a case in immigration court, the court
has to be told too.
"""

_CLIENT_ES: Final = """
{{ today }}

Esta carta es para {{ client name }}. Su número en nuestra oficina es {{ family number }}.

# Lo que vale hoy
{{ what holds today }}

Esto es lo que vale el día de esta carta. Puede cambiar. Pregúntenos antes de confiar en ello.

# Lo que sigue
{{ what comes next }}

# Fechas
{{ dates }}

# Lo que no debe firmar
No firme ningún papel sobre volver a su país, sobre dejar a su hijo o hija, o sobre no ver a un juez, antes de
hablar con su abogado.

- Usted siempre puede decir: «Quiero hablar con mi abogado antes de firmar».
- Todo papel se le debe leer en un idioma que usted entienda.
- Si ya firmó algo, díganoslo el mismo día. Tal vez todavía pueda cambiar de opinión.
- Nadie puede firmar por usted, y su firma no obliga a nadie más de su familia.

# A quién llamar
Su abogado es {{ attorney }} ({{ attorney e-mail }}), de {{ office }}. Teléfono: ______________

Un notario no es abogado. Solo un abogado, o un representante acreditado por el Departamento de Justicia, puede
aconsejarle o firmar por usted.

Si cambia de dirección o de teléfono, avísenos enseguida. Si tiene un caso en la corte de inmigración, también hay
que avisar a la corte.
"""

_ABOUT: Final = """{{ today }}

Our client: {{ client name }}, born {{ date of birth }}, {{ last three digits of the A-number }}
(our file {{ family number }})

Family:
{{ family members }}
"""

_SCREENING: Final = f"""
{_ABOUT}
To class counsel

# Request
We ask that the screening which the 2018 agreement gives to {{{{ client name }}}} take place, and that the
government be told so. Where this is a parent with a negative result, we ask for the re-evaluation; where this is a
child, for the child's own screening.

# Screenings on file
{{{{ screenings }}}}

# Where the client stands
{{{{ answer }}}}

{{{{ why }}}}

# What we ask of you
- Confirm that the request was passed on, to whom, and on which day.
- Tell us the day of the orientation and of the interview, so that we can prepare the client and take part.
- The client speaks {{{{ language of the client }}}} and needs an interpreter for that language.

{{{{ attorney }}}}, {{{{ office }}}}
"""

_WAIVER: Final = f"""
{_ABOUT}
To class counsel

# What is on file of the form
{{{{ election form }}}}

# What we found
A form counts as a waiver only if every condition is met; one that is not known counts as not met. These fail or are
not known:

{{{{ form checks }}}}

# What we ask of you
- Please do not treat this form as a waiver, and do not pass it on as one, until these points are cleared.
- Please tell us whether it has reached you or the government, and on which day.
- If it has been passed on, please tell the government today that it is disputed.

One person's form binds nobody else in the family.

{{{{ attorney }}}}, {{{{ office }}}}
"""

_RETURN: Final = f"""
{_ABOUT}
To class counsel

# Request
We ask you to put forward the request that {{{{ client name }}}}, who was removed, may come back. Such requests are
rare, and only class counsel can make them.

# What is on file
{{{{ screenings }}}}

{{{{ answer }}}}

# Dates
{{{{ dates }}}}

# What makes this case one of the rare ones
Write here, with the evidence for each point: what the person was told before the removal and in which language;
what they signed, and what they understood of it; where the child was, and with whom; what they would have said in a
new interview.

{{{{ attorney }}}}, {{{{ office }}}}
"""

_MEMBERSHIP: Final = f"""
{_ABOUT}
To class counsel

# Question
It is not settled whether the 2018 agreement covers {{{{ client name }}}}. As far as our
file goes: {{{{ membership }}}}.

# What is not known, or is disputed
{{{{ what is not known }}}}

# Who decides
We ask you to tell us how you see it, and to bring it before the government or the court if that is needed. Until it
is decided we treat the client as covered, and ask that nothing be done that could not be undone.

{{{{ attorney }}}}, {{{{ office }}}}
"""

_GOVERNMENT: Final = """{{ today }}

In the matter of {{ client name }}, born {{ date of birth }}, A-number {{ A-number }}
"""

_STATE_OF_MIND: Final = f"""
{_GOVERNMENT}
# Objection
We represent {{{{ client name }}}}. The re-evaluation under the 2018 agreement ended with a negative result. The
agreement asks that due weight be given to the parent's state of mind at the first interview, while parent and child
were apart. The record that we have does not show that this was done.

# Screenings
{{{{ screenings }}}}

# What we ask
- Send us the whole record of the re-evaluation, with the officer's notes.
- Withdraw the negative result, and hold a re-evaluation in which the state of mind is weighed.
- Do nothing towards removal before this objection has been answered in writing.

Until then this was not the review that the agreement promises. A copy goes to class counsel.

{{{{ attorney }}}}, {{{{ office }}}}
"""

_JUDGE: Final = f"""
{_GOVERNMENT}
# Request for review by an immigration judge
We represent {{{{ client name }}}}, and ask in writing that an immigration judge review the negative result.
Whatever box was or was not marked when the result was handed over, this is the request.

# Screenings
{{{{ screenings }}}}

# What we ask
- Refer the case to the immigration court today, on Form I-863, and send us a copy.
- Review takes place within 24 hours if that is practicable, and never later than 7 days after the finding (8 USC
  1225(b)(1)(B)(iii)(III)).
- Tell us day, hour and place, so that the client can be heard and we can be there.
- The client speaks {{{{ language of the client }}}} and needs an interpreter for that language.
- Do nothing towards removal before the judge has decided.

{{{{ attorney }}}}, {{{{ office }}}}
"""

_OVERDUE: Final = f"""
{_GOVERNMENT}
# An overdue duty
By the dates on our file this should have been done:

{{{{ overdue duties }}}}

# What we ask
- Tell us in writing, within two working days, whether it was done, and on which day.
- If it was not done, do it now, and say why it is late.
- Do nothing towards removal before that. That it is late takes no right from our client.

A copy goes to class counsel.

{{{{ attorney }}}}, {{{{ office }}}}
"""

_ELECTION: Final = f"""
{_ABOUT}
# The form
{{{{ election form }}}}

# Conditions of a waiver that fail or are not known
{{{{ form checks }}}}

A form that was not returned is no waiver. This sheet does not take the place of the form, which the person signs.
"""

_CHRONOLOGY: Final = """
{{ today }}

Chronology of {{ client name }} and family (our file {{ family number }}). Each sentence says where it comes from.
What is not known is said so.

{{ chronology }}
"""

_TEXTS: Final[dict[tuple[str, str], Text]] = {
    (LetterKind.CLIENT, "en"): Text("What holds today for {{ client name }}", _CLIENT_EN),
    (LetterKind.CLIENT, "es"): Text("Lo que vale hoy para {{ client name }}", _CLIENT_ES),
    (LetterKind.SCREENING, "en"): Text("Request for a screening under the 2018 agreement", _SCREENING),
    (LetterKind.WAIVER_CHECK, "en"): Text("A form that does not count as a waiver", _WAIVER),
    (LetterKind.RETURN_REQUEST, "en"): Text("Request that a removed parent may return", _RETURN),
    (LetterKind.MEMBERSHIP, "en"): Text("Whether the 2018 agreement covers our client", _MEMBERSHIP),
    (LetterKind.STATE_OF_MIND, "en"): Text("Objection to a re-evaluation", _STATE_OF_MIND),
    (LetterKind.JUDGE_REVIEW, "en"): Text("Request for review by an immigration judge", _JUDGE),
    (LetterKind.OVERDUE, "en"): Text("An overdue duty", _OVERDUE),
    (LetterKind.ELECTION_DATA, "en"): Text("Data for the election form of {{ client name }}", _ELECTION),
    (LetterKind.CHRONOLOGY, "en"): Text("Chronology", _CHRONOLOGY),
}
DEFAULTS: Final = {of: Text(text.title, text.body.strip()) for of, text in _TEXTS.items()}
