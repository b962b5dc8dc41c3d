"""Addresses of a new family."""

from django.urls import path

from families.wizard import views

urlpatterns = [
    path("families/new/", views.new_family, name="new-family"),
    path("families/new/discard/", views.discard, name="draft-discard"),
]
