"""Addresses of reminders: one's own, how one is reached, and how the clockwork does."""

from django.urls import path

from deadlines.reminders import health, operations_views, views, ways_views

urlpatterns = [
    path("reminders/", views.reminders, name="reminders"),
    path("reminders/bell/", views.bell, name="reminders-bell"),
    path("account/reminders/", ways_views.ways, name="reminder-ways"),
    path("account/absences/", ways_views.absences, name="absences"),
    path("account/absences/end/", ways_views.end_absence, name="absence-end"),
    path("account/devices/", ways_views.devices, name="devices"),
    path("operations/", operations_views.operations, name="operations"),
    path("operations/retry/", operations_views.retry, name="operations-retry"),
    path("operations/offsets/", operations_views.offsets, name="operations-offsets"),
    path("health/reminders/", health.health, name="health-reminders"),
    path("metrics/", health.metrics, name="metrics"),
]
