"""The forms of letters and of their templates. They only gather what was typed; the services judge it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.forms import VersionedForm
from documents.letters.models import Letter
from documents.letters.selectors import template_problems
from families.editing.forms import DayInput


class LetterForm(VersionedForm):
    """Title and text of a letter, or of a template."""

    facts = ("title", "body")

    title = forms.CharField(label=gettext_lazy("Title"), required=False, max_length=200, show_hidden_initial=True)
    body = forms.CharField(
        label=gettext_lazy("Text"),
        help_text=gettext_lazy("“# ” begins a heading, “- ” an item of a list; an empty line ends a paragraph."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 24, "class": "sheet-text"}),
        show_hidden_initial=True,
        strip=False,
    )

    def text(self, name: str) -> str:
        """What stands in a field now, whether it was changed or not."""
        return str(self.data.get(name, "")).replace("\r\n", "\n")


class TemplateForm(LetterForm):
    """The text from which letters of a kind are made."""

    def __init__(self, kind: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind

    def clean(self) -> dict[str, Any]:
        """Say every line that is wrong."""
        for problem in template_problems(self.kind, self.text("title"), self.text("body")):
            if problem.line:
                self.add_error("body", _("Line %(line)d: %(text)s") % problem._asdict())
            else:
                self.add_error("title", problem.text)
        return self.cleaned_data


class SendForm(forms.Form):
    """On which day a letter left, and how."""

    sent_on = forms.CharField(label=gettext_lazy("Sent on"), required=False, widget=DayInput)
    how = forms.ChoiceField(
        label=gettext_lazy("How"), required=False, choices=Letter.How.choices, widget=forms.RadioSelect
    )
