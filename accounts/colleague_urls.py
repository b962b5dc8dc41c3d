"""Addresses of the pages about colleagues, and of the page that an invitation leads to."""

from django.urls import path

from accounts import colleague_views as views
from accounts import invitation_views

urlpatterns = [
    path("colleagues/", views.colleagues, name="colleagues"),
    path("colleagues/invite/", views.invite, name="colleague-invite"),
    path("colleagues/<int:pk>/", views.colleague, name="colleague"),
    path("colleagues/<int:pk>/sign-out/", views.sign_out, name="colleague-sign-out"),
    path("invitations/<int:pk>/resend/", views.resend, name="invitation-resend"),
    path("invitations/<int:pk>/revoke/", views.revoke, name="invitation-revoke"),
    path("permissions/", views.permissions, name="permissions"),
    path("invitation/", invitation_views.accept, name="invitation"),
    path("invitation/<str:token>/", invitation_views.link, name="invitation-link"),
]
