"""The papers and letters of a family, where its own page shows them."""

from typing import Any, cast

from django import template

from accounts.models import User
from accounts.permissions import Permission, allows
from documents.letters.models import Letter
from documents.models import Paper
from documents.selectors import family_shelves
from families.models import Family

register = template.Library()


@register.inclusion_tag("documents/_family_papers.html", takes_context=True)
def family_papers(context: template.Context, family: Family) -> dict[str, Any]:
    """For each person of the family the papers that are missing or asked for, with the way to all of them; and the
    letters that somebody still has to approve or to send."""
    user = cast(User, context["user"])
    shelves = [
        (shelf, [(kind, Paper.Kind(kind).label, shelf.on_file.get(kind)) for kind in shelf.missing])
        for shelf in family_shelves(user, family)
    ]
    letters = [
        (one["pk"], one["title"], shelf.person, Letter.State(one["state"]).label)
        for shelf, _missing in shelves
        for one in shelf.person.open_letters  # type: ignore[attr-defined]  # beside the person, in the same query
    ]
    may_change = allows(user, Permission.FAMILY_RECORD_CHANGE)
    return {"shelves": shelves, "family": family, "letters": letters, "may_change": may_change}
