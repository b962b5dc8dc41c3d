"""Addresses of dates."""

from django.urls import path

from deadlines import hearing_views, list_views, views
from deadlines.office import views as office

urlpatterns = [
    path("deadlines/", list_views.deadlines, name="deadlines"),
    path("deadlines/export/", list_views.export, name="deadlines-export"),
    path("dates/<int:pk>/", views.sheet, name="date"),
    path("dates/<int:pk>/confirm/", views.confirm, name="date-confirm"),
    path("dates/<int:pk>/correct/", views.correct, name="date-correct"),
    path("dates/<int:pk>/done/", views.done, name="date-done"),
    path("dates/<int:pk>/not-needed/", views.not_needed, name="date-not-needed"),
    path("dates/<int:pk>/reopen/", views.reopen, name="date-reopen"),
    path("families/<int:pk>/dates/new/", views.new, name="date-new"),
    path("hearings/<int:pk>/", hearing_views.hearing, name="hearing"),
    path("dates/catalogue/", views.catalogue, name="date-catalogue"),
    path("dates/closures/", views.closure_page, name="closures"),
    path("dates/closures/<int:pk>/remove/", views.closure_off, name="closure-remove"),
    path("dates/rules/", office.rules, name="office-rules"),
    path("dates/rules/known/", office.known, name="office-rule-known"),
    path("dates/rules/new/", office.new, name="office-rule-new"),
    path("dates/rules/<int:pk>/", office.own, name="office-rule"),
]
