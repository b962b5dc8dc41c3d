"""Reminder, delivery, acknowledgement: who is to be told of a deadline, each try to do so, and who has seen it."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.owned import Owned, SameOrganization, choices_checked, owner_key


@choices_checked
class Reminder(Owned):
    """That somebody is to be told of a deadline's version, `offset` minutes before its moment, in one channel.

    There is one for each of these, whoever plans it and however often (the constraint `once`). Its states and who moves
    it from one to the next: docs/adr/0013. Its key is also the Message-ID of its mail, so that one sent again after a
    crash is seen to be the same.
    """

    family_path = "deadline__family_id"

    class Why(models.TextChoices):
        PLAN = "plan", _("planned")
        CAUGHT_UP = "caught_up", _("caught up after an outage")
        ESCALATION = "escalation", _("nobody has seen it")
        CHANGE = "change", _("the date has changed")

    class Channel(models.TextChoices):
        APP = "app", _("in Amparo")
        MAIL = "mail", _("by e-mail")
        PUSH = "push", _("on the device")

    class State(models.TextChoices):
        DUE = "due", _("due")
        CLAIMED = "claimed", _("taken by a worker")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        RETRY = "retry", _("to be tried again")
        PARKED = "parked", _("set aside after too many tries")
        VOID = "void", _("no longer needed")

    deadline = models.ForeignKey(
        "deadlines.Deadline", on_delete=models.CASCADE, related_name="reminders", db_constraint=False
    )
    deadline_version = models.PositiveIntegerField()
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reminders", db_constraint=False
    )
    offset = models.IntegerField(help_text=_("Minutes before the deadline's moment; negative after it."))
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    why = models.CharField(_("why"), max_length=20, choices=Why, default=Why.PLAN)
    covers = models.PositiveIntegerField(default=1, help_text=_("How many planned moments this one stands for."))
    due_at = models.DateTimeField(_("due at"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DUE)
    # When a worker may take it: `due_at` at first, after a failed try the moment of the next one. Empty when it ended.
    ready_at = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True)  # of the worker that has it, until `leased_until`
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Tries that failed for what is in the reminder itself, or in which the process died: five, and it is parked. A mail
    # server that is away is no fault of the reminder's.
    strikes = models.PositiveSmallIntegerField(default=0)
    # Of the mail in which it was first tried: what goes out again goes out with the same one.
    message_id = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    read_at = models.DateTimeField(_("seen at"), null=True, blank=True)
    problem = models.CharField(_("what went wrong"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            owner_key("deadlines_reminder_owner"),
            models.UniqueConstraint(
                fields=["deadline", "deadline_version", "recipient", "offset", "channel"],
                name="deadlines_reminder_once",
            ),
            SameOrganization(field="deadline", to="deadlines.Deadline", name="deadlines_reminder_deadline_owner"),
            SameOrganization(field="recipient", to="accounts.User", name="deadlines_reminder_recipient_owner"),
            models.CheckConstraint(
                condition=models.Q(state__in=["sent", "parked", "void"], ready_at=None)
                | models.Q(state__in=["due", "claimed", "sending", "retry"], ready_at__isnull=False),
                name="deadlines_reminder_ready",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="sent") | models.Q(sent_at__isnull=False), name="deadlines_reminder_sent"
            ),
        ]
        indexes = [
            # The sweep reads this one alone: it holds what is still to be sent, however much was sent before.
            models.Index(
                fields=["ready_at"], condition=models.Q(ready_at__isnull=False), name="deadlines_reminder_next"
            ),
            models.Index(
                fields=["organization", "recipient", "-sent_at"],
                condition=models.Q(channel="app", state="sent", read_at=None),
                name="deadlines_reminder_unread",
            ),
            models.Index(
                fields=["organization", "-id"], condition=models.Q(state="parked"), name="deadlines_reminder_parked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deadline_id} {self.channel} {self.state}"


@choices_checked
class Delivery(Owned):
    """One try to deliver one or more reminders (a digest) to one person: when, how, and what became of it.

    Written before the try with `began_at` and no result; a result that stays empty is a process that died in it.
    """

    class Result(models.TextChoices):
        SENT = "sent", _("taken by the other side")
        DEFERRED = "deferred", _("put off by the other side")
        REFUSED = "refused", _("refused by the other side")
        BOUNCED = "bounced", _("came back later")
        FAILED = "failed", _("could not be tried")
        UNKNOWN = "unknown", _("ended without an answer")

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Reminder.Channel)
    reminders = ArrayField(models.BigIntegerField())
    message_id = models.CharField(max_length=200, blank=True)
    began_at = models.DateTimeField(_("began at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    result = models.CharField(_("result"), max_length=10, choices=Result, null=True, blank=True)
    code = models.CharField(_("answer"), max_length=60, blank=True)  # such as 421; never the other side's text

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            SameOrganization(field="recipient", to="accounts.User", name="deadlines_delivery_recipient_owner")
        ]
        indexes = [
            models.Index(fields=["organization", "-began_at"], name="deadlines_delivery_by_moment"),
            models.Index(fields=["began_at"], condition=models.Q(result=None), name="deadlines_delivery_open"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.result}"


class Acknowledgement(Owned):
    """That somebody said on the page: I have seen this version of the deadline, and it is with me."""

    family_path = "deadline__family_id"

    deadline = models.ForeignKey(
        "deadlines.Deadline", on_delete=models.CASCADE, related_name="acknowledgements", db_constraint=False
    )
    deadline_version = models.PositiveIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("acknowledgement")
        verbose_name_plural = _("acknowledgements")
        constraints = [
            models.UniqueConstraint(fields=["deadline", "deadline_version", "user"], name="deadlines_seen_once"),
            SameOrganization(field="deadline", to="deadlines.Deadline", name="deadlines_seen_deadline_owner"),
            SameOrganization(field="user", to="accounts.User", name="deadlines_seen_user_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.deadline_id} {self.user_id}"


class Tick(models.Model):
    """When each part of the clockwork last did its work; belongs to the installation. One row for a `name`."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
    # The product's own moment then (config.clock.moment); a jump between the two clocks is a clock that was moved.
    moment = models.DateTimeField()
    held_because = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name = _("tick")
        verbose_name_plural = _("ticks")

    def __str__(self) -> str:
        return self.name
