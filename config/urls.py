"""Which room answers which address."""

from django.urls import URLPattern, URLResolver, include, path

from config.health import health

handler400 = "config.errors.bad_request"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health, name="health"),
    path("api/", include("api.urls")),
    path("", include("accounts.urls")),
    path("", include("accounts.colleague_urls")),
    path("", include("families.list_urls")),
    path("", include("families.wizard.urls")),
    path("", include("families.urls")),
    path("", include("desks.urls")),
    path("", include("families.contacts.urls")),
    path("", include("families.editing.urls")),
    path("", include("settlement.urls")),
    path("", include("settlement.asking.urls")),
    path("", include("families.intake.urls")),
    path("", include("families.proposals.urls")),
    path("", include("screenings.urls")),
    path("", include("deadlines.reminders.urls")),
    path("", include("deadlines.calendars.urls")),
    path("", include("deadlines.board.urls")),
    path("", include("deadlines.urls")),
    path("", include("documents.urls")),
    path("", include("audit.urls")),
]
