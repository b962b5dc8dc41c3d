"""Addresses of the lists of families, persons and screenings."""

from django.urls import path

from families import list_views as views
from families.assigning import assign

urlpatterns = [
    path("families/", views.families, name="families"),
    path("families/search/", views.search, {"name": "families"}, name="families-search"),
    path("families/export/", views.export, {"name": "families"}, name="families-export"),
    path("families/assign/", assign, name="families-assign"),
    path("people/", views.people, name="people"),
    path("people/search/", views.search, {"name": "people"}, name="people-search"),
    path("people/export/", views.export, {"name": "people"}, name="people-export"),
    path("screenings/", views.screenings, name="screenings"),
    path("screenings/export/", views.export, {"name": "screenings"}, name="screenings-export"),
]
