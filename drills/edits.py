"""Random changes of facts through the services that the pages use, as a thousand busy days would make them."""

import datetime
import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from django.http import Http404

from accounts.errors import Conflict, Invalid
from accounts.models import User
from families.models import Person
from families.proposals.selectors import row_now, to_decide
from families.proposals.services import proposal_confirm, proposal_decline
from families.services import fact_add, fact_remove, fact_update, person_update
from families.tables import FACTS
from screenings.models import Screening
from screenings.services import screening_add, screening_record

DAY = datetime.date(2018, 12, 10)


class Edits:
    """Edits by one person of one office, decided by a second one; the same seed gives the same edits."""

    def __init__(self, actor: User, second: User, seed: int = 1) -> None:
        self.actor, self.second, self.random = actor, second, random.Random(seed)
        self.done: Counter[str] = Counter()

    def make(self, count: int) -> None:
        """So many edits that were accepted; what the services refuse is another one's turn."""
        ways: Sequence[Callable[[], Any]] = (
            self._person,
            self._add,
            self._change,
            self._remove,
            self._outcome,
            self._decide,
            self._decide,
        )
        for _attempt in range(count * 20):
            if sum(self.done.values()) >= count:
                return
            way = self.random.choice(ways)
            try:
                way()
            except (Invalid, Conflict, Http404, IndexError):
                continue
            self.done[way.__name__.strip("_")] += 1
        raise RuntimeError(f"the services refuse almost everything: {self.done}")

    def _common(self) -> dict[str, Any]:
        return {"actor": self.actor, "key": None, "day": DAY}

    def _day(self) -> str:
        return (datetime.date(2018, 5, 1) + datetime.timedelta(days=self.random.randrange(230))).isoformat()

    def _value(self, model: Any, name: str) -> Any:
        field = model._meta.get_field(name)
        if field.choices:
            return self.random.choice([value for value, _label in field.flatchoices])
        kind = field.get_internal_type()
        if kind == "BooleanField":
            return self.random.choice([True, False])
        return self._day() if kind == "DateField" else f"text {self.random.randrange(10**6)}"

    def _values(self, model: Any, names: Sequence[str]) -> dict[str, Any]:
        chosen = self.random.sample(list(names), self.random.randint(1, min(3, len(names))))
        return {name: self._value(model, name) for name in chosen}

    def _row(self, model: Any) -> Any:
        """One of the rows that the person sees; raises IndexError when there is none."""
        return self.random.choice(list(model._default_manager.visible_to(self.actor)))

    def _person(self) -> None:
        person = self._row(Person)
        names = (
            "birth_date",
            "noncitizen",
            "entry_on",
            "entry_place",
            "notes",
            "country",
            "custody_known",
            "given_names",
        )
        values = self._values(Person, names)
        person_update(person_id=person.pk, version=person.version, values=values, **self._common())

    def _add(self) -> None:
        kind = self.random.choice([name for name in FACTS if name != "parent_link"])
        table = FACTS[kind]
        values = self._values(table.model, table.fields)
        fact_add(kind=kind, person_id=self._row(Person).pk, values=values, **self._common())

    def _change(self) -> None:
        kind = self.random.choice(list(FACTS))
        row = self._row(FACTS[kind].model)
        values = self._values(FACTS[kind].model, FACTS[kind].fields)
        fact_update(kind=kind, pk=row.pk, version=row.version, values=values, **self._common())

    def _remove(self) -> None:
        kind = self.random.choice(list(FACTS))
        row = self._row(FACTS[kind].model)
        fact_remove(kind=kind, pk=row.pk, version=row.version, reason="never was so", **self._common())

    def _decide(self) -> None:
        """The second person decides something that waits, mostly by confirming it."""
        proposal = self.random.choice(list(to_decide(self.second)))
        given: dict[str, Any] = {"actor": self.second, "key": None, "day": DAY, "version": proposal.version}
        if self.random.random() < 0.2:
            proposal_decline(proposal_id=proposal.pk, note="not so", **given)
        else:
            proposal_confirm(proposal_id=proposal.pk, row_version=row_now(proposal).version, **given)

    def _outcome(self) -> None:
        if self.random.random() < 0.3:
            values = {
                "basis": "reevaluation",
                "status": "scheduled",
                **self._values(Screening, ("interview_on", "kind")),
            }
            screening_add(person_id=self._row(Person).pk, values=values, **self._common())
            return
        screening = self._row(Screening)
        values = self._values(Screening, ("status", "result", "requested_on", "interview_on", "decided_on", "kind"))
        screening_record(screening_id=screening.pk, version=screening.version, values=values, **self._common())
