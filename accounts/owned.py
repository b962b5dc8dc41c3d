"""What every table of an organization's data has in common: its owner, its wall and its version.

The wall has two sides. Reading starts at `visible_to(actor)`. Writing is held by PostgreSQL: `SameOrganization` is a
foreign key over both columns, so a row can never belong to another organization than the row it hangs on.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar, cast

from django.apps import apps
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

if TYPE_CHECKING:
    from accounts.models import User

M = TypeVar("M", bound=models.Model)


class OwnedQuerySet(models.QuerySet[M], Generic[M]):
    """Rows that belong to an organization."""

    def visible_to(self, actor: "User") -> Self:
        """The rows that this person may see: of their organization, and of a family only what they see of families.

        This is the one place that says so. Walls and openings are read by PostgreSQL within the same query: they hold
        from the moment they are made, and nobody pays a query for them.
        """
        rows = self.filter(organization_id=actor.organization_id)
        path = getattr(self.model, "family_path", "")
        return rows.filter(_sees_family(actor, path)) if path else rows


def _sees_family(actor: "User", path: str) -> models.Q:
    """True of rows on whose family this person may work; `path` leads from the row to the family's key.

    Who does no case work sees no family. A volunteer sees those that are open to them now. A wall goes before all else.
    """
    if not actor.does_case_work:
        return models.Q(pk__in=[])
    condition = ~models.Q(**{f"{path}__in": _families_of("Wall", actor)})
    if actor.is_volunteer:
        condition &= models.Q(**{f"{path}__in": _families_of("Opening", actor)})
    return condition


def _families_of(kind: str, actor: "User") -> models.QuerySet[Any, Any]:
    """The keys of the families that the actor's walls, or openings, name and that hold now."""
    rows: Any = apps.get_model("accounts", kind)._default_manager
    return cast("models.QuerySet[Any, Any]", rows.in_force().filter(user_id=actor.pk).values("family_id"))


class Owned(models.Model):
    """A row of an organization's data."""

    # The way from a row to the key of the family that it hangs on; empty for what belongs to no one family.
    family_path: ClassVar[str] = ""

    # The unique (organization, id) pairs and the lists' indexes all begin with the organization.
    organization = models.ForeignKey(
        "accounts.Organization",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("organization"),
    )

    objects = OwnedQuerySet.as_manager()

    class Meta:
        abstract = True


class Fact(Owned):
    """A row of facts. Each change raises its version, which a page sends back to show that it saw the newest."""

    version = models.PositiveIntegerField(default=1, editable=False)

    if TYPE_CHECKING:
        history: ClassVar[Any]

    class Meta(Owned.Meta):
        abstract = True


class SameOrganization(models.BaseConstraint):
    """`field` (a foreign key) leads to a row of the same organization.

    In SQL: FOREIGN KEY (organization_id, field_id) REFERENCES table (organization_id, id). The field itself has
    `db_constraint=False`, for this key says more; the table it leads to declares `owner_key()`. Like Django's own
    keys it is checked when the transaction commits.
    """

    def __init__(self, *, field: str, to: str, name: str) -> None:
        super().__init__(name=name)
        self.field = field
        self.to = to

    def _definition(self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor) -> str:
        quote = schema_editor.quote_name
        _attribute, column = cast(models.ForeignKey[Any, Any], model._meta.get_field(self.field)).get_attname_column()
        return (
            f"CONSTRAINT {quote(self.name)} FOREIGN KEY ({quote('organization_id')}, {quote(column)}) "
            f"REFERENCES {quote(self.to.replace('.', '_').lower())} ({quote('organization_id')}, {quote('id')}) "
            "DEFERRABLE INITIALLY DEFERRED"
        )

    def constraint_sql(  # type: ignore[override]  # Django always gives both
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor
    ) -> str:
        return self._definition(model, schema_editor)

    def create_sql(  # type: ignore[override]
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor
    ) -> str:
        return (
            f"ALTER TABLE {schema_editor.quote_name(model._meta.db_table)} ADD {self._definition(model, schema_editor)}"
        )

    def remove_sql(  # type: ignore[override]
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor
    ) -> str:
        quote = schema_editor.quote_name
        return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}"

    def validate(
        self, model: type[models.Model], instance: models.Model, exclude: Any = None, using: str = "default"
    ) -> None:
        """Nothing to say to a form: no form offers a row of another organization."""

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "field": self.field, "to": self.to}

    def __eq__(self, other: object) -> bool:
        if isinstance(other, SameOrganization):
            return (self.name, self.field, self.to) == (other.name, other.field, other.to)
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]


def owner_key(name: str) -> models.UniqueConstraint:
    """What a `SameOrganization` key of another table leads to; it is also the index on the organization."""
    return models.UniqueConstraint(fields=["organization", "id"], name=name)


def choices_checked(model: type[M]) -> type[M]:
    """Class decorator: PostgreSQL, too, refuses what is not one of a field's choices. NULL, unknown, stays possible."""
    for field in model._meta.local_fields:
        if field.choices:
            check = models.CheckConstraint(
                condition=models.Q(**{f"{field.name}__in": [value for value, _label in field.flatchoices]}),
                name=f"{model._meta.label_lower.replace('.', '_')}_{field.name}_choice",
                violation_error_message=_("This value is not in the list of choices."),
            )
            model._meta.constraints = [*model._meta.constraints, check]
    return model


def order_check(first: str, last: str, *, name: str) -> models.CheckConstraint:
    """The interval does not end before it begins; with a day unknown there is nothing to compare."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{last}__gte": models.F(first)}),
        name=name,
        violation_error_message=_("The last day is before the first."),
    )


def history(*, without: Sequence[str] = ()) -> HistoricalRecords:
    """Keeps each state of a row with who made it, when and why; `without` names fields that it leaves out."""
    return HistoricalRecords(
        history_id_field=models.BigAutoField(),
        history_change_reason_field=models.TextField(null=True),
        excluded_fields=list(without),
    )
