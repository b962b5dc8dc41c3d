"""Facts that wait for a second person: the record without them, with them unknown, and with them; and who is told what.

Plain Python on the engine's facts. `determine` decides every record by `decided_together`, so nobody's protection is
ever lowered by what one person alone has typed (docs/adr/0011).
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple

Facts = dict[str, Any]
Decision = dict[str, Any]
Path = tuple[str, ...]
Decide = Callable[[Facts], Decision]

SINGLE: Final = frozenset({"court_case", "return_request"})
_NEVER_UNKNOWN: Final = {"screenings": ("basis", "status"), "parents": ("parent",), "": ("role",)}
_FLAGGED: Final = frozenset({"custody", "departures", "parents"})

PROTECTION: Final = {"barred": 2, "undetermined": 1, "bar_lifted": 0, "outside": 0, "absent": 0}
"""How much each word of the engine protects a person. Only the first two keep anybody here."""

_FAMILY_WORDS: Final = ("barred", "undetermined", "bar_lifted", "outside", "absent")


class FactsRefusedError(RuntimeError):
    """The engine called stored facts an error, which the constraints of the record should have made impossible.

    The message has the family's key and the places of the values, never the values.
    """


class Patch(NamedTuple):
    """One typed change, as it would change the facts of the person with this id.

    `name` is the list or the single item of the rules' section 1 ("" for the person's own attributes), `key` the row's.
    `values` has the value by path; None is unknown. `empty_is_known`: an emptied list says that there was nothing.
    """

    person: str
    name: str
    how: Literal["add", "change", "remove"]
    key: int
    values: Mapping[Path, Any]
    empty_is_known: bool = True


class Record(NamedTuple):
    """A family's facts in force, the keys of the rows behind each list, and what waits, the oldest first."""

    facts: Facts
    keys: Mapping[tuple[str, str], list[int]]
    waiting: tuple[Patch, ...] = ()


def decided_together(record: Record, decide: Decide) -> Decision:
    """The decision for a record: for each person the most protective of those that its waiting changes leave possible.

    Without waiting changes it is the engine's, untouched. For facts in error `decide` raises or says so; a view in
    error tells nothing. Deadlines that only follow once something is confirmed have `if_confirmed`: True.
    """
    in_force = decide(record.facts)
    if not record.waiting or "error" in in_force:
        return in_force
    as_confirmed = list(_answers(_views(record, confirmed), decide))
    possible = [in_force, *_answers(_views(record, unknown), decide), *as_confirmed]
    persons = [
        max((decision["persons"][place] for decision in possible), key=lambda answer: PROTECTION[answer["removal"]])
        for place in range(len(in_force["persons"]))
    ]
    found = {person["removal"] for person in persons}
    removal = next(word for word in _FAMILY_WORDS if word in found)
    return {
        **in_force,
        "removal": removal,
        "deportation_eligible": removal == "bar_lifted",
        "persons": persons,
        "deadlines": _deadlines(in_force, as_confirmed),
    }


def _answers(views: Iterable[Record], decide: Decide) -> Iterator[Decision]:
    for view in views:
        try:
            decision = decide(view.facts)
        except FactsRefusedError:  # the facts have moved on, and what waits does not fit them any more
            continue
        if "error" not in decision:
            yield decision


def _views(record: Record, edit: "Edit") -> Iterator[Record]:
    """Each waiting change alone, then all up to each: a further change only ever adds views."""
    so_far = record
    for place, patch in enumerate(record.waiting):
        if place:
            yield edit(record, patch)
        so_far = edit(so_far, patch)
        yield so_far


def _deadlines(in_force: Decision, as_confirmed: list[Decision]) -> list[dict[str, Any]]:
    known = {_which(line) for line in in_force["deadlines"]}
    found = list(in_force["deadlines"])
    for decision in as_confirmed:
        for line in decision["deadlines"]:
            if _which(line) not in known:
                known.add(_which(line))
                found.append({**line, "if_confirmed": True})
    places = {person["id"]: place for place, person in enumerate(in_force["persons"])}
    return sorted(found, key=lambda line: (line["due"], line["id"], places[line["person"]]))


def _which(line: Mapping[str, Any]) -> tuple[str, str, str]:
    return line["id"], line["person"], line["due"]


# --- the record with one change, known or unknown ---------------------------------------------------------------------

Edit = Callable[[Record, Patch], Record]


def confirmed(record: Record, patch: Patch) -> Record:
    """The record with the change in it; unchanged where its row is gone."""
    return _edited(record, patch, _confirm)


def unknown(record: Record, patch: Patch) -> Record:
    """The record in which nobody knows whether the change happened: what it says is unknown. A parent who may have left
    may be anywhere, so of departures nothing is known at all."""
    return _edited(record, patch, _forget)


def _edited(record: Record, patch: Patch, edit: Callable[[Facts, Patch, list[int]], None]) -> Record:
    where = (patch.person, patch.name)
    keys = list(record.keys.get(where, ()))
    if patch.name and patch.name not in SINGLE and (patch.key in keys) == (patch.how == "add"):
        return record
    persons = [_copied(one) if one["id"] == patch.person else one for one in record.facts["persons"]]
    for person in persons:
        if person["id"] == patch.person:
            edit(person, patch, keys)
    return Record({**record.facts, "persons": persons}, {**record.keys, where: keys}, record.waiting)


def _copied(value: Any) -> Any:
    """Facts that may be changed without changing those given. They are what JSON can hold, so nothing is in them twice,
    and `copy.deepcopy`, which looks for that, takes many times as long: a fourth of the time of what to ask."""
    if isinstance(value, dict):
        return {name: _copied(item) for name, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


def _confirm(person: Facts, patch: Patch, keys: list[int]) -> None:
    if not patch.name:
        _set_attributes(person, patch)
    elif patch.name in SINGLE:
        if patch.how == "remove":
            person.pop(patch.name, None)
        else:
            person[patch.name] = _with(person.get(patch.name) or {}, patch.values)
    else:
        items = list(person.get(patch.name) or [])
        place = bisect_left(keys, patch.key)
        if patch.how == "add":
            items.insert(place, _with({}, patch.values))
            keys.insert(place, patch.key)
        elif patch.how == "remove":
            del items[place], keys[place]
        else:
            _with(items[place], patch.values)
        _put(person, patch, items)


def _put(person: Facts, patch: Patch, items: list[Facts]) -> None:
    person[patch.name] = items
    if not items and patch.name in _FLAGGED and not patch.empty_is_known:
        del person[patch.name]


def _set_attributes(person: Facts, patch: Patch) -> None:
    for path, value in patch.values.items():
        if path[0] not in _FLAGGED:
            _with(person, {path: value})
        elif not person.get(path[0]):
            person.pop(path[0], None)
            if value:
                person[path[0]] = []


def _with(item: Facts, values: Mapping[Path, Any]) -> Facts:
    for (*way, last), value in values.items():
        holder = item
        for step in way:
            holder[step] = holder = holder.get(step) or {}
        if value is None:
            holder.pop(last, None)
        elif last == "judge_review":  # that there is one; what it says has paths of its own
            holder[last] = holder.get(last) or {}
        else:
            holder[last] = value
    return item


def _forget(person: Facts, patch: Patch, keys: list[int]) -> None:
    fixed = _NEVER_UNKNOWN.get(patch.name, ())
    blank = {path: None for path in patch.values if path[0] not in fixed and path != ("judge_review",)}
    if patch.name == "departures":
        person.pop("departures", None)
    elif not patch.name:
        _set_attributes(person, patch._replace(values=blank))
    elif patch.name in SINGLE:
        person[patch.name] = _with(person.get(patch.name) or {}, blank) if patch.how == "change" else {}
    else:
        items = list(person.get(patch.name) or [])
        place = bisect_left(keys, patch.key)
        if patch.how == "add":
            items.insert(place, {path[0]: value for path, value in patch.values.items() if path[0] in fixed})
            keys.insert(place, patch.key)
        elif patch.how == "remove":
            items[place] = {name: value for name, value in items[place].items() if name in fixed}
        else:
            _with(items[place], blank)
            if any(path[0] == "judge_review" for path in patch.values):
                items[place].setdefault("judge_review", {})
        person[patch.name] = items
