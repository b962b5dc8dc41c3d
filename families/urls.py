"""Addresses of the pages about families."""

from django.urls import path

from families import paper, views, wall_views

urlpatterns = [
    path("families/<int:pk>/", views.family, name="family"),
    path("families/<int:pk>/paper/", paper.paper, name="family-paper"),
    path("families/<int:pk>/access/", wall_views.page, name="family-access"),
    path("families/<int:pk>/walls/", wall_views.make_wall, name="family-wall"),
    path("families/<int:pk>/openings/", wall_views.make_opening, name="family-opening"),
    path("walls/<int:pk>/end/", wall_views.end_wall, name="wall-end"),
    path("openings/<int:pk>/", wall_views.change_opening, name="opening-change"),
]
