"""The form that takes a sheet."""

import hashlib
import uuid

from django import forms
from django.utils.translation import gettext_lazy as _


class SheetForm(forms.Form):
    """A file, and the key that makes two clicks one."""

    file = forms.FileField(
        label=_("The sheet"),
        help_text=_(
            "CSV or XLSX, one row for each person, up to 25 MB. Nothing is written before you have seen the report."
        ),
        allow_empty_file=True,  # the reader says better what is wrong
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        error_messages={"required": _("Choose a file first.")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def write_key(self, content: bytes) -> str:
        """The key of this write: the same page sent twice is one sheet, the same page with another file another."""
        return f"{self.cleaned_data['key']}:{hashlib.sha256(content).hexdigest()[:24]}"
