"""People on file who may be the same as somebody in a draft. A human decides; an A-number decides by itself."""

from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from accounts.access import organization_of
from accounts.models import User
from accounts.owned import OwnedQuerySet
from families.intake.checks import taken_a_numbers
from families.models import Person
from families.search import persons_matching
from families.wizard.typed import Read

SHOWN: Final = 5


class Found(NamedTuple):
    """Sentences by field for A-numbers that are somebody's, those who have them, and who else may be the same."""

    errors: dict[str, str]
    on_file: list[Person]
    similar: list[Person]

    @property
    def shown(self) -> list[Person]:
        """Everybody whom the page names."""
        return [*self.on_file, *self.similar]


def duplicates(actor: User, found: Read) -> Found:
    """Who on file has an A-number of the draft, or its names, or a name and the day of birth; of those one may see."""
    errors: dict[str, str] = {}
    numbers = {one.values["a_number"]: one for one in found.persons if one.values.get("a_number")}
    taken = taken_a_numbers(organization_of(actor).pk, dict.fromkeys(numbers), actor) if numbers else {}
    on_file = list(_visible(actor).filter(a_number__in=taken)) if taken else []
    seen = {person.a_number for person in on_file}
    for number in taken:
        errors[f"p{numbers[number].person_ref}-a_number"] = (
            _("Already on file: open that family instead.")
            if number in seen
            else _("This A-number cannot be used here. Ask a supervisor of your organization.")
        )
    counts = [one.values["a_number"] for one in found.persons if one.values.get("a_number")]
    for one in found.persons:
        if counts.count(one.values.get("a_number")) > 1:
            errors[f"p{one.person_ref}-a_number"] = _("Another person of this family has this A-number.")
    similar: dict[int, Person] = {}
    for one in found.persons:
        given, family = one.values.get("given_names", ""), one.values.get("family_names", "")
        if given and family:
            for person in persons_matching(actor, f"{given} {family}").select_related("family")[:SHOWN]:
                similar[person.pk] = person
        if born := one.values.get("birth_date"):
            for word in dict.fromkeys([*family.split(), *given.split()]):
                rows = persons_matching(actor, word).filter(birth_date=born).select_related("family")
                similar |= {person.pk: person for person in rows[:SHOWN]}
    known = {person.pk for person in on_file}
    return Found(errors, on_file, [person for pk, person in sorted(similar.items()) if pk not in known][: 2 * SHOWN])


def _visible(actor: User) -> OwnedQuerySet[Person]:
    return Person.objects.visible_to(actor).select_related("family")
