"""Addresses of the pages on which facts are typed: one for each kind of fact."""

from django.urls import path

from families.editing import views
from families.tables import FACTS

urlpatterns = [
    path("people/<int:pk>/", views.person_change, name="person-change"),
    path("people/<int:pk>/facts/new/", views.fact_new, name="fact-new"),
    path("families/<int:pk>/people/new/", views.person_new, name="person-new"),
    *(path(f"{kind.replace('_', '-')}/<int:pk>/", views.fact, {"kind": kind}, name=f"fact-{kind}") for kind in FACTS),
]
