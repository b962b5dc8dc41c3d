"""Addresses of the API; none holds anything personal."""

from django.urls import path

from api import views

urlpatterns = [
    path("schema/", views.Schema.as_view(), name="schema"),
    path("v1/families/", views.Families.as_view()),
    path("v1/families/<int:pk>/", views.Family.as_view()),
    path("v1/families/<int:pk>/decision/", views.Decision.as_view()),
    path("v1/families/<int:pk>/determinations/", views.Determinations.as_view()),
    path("v1/determinations/<int:pk>/", views.Determination.as_view()),
    path("v1/persons/", views.Persons.as_view()),
    path("v1/persons/<int:pk>/", views.Person.as_view()),
    path("v1/persons/<int:pk>/screenings/", views.PersonScreenings.as_view()),
    path("v1/screenings/", views.Screenings.as_view()),
    path("v1/screenings/<int:pk>/", views.Screening.as_view()),
    path("v1/deadlines/", views.Deadlines.as_view()),
    path("v1/proposals/", views.Proposals.as_view()),
    path("v1/proposals/<int:pk>/", views.Proposal.as_view()),
    path("v1/proposals/<int:pk>/confirm/", views.ProposalConfirm.as_view()),
    path("v1/proposals/<int:pk>/decline/", views.ProposalDecline.as_view()),
    path("v1/proposals/<int:pk>/withdraw/", views.ProposalWithdraw.as_view()),
]
