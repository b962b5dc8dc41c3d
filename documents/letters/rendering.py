"""A letter as PDF, made in a process of its own within a few seconds or not at all."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _

from documents.letters.markup import blocks
from documents.letters.models import Letter

SECONDS: Final = 15  # the slowest letter seen took a tenth of that
_TYPESET: Final = Path(__file__).with_name("typeset.py")


class NotRenderedError(RuntimeError):
    """No PDF came out in time; says nothing of the letter."""


def pdf(letter: Letter, *, office: str) -> bytes:
    """The letter as PDF, with its mark across every page until it is approved; raises `NotRenderedError`."""
    with translation.override(letter.language):
        what = {
            "title": letter.title,
            "language": letter.language,
            "office": office,
            "mark": letter.mark,
            "note": _("not approved by an attorney; not to be handed out"),
            # The office's own number and no name: a page that is lost says little.
            "footer": f"{office} · {letter.family.reference}",
            "blocks": blocks(letter.body),
        }
    return typeset(json.dumps(what).encode())


def typeset(letter: bytes, *, seconds: float = SECONDS) -> bytes:
    """Run the typesetting of a letter given as JSON; raises `NotRenderedError` when it fails or takes too long."""
    try:
        done = subprocess.run(  # our own file, and nothing of a user's among the arguments
            [sys.executable, "-I", str(_TYPESET)], input=letter, capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise NotRenderedError("took too long") from None
    if done.returncode or not done.stdout.startswith(b"%PDF"):
        raise NotRenderedError("failed")
    return done.stdout
