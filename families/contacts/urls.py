"""Addresses of a family's notes and contacts."""

from django.urls import path

from families.contacts import views

urlpatterns = [
    path("families/<int:pk>/contacts/", views.contacts, name="family-contacts"),
    path("families/<int:pk>/notes/", views.note, name="family-notes"),
]
