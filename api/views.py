"""The API's addresses: each asks a selector or a service of the pages, and hands on what it says."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, cast

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.generics import GenericAPIView
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.status import HTTP_201_CREATED
from rest_framework.views import APIView

from accounts.access import access_person, access_screening
from accounts.asking_again import is_fresh
from accounts.errors import Conflict
from accounts.models import User
from accounts.permissions import Permission, require
from api import selectors, serializers
from api.asking import (
    MOST_A_PAGE,
    PAGE_SIZE,
    ConfirmBody,
    DeadlinesQuery,
    DeclineBody,
    FamiliesQuery,
    NoQuery,
    OutcomeBody,
    PageQuery,
    PersonsQuery,
    ProposalsQuery,
    ScreeningBody,
    ScreeningsQuery,
    WithdrawBody,
    asked,
    write_key,
)
from api.decisions import DecisionShape
from api.describe import described
from api.fields import Strict
from audit.models import Act
from audit.readings import noted, whom
from config import clock
from families.proposals.services import proposal_confirm, proposal_decline, proposal_withdraw
from screenings.services import screening_add, screening_record


class Pages(PageNumberPagination):
    """Pages by number."""

    page_size = PAGE_SIZE
    page_size_query_param = "page_size"
    max_page_size = MOST_A_PAGE


class Asked(APIView):
    """A request of somebody signed in, whose address has nothing but what `query` knows."""

    query: ClassVar[type[Strict]] = NoQuery
    filters: dict[str, Any]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check who asks, then what is asked."""
        super().initial(request, *args, **kwargs)
        self.filters = asked(self.query, request.query_params)

    @property
    def actor(self) -> User:
        """Who is signed in."""
        return cast(User, self.request.user)

    def shown(self, rows: Iterable[Any], answer: Response, act: Act = Act.READ) -> Response:
        """The answer, noted with whom these rows are about."""
        return noted(self.request, answer, act=act, **whom(rows))


class Schema(Asked, SpectacularJSONAPIView):
    """What there is to ask (OpenAPI). Nothing of its address goes into the answer or its headers."""


class Listed(Asked, GenericAPIView[Any]):
    """A list in pages."""

    pagination_class = Pages
    query = PageQuery
    shape: ClassVar[type[BaseSerializer[Any]]]

    def rows(self, **keys: int) -> QuerySet[Any]:
        """All rows that the filters let through."""
        raise NotImplementedError

    def get(self, request: Request, **keys: int) -> Response:
        """One page of them."""
        page = self.paginate_queryset(self.rows(**keys)) or []
        return self.shown(page, self.get_paginated_response(self.shape(page, many=True).data), Act.LISTED)


@described(serializers.FamilyOut, query=FamiliesQuery, listed=True)
class Families(Listed):
    """The families of your organization, in order of their keys."""

    query = FamiliesQuery
    shape = serializers.FamilyOut

    def rows(self, **keys: int) -> QuerySet[Any]:
        return selectors.families(self.actor, self.filters)


@described(serializers.FamilyWithPersonsOut)
class Family(Asked):
    """One family, with who is in it."""

    def get(self, request: Request, pk: int) -> Response:
        family = selectors.family(self.actor, pk)
        return self.shown([family], Response(serializers.FamilyWithPersonsOut(family).data))


@described(DecisionShape)
class Decision(Asked):
    """What the agreement says today of each person of the family, with the chain of reasons, and its deadlines."""

    def get(self, request: Request, pk: int) -> Response:
        answer = Response(selectors.decision(self.actor, pk, clock.today()))
        return noted(request, answer, families=[pk])


@described(serializers.DeterminationOut, query=PageQuery, listed=True)
class Determinations(Listed):
    """The family's determinations with their reasons: the current one first, then the earlier ones."""

    shape = serializers.DeterminationOut

    def rows(self, **keys: int) -> QuerySet[Any]:
        return selectors.determinations(self.actor, keys["pk"])


@described(serializers.DeterminationOut)
class Determination(Asked):
    """One determination, current or earlier, with its reasons."""

    def get(self, request: Request, pk: int) -> Response:
        determination = selectors.determination(self.actor, pk)
        return self.shown([determination], Response(serializers.DeterminationOut(determination).data))


@described(serializers.PersonOut, query=PersonsQuery, listed=True)
class Persons(Listed):
    """The persons of all families, in order of their keys."""

    query = PersonsQuery
    shape = serializers.PersonOut

    def rows(self, **keys: int) -> QuerySet[Any]:
        return selectors.persons(self.actor, self.filters)


@described(serializers.PersonFactsOut)
class Person(Asked):
    """One person, with all that is on file about them."""

    def get(self, request: Request, pk: int) -> Response:
        person = selectors.person(self.actor, pk)
        return self.shown([person], Response(serializers.PersonFactsOut(person).data))


@described(serializers.RecordedOut, method="post", body=ScreeningBody)
class PersonScreenings(Asked):
    """Put a screening of this person on file. The header Idempotency-Key keeps a retry from adding it twice. What may
    lower somebody's protection waits for a second person: it is in `waiting`, and in force it is unknown."""

    def post(self, request: Request, pk: int) -> Response:
        require(self.actor, Permission.SCREENING_OUTCOME_RECORD)
        access_person(self.actor, pk)  # who may not, learns nothing of what the body should have been
        key = write_key(request, needed=True)
        values = asked(ScreeningBody, request.data)
        made = screening_add(actor=self.actor, person_id=pk, values=values, key=key, day=clock.today())
        screening = selectors.recorded(self.actor, made)
        return self.shown([screening], Response(serializers.RecordedOut(screening).data, status=HTTP_201_CREATED))


@described(serializers.ScreeningOut, query=ScreeningsQuery, listed=True)
class Screenings(Listed):
    """The screenings of all persons, in order of their keys."""

    query = ScreeningsQuery
    shape = serializers.ScreeningOut

    def rows(self, **keys: int) -> QuerySet[Any]:
        return selectors.screenings(self.actor, self.filters)


@described(serializers.RecordedOut, method="patch", body=OutcomeBody)
@described(serializers.RecordedOut)
class Screening(Asked):
    """One screening as it is in force, with the judge's review and what waits for a second person. PATCH records what
    became of it, and makes the family's determination anew; nothing is saved when somebody else has saved since the
    `version` that you read. What may lower somebody's protection is not in force until somebody else confirms it."""

    def get(self, request: Request, pk: int) -> Response:
        screening = selectors.recorded(self.actor, pk)
        return self.shown([screening], Response(serializers.RecordedOut(screening).data))

    def patch(self, request: Request, pk: int) -> Response:
        require(self.actor, Permission.SCREENING_OUTCOME_RECORD)
        access_screening(self.actor, pk)
        key = write_key(request, needed=False)
        values = asked(OutcomeBody, request.data)
        try:
            screening_record(
                actor=self.actor,
                screening_id=pk,
                version=values.pop("version"),
                erase=values.pop("erase", ()),
                reason=values.pop("reason", ""),
                values=values,
                key=key,
                day=clock.today(),
            )
        except Conflict:
            self.get(request, pk)  # the refusal tells what is on file, which is noted
            raise
        return self.get(request, pk)


@described(serializers.DeadlineOut, query=DeadlinesQuery, listed=True)
class Deadlines(Listed):
    """The deadlines of all families by their current determinations, the next one first."""

    query = DeadlinesQuery
    shape = serializers.DeadlineOut

    def rows(self, **keys: int) -> QuerySet[Any]:
        return selectors.deadlines(self.actor, self.filters)


@described(serializers.ProposalOut, query=ProposalsQuery, listed=True)
class Proposals(Listed):
    """Changes that wait, or waited, for a second person, in order of their keys."""

    query = ProposalsQuery
    shape = serializers.ProposalOut

    def rows(self, **keys: int) -> QuerySet[Any]:
        return selectors.proposals(self.actor, self.filters)


@described(serializers.ProposalDetailOut)
class Proposal(Asked):
    """One change that waits, or waited, for a second person."""

    def get(self, request: Request, pk: int) -> Response:
        proposal = selectors.proposal(self.actor, pk)
        return self.shown([proposal], Response(serializers.ProposalDetailOut(proposal).data))


class _Decided(Asked):
    """A decision about a change; the answer is the change as it then stands."""

    body: ClassVar[type[Strict]]
    service: ClassVar[Callable[..., int]]
    permission: ClassVar[Permission] = Permission.FACT_PROPOSAL_CONFIRM
    asks_again: ClassVar[bool] = False

    def post(self, request: Request, pk: int) -> Response:
        require(self.actor, self.permission)
        found = selectors.proposal(self.actor, pk)  # who may not, learns nothing of what the body should have been
        if self.asks_again and found.gives_up and not is_fresh(request._request):
            raise PermissionDenied(_("Sign in again first: who confirms this shows once more that it is they."))
        key = write_key(request, needed=False)
        values = asked(self.body, request.data)
        type(self).service(actor=self.actor, proposal_id=pk, key=key, day=clock.today(), **values)
        proposal = selectors.proposal(self.actor, pk)
        return self.shown([proposal], Response(serializers.ProposalDetailOut(proposal).data))


@described(serializers.ProposalDetailOut, method="post", body=ConfirmBody)
class ProposalConfirm(_Decided):
    """Put in force what somebody else typed. Refused for what you typed yourself (403), when somebody has decided or
    changed it since you read it (409), and for a form to return unless you have signed in just now (403)."""

    body = ConfirmBody
    service = proposal_confirm
    asks_again = True


@described(serializers.ProposalDetailOut, method="post", body=DeclineBody)
class ProposalDecline(_Decided):
    """Leave in force what is, and tell who typed the change why. Refused as confirming is."""

    body = DeclineBody
    service = proposal_decline


@described(serializers.ProposalDetailOut, method="post", body=WithdrawBody)
class ProposalWithdraw(_Decided):
    """Take back what you typed yourself and nobody has decided yet."""

    body = WithdrawBody
    service = proposal_withdraw
    permission = Permission.FAMILY_RECORD_CHANGE
