"""Addresses of papers and letters."""

from django.urls import path

from documents import views
from documents.letters import template_views
from documents.letters import views as letter_views

urlpatterns = [
    path("people/<int:pk>/papers/", views.papers, name="papers"),
    path("families/<int:pk>/letters/", letter_views.letters, name="letters"),
    path("letters/<int:pk>/", letter_views.letter, name="letter"),
    path("letters/<int:pk>/approve/", letter_views.approve, name="letter-approve"),
    path("letters/<int:pk>/act/", letter_views.act, name="letter-act"),
    path("letters/<int:pk>/pdf/", letter_views.download, name="letter-pdf"),
    path("letter-templates/", template_views.templates, name="letter-templates"),
    path("letter-templates/fields/", template_views.fields, name="letter-fields"),
]
