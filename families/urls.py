"""Addresses of the pages about families."""

from django.urls import path

from families import views

urlpatterns = [
    path("families/<int:pk>/", views.family, name="family"),
]
