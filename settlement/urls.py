"""Addresses of the desks, the dashboard and the help."""

from django.urls import path

from settlement import help_views, views

urlpatterns = [
    path("desk/", views.desk, name="desk"),
    path("dashboard/", views.dashboard, name="dashboard"),
    path("help/words/", help_views.words, name="words"),
]
