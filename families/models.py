"""Families, the people in them, and the facts about a person that are not a screening, an election or a court's.

An attribute that is NULL is unknown. Whether an empty list means "none" or "unknown" is said by the flags
`custody_known`, `departures_known` and `parents_known`; a list with rows is known.
"""

from typing import Any, ClassVar, NoReturn

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.owned import (
    Fact,
    Owned,
    OwnedQuerySet,
    SameOrganization,
    choices_checked,
    history,
    order_check,
    owner_key,
)
from families.contacts.models import ContactAttempt, Note  # noqa: F401  # Django looks for a room's tables here
from families.intake.models import ImportJob  # noqa: F401
from families.proposals.models import Proposal  # noqa: F401
from families.wizard.models import IntakeDraft  # noqa: F401

A_NUMBER = r"^A[0-9]{9}$"


class Family(Fact):
    """A family as the office keeps it: the persons of one file. Its reference is the office's own number."""

    family_path = "pk"

    # Order by reference is the order of its characters' code points, whatever the language of the database.
    reference = models.CharField(_("family number"), max_length=500, db_collation="C")
    attorney = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        null=True,
        blank=True,
        verbose_name=_("attorney"),
    )
    paralegal = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        null=True,
        blank=True,
        verbose_name=_("paralegal"),
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    history = history()

    class Meta:
        verbose_name = _("family")
        verbose_name_plural = _("families")
        constraints = [
            owner_key("families_family_owner"),
            models.UniqueConstraint(
                fields=["organization", "reference"],
                name="families_family_reference",
                violation_error_message=_("Another family has this number."),
            ),
            models.CheckConstraint(
                condition=~models.Q(reference=""),
                name="families_family_reference_given",
                violation_error_message=_("A family needs a number."),
            ),
            SameOrganization(field="attorney", to="accounts.User", name="families_family_attorney_owner"),
            SameOrganization(field="paralegal", to="accounts.User", name="families_family_paralegal_owner"),
        ]
        indexes = [
            models.Index(fields=["organization", "attorney"], name="families_family_by_attorney"),
            models.Index(fields=["organization", "paralegal"], name="families_family_by_paralegal"),
        ]

    def __str__(self) -> str:
        return self.reference


@choices_checked
class Person(Fact):
    """A parent, guardian or child of a family, with what is known of them."""

    family_path = "family_id"

    class Role(models.TextChoices):
        PARENT = "parent", _("parent")
        GUARDIAN = "guardian", _("guardian")
        CHILD = "child", _("child")

    class Place(models.TextChoices):
        PORT_OF_ENTRY = "port_of_entry", _("at a port of entry")
        BETWEEN_PORTS = "between_ports", _("between ports of entry")
        INTERIOR = "interior", _("in the interior")

    family = models.ForeignKey(Family, on_delete=models.CASCADE, related_name="persons", db_constraint=False)
    reference = models.CharField(_("number in the family"), max_length=500, db_collation="C")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    given_names = models.TextField(_("given names"))
    family_names = models.TextField(_("family names"), blank=True)
    a_number = models.CharField(
        _("A-number"), max_length=10, null=True, blank=True, validators=[RegexValidator(A_NUMBER)]
    )
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    country = models.TextField(_("country"), blank=True)
    language = models.TextField(_("language"), blank=True)
    noncitizen = models.BooleanField(_("not a citizen"), null=True, blank=True)
    lacks_capacity = models.BooleanField(_("lacks legal capacity"), null=True, blank=True)
    entry_on = models.DateField(_("day of entry"), null=True, blank=True)
    entry_place = models.CharField(_("place of entry"), max_length=20, choices=Place, null=True, blank=True)
    custody_known = models.BooleanField(_("custody is known"), default=False)
    departures_known = models.BooleanField(_("departures are known"), default=False)
    parents_known = models.BooleanField(_("parents are known"), default=False)
    asylum_filed_on = models.DateField(_("asylum application filed on"), null=True, blank=True)
    phone = models.TextField(_("telephone"), blank=True)
    email = models.TextField(_("e-mail"), blank=True)
    contact_note = models.TextField(
        _("safe contact"),
        blank=True,
        help_text=_("Safe ways to make contact, and what must not be said to whom."),
    )
    notes = models.TextField(_("notes"), blank=True)
    extra = models.JSONField(_("other columns of the sheet"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    search = models.GeneratedField(
        expression=models.Func("given_names", "family_names", "reference", "a_number", function="amparo_person_search"),
        output_field=models.TextField(),
        db_persist=True,
    )

    history = history(without=["search"])

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("persons")
        constraints = [
            owner_key("families_person_owner"),
            SameOrganization(field="family", to="families.Family", name="families_person_family_owner"),
            models.UniqueConstraint(
                fields=["family", "reference"],
                name="families_person_reference",
                violation_error_message=_("Another person of this family has this number."),
            ),
            models.UniqueConstraint(
                fields=["organization", "a_number"],
                name="families_person_a_number",
                violation_error_message=_("Another person has this A-number."),
            ),
            models.CheckConstraint(
                condition=~models.Q(reference=""),
                name="families_person_reference_given",
                violation_error_message=_("A person needs a number in the family."),
            ),
            models.CheckConstraint(
                condition=models.Q(a_number__regex=A_NUMBER),
                name="families_person_a_number_form",
                violation_error_message=_("An A-number is the letter A and nine digits."),
            ),
            models.CheckConstraint(
                condition=models.Q(role="child") | models.Q(parents_known=False),
                name="families_person_parents_of_child",
                violation_error_message=_("Only a child's parents are recorded."),
            ),
        ]
        indexes = [
            GinIndex(
                "organization_id", OpClass(models.F("search"), name="gin_trgm_ops"), name="families_person_search"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """Given and family names as people have them."""
        return f"{self.given_names} {self.family_names}".strip()


class _Face:
    """Persons of some roles, to read. Writing goes through `Person`, whose history would miss a change made here."""

    def save(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("Save this row as a Person, so that its history is kept.")

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("Delete this row as a Person, so that its history is kept.")


class ParentManager(models.Manager["Parent"].from_queryset(OwnedQuerySet["Parent"])):  # type: ignore[misc]
    """Parents and guardians."""

    def get_queryset(self) -> OwnedQuerySet["Parent"]:
        persons: OwnedQuerySet[Parent] = super().get_queryset()
        return persons.exclude(role=Person.Role.CHILD)


class ChildManager(models.Manager["Child"].from_queryset(OwnedQuerySet["Child"])):  # type: ignore[misc]
    """Children."""

    def get_queryset(self) -> OwnedQuerySet["Child"]:
        persons: OwnedQuerySet[Child] = super().get_queryset()
        return persons.filter(role=Person.Role.CHILD)


@choices_checked
class ParentLink(Fact):
    """That a child has this parent or guardian, and how they entered, were separated and were brought together."""

    family_path = "child__family_id"

    class SeparatedBy(models.TextChoices):
        DHS = "dhs", _("DHS")
        OTHER = "other", _("someone else")

    class Reunification(models.TextChoices):
        COURT_ORDER = "court_order", _("under the court's order")
        SPONSOR = "sponsor", _("with a sponsor")
        ABROAD = "abroad", _("abroad")
        DECLINED = "declined", _("declined")

    child = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="parent_links", db_constraint=False)
    parent = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="child_links", db_constraint=False)
    entered_together = models.BooleanField(_("entered together"), null=True, blank=True)
    separated_on = models.DateField(_("separated on"), null=True, blank=True)
    separated_by = models.CharField(_("separated by"), max_length=20, choices=SeparatedBy, null=True, blank=True)
    reunified_on = models.DateField(_("reunified on"), null=True, blank=True)
    reunification = models.CharField(_("reunification"), max_length=20, choices=Reunification, null=True, blank=True)

    history = history()

    class Meta:
        verbose_name = _("parent of a child")
        verbose_name_plural = _("parents of children")
        # That the child is a child, the parent none, and both of one family is held by a trigger (migration 0002).
        constraints = [
            SameOrganization(field="child", to="families.Person", name="families_parentlink_child_owner"),
            SameOrganization(field="parent", to="families.Person", name="families_parentlink_parent_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.child_id} - {self.parent_id}"


@choices_checked
class Custody(Fact):
    """A time for which the government held someone; without an end, they are still held."""

    family_path = "person__family_id"

    class By(models.TextChoices):
        DHS = "dhs", _("DHS")
        ORR = "orr", _("ORR")
        ORR_FOSTER = "orr_foster", _("ORR foster care")
        OTHER = "other", _("someone else")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="custodies", db_constraint=False)
    by = models.CharField(_("held by"), max_length=20, choices=By, null=True, blank=True)
    began_on = models.DateField(_("from"), null=True, blank=True)
    ended_on = models.DateField(_("to"), null=True, blank=True)

    history = history()

    class Meta:
        verbose_name = _("custody")
        verbose_name_plural = _("custodies")
        constraints = [
            SameOrganization(field="person", to="families.Person", name="families_custody_owner"),
            order_check("began_on", "ended_on", name="families_custody_order"),
        ]

    def __str__(self) -> str:
        return f"{self.by} {self.began_on}"


@choices_checked
class Departure(Fact):
    """That someone left the country; without a day of return, they are not back."""

    family_path = "person__family_id"

    class Kind(models.TextChoices):
        REMOVED = "removed", _("removed")
        RETURNED = "returned", _("returned")
        LEFT = "left", _("left")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="departures", db_constraint=False)
    departed_on = models.DateField(_("departed on"), null=True, blank=True)
    kind = models.CharField(_("how"), max_length=20, choices=Kind, null=True, blank=True)
    back_on = models.DateField(_("back on"), null=True, blank=True)

    history = history()

    class Meta:
        verbose_name = _("departure")
        verbose_name_plural = _("departures")
        constraints = [
            SameOrganization(field="person", to="families.Person", name="families_departure_owner"),
            order_check("departed_on", "back_on", name="families_departure_order"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.departed_on}"


@choices_checked
class Exclusion(Fact):
    """A ground on which the government may say that the order does not cover someone."""

    family_path = "person__family_id"

    class Kind(models.TextChoices):
        CRIMINAL_HISTORY = "criminal_history", _("criminal history")
        COMMUNICABLE_DISEASE = "communicable_disease", _("communicable disease")
        INTERIOR_ARREST = "interior_arrest", _("arrest in the interior")
        UNFIT_OR_DANGER = "unfit_or_danger", _("unfit, or a danger to the child")

    class Status(models.TextChoices):
        ALLEGED = "alleged", _("alleged")
        CONTESTED = "contested", _("contested")
        ESTABLISHED = "established", _("established")
        WITHDRAWN = "withdrawn", _("withdrawn")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="exclusions", db_constraint=False)
    kind = models.CharField(_("ground"), max_length=30, choices=Kind, null=True, blank=True)
    status = models.CharField(_("status"), max_length=20, choices=Status, null=True, blank=True)

    history = history()

    class Meta:
        verbose_name = _("exclusion")
        verbose_name_plural = _("exclusions")
        constraints = [
            SameOrganization(field="person", to="families.Person", name="families_exclusion_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.status}"


class SheetRow(Owned):
    """What the last intake sheet said of a person, group by group, so that the next one can tell what has changed."""

    family_path = "person__family_id"

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="sheet_row", db_constraint=False)
    values = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        constraints = [
            SameOrganization(field="person", to="families.Person", name="families_sheetrow_owner"),
        ]

    def __str__(self) -> str:
        return str(self.person_id)


class Parent(_Face, Person):
    """The face of a person who is a parent or guardian."""

    objects: ClassVar[ParentManager] = ParentManager()

    class Meta:
        proxy = True
        verbose_name = _("parent or guardian")
        verbose_name_plural = _("parents and guardians")


class Child(_Face, Person):
    """The face of a person who is a child."""

    objects: ClassVar[ChildManager] = ChildManager()

    class Meta:
        proxy = True
        verbose_name = _("child")
        verbose_name_plural = _("children")
