"""Addresses of papers and letters."""

from django.urls import path

from documents import views

urlpatterns = [
    path("people/<int:pk>/papers/", views.papers, name="papers"),
]
