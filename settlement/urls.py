"""Addresses of the help."""

from django.urls import path

from settlement import help_views

urlpatterns = [
    path("help/words/", help_views.words, name="words"),
]
