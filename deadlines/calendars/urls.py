"""Addresses of the calendar, and of the feed that a calendar program reads."""

from django.urls import path

from deadlines.calendars import feed_views, views

urlpatterns = [
    path("calendar/", views.month, name="calendar"),
    path("calendar/agenda/", views.agenda, name="calendar-agenda"),
    path("calendar/feed/<str:secret>.ics", feed_views.read, name="calendar-feed"),
    path("calendar/initials/", feed_views.initials, name="calendar-initials"),
    path("account/calendar/", feed_views.page, name="calendar-address"),
    path("account/calendar/make/", feed_views.make, name="calendar-address-make"),
    path("account/calendar/revoke/", feed_views.revoke, name="calendar-address-revoke"),
]
