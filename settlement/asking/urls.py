"""Addresses of what to ask."""

from django.urls import path

from settlement.asking import views

urlpatterns = [
    path("people/<int:pk>/questions/", views.questions, name="questions"),
    path("people/<int:pk>/what-if/", views.try_out, name="what-if"),
]
