"""Addresses of the desks and the dashboard."""

from django.urls import path

from desks import board_views, movement_views, question_views, queue_views, views
from desks.report import views as report_views

urlpatterns = [
    path("desk/", views.desk, name="desk"),
    path("desk/changes/", views.changes, name="desk-changes"),
    path("desk/queue/<int:pk>/", queue_views.outcome, name="desk-outcome"),
    path("desk/questions/", question_views.questions, name="desk-questions"),
    path("desk/seen/", views.seen, name="desk-seen"),
    path("views/save/", views.save_view, name="view-save"),
    path("views/remove/", views.remove_view, name="view-remove"),
    path("dashboard/", board_views.dashboard, name="dashboard"),
    path("dashboard/export/", board_views.export, name="dashboard-export"),
    path("dashboard/movement/", movement_views.movement, name="dashboard-movement"),
    path("dashboard/moved/", movement_views.moved, name="dashboard-moved"),
    path("dashboard/moved/export/", movement_views.moved_export, name="dashboard-moved-export"),
    path("dashboard/day/", movement_views.on_day, name="dashboard-day"),
    path("dashboard/workload/", movement_views.workload, name="dashboard-workload"),
    path("dashboard/report/", report_views.reports, name="reports"),
    path("dashboard/report/<int:pk>/", report_views.report, name="report"),
    path("dashboard/report/<int:pk>/people/", report_views.people, name="report-people"),
    path("dashboard/report/<int:pk>/moves/", report_views.moves, name="report-moves"),
    path("dashboard/report/<int:pk>/again/", report_views.again, name="report-again"),
    path("dashboard/report/<int:pk>/export/", report_views.export, name="report-export"),
    path("dashboard/report/<int:pk>/check/", report_views.check, name="report-check"),
]
