"""What to say on the telephone, in the order in which it is said: nothing of a case before it is known who listens.

The sentences are for the client's ear; the notes are for who calls.
"""

from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class Part(NamedTuple):
    """A part of the talk: its heading, a note for who calls, and sentences to say. `asks`: the questions come here."""

    key: str
    heading: Text
    note: Text
    say: tuple[Text, ...]
    asks: bool = False


PARTS: Final = (
    Part(
        "greeting",
        _("Greeting"),
        _("Name nobody, no case and no office that gives a case away. To a machine or another person say only this."),
        (
            _("Good day. My name is … May I speak with the person to whom this telephone belongs?"),
            _("Is this a good moment, and can you speak alone? If not, when may I call you again?"),
        ),
    ),
    Part(
        "identity",
        _("Who is it?"),
        _("Ask, and never say it first. If two answers do not fit the file, thank them, and end the call."),
        (
            _("So that I speak with the right person: what is your full name, and on which day were you born?"),
            _("In which town were you born, or what is your mother's full name?"),
            _("In which language do you speak most easily? I can call with an interpreter."),
        ),
    ),
    Part(
        "purpose",
        _("Why we call"),
        _("Only now say the name of the office."),
        (
            _("I work with your lawyers. What you tell me stays with your lawyers. I do not work for the government."),
            _("I have some questions that can help to protect you and your family. You may say that you do not know."),
        ),
    ),
    Part(
        "questions", _("The questions"), _("Write the answer as it is said. Not knowing is an answer, too."), (), True
    ),
    Part(
        "promise",
        _("What not to promise"),
        _("Do not say what the answers mean for the case: that is for the attorney."),
        (
            _("I cannot tell you today what the answers mean. Your lawyer looks at them and calls you."),
            _("Nobody can promise you a result."),
        ),
    ),
    Part(
        "sign",
        _("What not to sign"),
        "",
        (
            _(
                "Before you have spoken with your lawyer, do not sign any paper about leaving the country, and none "
                "that you do not understand."
            ),
            _("You have the right to say: I want to speak with my lawyer first."),
            _("A notario is not a lawyer. Do not pay anybody for these forms."),
        ),
    ),
    Part(
        "closing",
        _("Before you hang up"),
        _("Put the answers on file today, with the day of the call."),
        (
            _("At which number may we call you, at what hour, and what must we not say if somebody else answers?"),
            _("If officers come, or if you get a paper with a date, call us the same day."),
            _("Thank you. Do you have a question for me?"),
        ),
    ),
)
