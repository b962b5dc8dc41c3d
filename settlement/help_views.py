"""Help: the words of the agreement, explained."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from settlement.glossary import WORDS


@require_safe
@login_required
def words(request: HttpRequest) -> HttpResponse:
    """Every word of the glossary in both languages, with its meaning."""
    shown = [
        {"id": word.id, "english": word.shown("en"), "spanish": word.shown("es"), "means": word.means} for word in WORDS
    ]
    return render(request, "help/words.html", {"words": shown})
