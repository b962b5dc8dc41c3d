"""Addresses of what waits for a second person."""

from django.urls import path

from families.proposals import views

urlpatterns = [
    path("proposals/", views.queue, name="proposals"),
    path("proposals/<int:pk>/", views.proposal, name="proposal"),
    path("proposals/<int:pk>/confirm/", views.confirm, name="proposal-confirm"),
    path("proposals/<int:pk>/decline/", views.decline, name="proposal-decline"),
    path("proposals/<int:pk>/withdraw/", views.withdraw, name="proposal-withdraw"),
]
