"""Addresses of the calendar."""

from django.urls import path

from deadlines.calendars import views

urlpatterns = [
    path("calendar/", views.month, name="calendar"),
    path("calendar/agenda/", views.agenda, name="calendar-agenda"),
]
