"""Addresses of the board."""

from django.urls import path

from deadlines.board import moving, views

urlpatterns = [
    path("board/", views.overview, name="board"),
    path("board/dates/", views.dates, name="board-dates"),
    path("board/move/", moving.move, name="board-move"),
]
