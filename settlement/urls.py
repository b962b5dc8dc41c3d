"""Addresses of the desks and the dashboard."""

from django.urls import path

from settlement import views

urlpatterns = [
    path("desk/", views.desk, name="desk"),
    path("dashboard/", views.dashboard, name="dashboard"),
]
