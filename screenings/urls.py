"""Addresses of recording screenings."""

from django.urls import path

from screenings import views

urlpatterns = [
    path("screenings/<int:pk>/record/", views.record, name="screening-record"),
    path("people/<int:pk>/screenings/new/", views.add, name="screening-add"),
]
