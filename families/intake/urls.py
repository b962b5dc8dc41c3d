"""Addresses of the intake sheet."""

from django.urls import path

from families.intake import views

urlpatterns = [
    path("intake/", views.sheets, name="intake"),
    path("intake/<int:pk>/", views.sheet, name="intake-sheet"),
    path("intake/<int:pk>/import/", views.confirm, name="intake-import"),
    path("intake/<int:pk>/refused/", views.refused, name="intake-refused"),
    path("intake/<int:pk>/report/", views.report, name="intake-report"),
]
