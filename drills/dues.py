"""Offices with deadlines whose reminders fall due at a given moment, made in bulk: nothing is waited for but them."""

import datetime
import itertools
import secrets
from collections.abc import Iterable, Sequence

from django.db import models, transaction

from accounts.models import Organization, User
from accounts.services import organization_create
from config.clock import now
from deadlines.models import Deadline
from deadlines.reminders.ledger import LEASE
from deadlines.reminders.models import Delivery, Reminder
from deadlines.reminders.planning import first_moment
from deadlines.reminders.ways import OffsetSetting, Ways
from drills.book import Due, Marks
from families.models import Family, Person

BEFORE = 1_439  # minutes: no whole days, so that it is exact and not the office's morning
WEIGHT = Deadline.Weight.RIGHT_LOST
# What no mail may say: it stands in the title of every deadline and the number of every family.
CANARY = "Tlacuache"
_numbers = itertools.count(1)


class Office:
    """An organization of its own for each fault: one reminder before each date, one paralegal for each family."""

    def __init__(
        self,
        people: int,
        *,
        mails: int,
        organization: Organization | None = None,
        digest_every: int = 5,
        offsets: Sequence[int] = (BEFORE,),
    ) -> None:
        """Every so-maniest of its people wants one mail for all that falls due together; the others one each.

        `mails` is how many the server has taken already. Faults that are small share an organization.
        """
        number = next(_numbers)
        if organization is None:
            organization = organization_create(slug=f"due-{number}", name=f"Office {number}")
            OffsetSetting.objects.create(organization=organization, weight=WEIGHT, offsets=list(offsets))
        self.organization: Organization = organization
        self.marks = Marks(_last(Deadline), _last(Delivery), mails)
        rows = [
            User(
                organization=organization,
                email=f"due-{number}-{one}@drill.example",
                name=f"{CANARY} {one}",
                role=User.Role.PARALEGAL,
                password="!" + secrets.token_hex(20),  # as `set_unusable_password`, for ten thousand at once
            )
            for one in range(people)
        ]
        self.people: list[User] = User.objects.bulk_create(rows, batch_size=1_000)
        Ways.objects.bulk_create(
            [
                Ways(organization=organization, user=user, digest=digest_every > 0 and place % digest_every == 0)
                for place, user in enumerate(self.people)
            ],
            batch_size=1_000,
        )
        self.supervisor, _is_new = User.objects.get_or_create(
            organization=organization,
            role=User.Role.SUPERVISOR,
            defaults={
                "email": f"due-{number}-supervisor@drill.example",
                "name": CANARY,
                "password": "!" + secrets.token_hex(20),
            },
        )
        self._families = (f"{CANARY}-{number}-{one}" for one in itertools.count(1))

    @transaction.atomic
    def due(
        self, moments: Sequence[datetime.datetime], *, ends: Sequence[datetime.datetime] | None = None
    ) -> list[Due]:
        """So many deadlines of as many families, each with its next reminder due at its moment.

        They end `BEFORE` minutes later, or at these `ends`.
        """
        ends = ends or [at + datetime.timedelta(minutes=BEFORE) for at in moments]
        people = itertools.islice(itertools.cycle(self.people), len(moments))
        families = Family.objects.bulk_create(
            [Family(organization=self.organization, reference=next(self._families), paralegal=user) for user in people],
            batch_size=1_000,
        )
        Person.objects.bulk_create(
            [
                Person(organization=self.organization, family=family, reference="p1", role="parent", given_names=CANARY)
                for family in families
            ],
            batch_size=1_000,
        )
        deadlines = Deadline._default_manager.bulk_create(
            [self._deadline(*one) for one in zip(families, moments, ends, strict=True)], batch_size=1_000
        )
        addresses = {user.pk: user.email for user in self.people}
        return [
            Due(
                deadline.pk,
                deadline.version,
                family.paralegal_id or 0,
                addresses[family.paralegal_id or 0],
                at.timestamp(),
            )
            for deadline, family, at in zip(deadlines, families, moments, strict=True)
        ]

    def _deadline(self, family: Family, at: datetime.datetime, end: datetime.datetime) -> Deadline:
        return Deadline(
            organization=self.organization,
            family=family,
            source=Deadline.Source.HAND,
            kind="own",
            key=f"own:{family.pk}",
            title=CANARY,
            weight=WEIGHT,
            due_on=end.date(),
            safe_on=end.date(),
            due_at=end,
            zone="UTC",
            entered_by=self.supervisor,
            remind_at=at,
        )

    def waiting(self) -> int:
        """How much is still to be told: deadlines whose moment has come, and reminders not yet at their end."""
        ours = {"organization": self.organization, "pk__gt": self.marks.deadline}
        planned = Deadline._default_manager.filter(**ours, remind_at__lte=now()).count()
        ours = {"organization": self.organization, "deadline__gt": self.marks.deadline}
        return planned + Reminder.objects.filter(**ours, ready_at__isnull=False).count()

    def close(self) -> None:
        """All of this is over: it costs the faults that follow nothing."""
        rows = Deadline._default_manager.filter(organization=self.organization, pk__gt=self.marks.deadline)
        rows.update(state=Deadline.State.DONE, ended_at=now(), remind_at=None)

    def is_done(self) -> bool:
        """Whether nothing is still to be told."""
        return not self.waiting()

    def deadlines_of(self, reminders: Sequence[int]) -> list[tuple[int, int]]:
        """The deadlines that these reminders are of, with the version that they speak of."""
        rows = Reminder.objects.filter(pk__in=reminders).order_by("pk")
        return sorted(set(rows.values_list("deadline_id", "deadline_version")))

    @transaction.atomic
    def end(self, deadline_id: int, *, moved: bool) -> None:
        """Somebody moves the deadline to the next day, or has done what was due."""
        row = Deadline._default_manager.select_for_update().get(pk=deadline_id)
        if moved:
            row.version += 1
            row.due_at = (row.due_at or now()) + datetime.timedelta(days=1)
            row.due_on = row.safe_on = row.due_at.date()
            row.remind_at = first_moment(row, now())
        else:
            row.state, row.ended_at, row.ended_by, row.remind_at = Deadline.State.DONE, now(), self.supervisor, None
        row.save()

    def not_passed_on(self, deadlines: Iterable[int]) -> list[str]:
        """A sentence for each of these deadlines of which the supervisor was not told by mail."""
        rows = Reminder.objects.filter(recipient=self.supervisor, channel=Reminder.Channel.MAIL, sent_at__isnull=False)
        missing = set(deadlines) - set(rows.values_list("deadline_id", flat=True))
        return [f"nobody else was told of deadline {pk}" for pk in sorted(missing)[:3]]

    def not_called_late(self) -> list[str]:
        """A sentence when a mail that went out does not know that it is late."""
        rows = Reminder.objects.filter(organization=self.organization, channel=Reminder.Channel.MAIL)
        plain = rows.exclude(why=Reminder.Why.CAUGHT_UP).count()
        return [f"{plain} late reminders do not say that they are"] if plain else []

    def told_of(self, deadlines: Iterable[int]) -> int:
        """Of how many of these deadlines somebody was told."""
        rows = Reminder.objects.filter(deadline_id__in=list(deadlines), sent_at__isnull=False)
        return rows.values("deadline_id").distinct().count()

    def let_leases_run_out(self) -> None:
        """As if the two minutes of every lease had gone by, for PostgreSQL's clock cannot be moved."""
        rows = Reminder.objects.filter(organization=self.organization, leased_until__isnull=False)
        rows.update(leased_until=models.F("leased_until") - LEASE - datetime.timedelta(seconds=1))


def _last(model: type[models.Model]) -> int:
    """The newest key of a table."""
    return int(model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0)


def now_and(seconds: float = 0.0) -> datetime.datetime:
    """So many seconds from now."""
    return now() + datetime.timedelta(seconds=seconds)
