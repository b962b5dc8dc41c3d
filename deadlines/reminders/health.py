"""Whether reminders go out, for a monitor outside: yes or no to everybody, numbers to who has the token."""

import hmac

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from accounts import scope
from config import clock
from deadlines.reminders.guard import HOLD, SWEEP
from deadlines.reminders.lateness import BEHIND, LATE, SILENT
from deadlines.reminders.models import Reminder, Tick


def _state() -> dict[str, float]:
    """Seconds since the last sweep and of lateness then, and whether the sweep holds, of the whole installation."""
    ticks = {tick.name: tick for tick in Tick.objects.all()}
    swept, behind, held = ticks.get(SWEEP), ticks.get(BEHIND), ticks.get(HOLD)
    return {
        "since_sweep": (clock.now() - swept.at).total_seconds() if swept else float("inf"),
        "behind": max((clock.moment() - behind.moment).total_seconds(), 0.0) if behind else 0.0,
        "held": float(bool(held and held.held_because)),
    }


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """`ok`, or 503 and one word: silent (no sweep for three minutes), held, late (by 15 minutes). No more than that."""
    state = _state()
    if state["held"]:
        said = "held"
    elif state["since_sweep"] > SILENT.total_seconds():
        said = "silent"
    else:
        said = "late" if state["behind"] > LATE.total_seconds() else "ok"
    return HttpResponse(f"{said}\n", content_type="text/plain; charset=utf-8", status=200 if said == "ok" else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Numbers in Prometheus' format, of the whole installation; 404 for everybody without the token."""
    token = str(settings.AMPARO_METRICS_TOKEN)
    given = request.headers.get("Authorization", "")
    if not token or not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        raise Http404
    registry, state = CollectorRegistry(), _state()
    for name, says, value in (
        ("sweep_age_seconds", "Seconds since the last sweep of reminders", state["since_sweep"]),
        ("late_seconds", "Age of the oldest reminder that should have gone out", state["behind"]),
        ("held", "Whether reminders are held because the clock jumped", state["held"]),
        *_numbers(),
    ):
        Gauge(f"amparo_reminders_{name}", says, registry=registry).set(value)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _numbers() -> list[tuple[str, str, float]]:
    waiting = retrying = parked = 0
    for organization_id in scope.organization_ids():
        with scope.scope(organization_id=organization_id, actor_id=None):
            rows = Reminder.objects.filter(organization_id=organization_id)
            coming = rows.filter(ready_at__isnull=False)
            waiting += coming.filter(ready_at__lte=clock.moment()).count()
            retrying += coming.filter(state=Reminder.State.RETRY).count()
            parked += rows.filter(state=Reminder.State.PARKED).count()
    return [
        ("waiting", "Reminders that are ready and not sent", waiting),
        ("retrying", "Reminders that wait for another try", retrying),
        ("parked", "Reminders set aside after too many tries", parked),
    ]
