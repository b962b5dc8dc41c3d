"""Addresses of the trace."""

from django.urls import path

from audit import views

urlpatterns = [
    path("trace/", views.trace, name="trace"),
    path("trace/find/", views.find, name="trace-find"),
    path("trace/export/", views.export, name="trace-export"),
]
