"""One place where refusals are noted: whatever refused, and whatever way the refusal took to become an answer."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from audit.models import Act
from audit.readings import place_of
from audit.services import note


class NoteRefusals:
    """Notes that somebody signed in asked for what they may not have, or for a record that is not there for them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and note a refusal before it is sent."""
        response = self.get_response(request)
        if response.status_code in (403, 404) and request.resolver_match is not None:
            refused = response.status_code == 403 or bool(request.resolver_match.kwargs)
            if refused and request.user.is_authenticated:
                thing, thing_id = place_of(request)
                note(act=Act.REFUSED, thing=thing, thing_id=thing_id, detail={"status": response.status_code})
        return response
