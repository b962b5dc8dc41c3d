"""The papers and letters of a family, where its own page shows them."""

from typing import Any, cast

from django import template

from accounts.models import User
from documents.models import Paper
from documents.selectors import family_shelves
from families.models import Family

register = template.Library()


@register.inclusion_tag("documents/_family_papers.html", takes_context=True)
def family_papers(context: template.Context, family: Family) -> dict[str, Any]:
    """For each person of the family the papers that are missing or asked for, with the way to all of them."""
    user = cast(User, context["user"])
    shelves = [
        (shelf, [(Paper.Kind(kind).label, shelf.on_file.get(kind)) for kind in shelf.missing])
        for shelf in family_shelves(user, family)
    ]
    return {"shelves": shelves, "family": family}
