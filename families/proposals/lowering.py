"""What may lower somebody's protection, and therefore waits for a second person. One page, to be read by a lawyer.

Part one are words: what each value says of itself, whatever the rest of the file says today. Part two asks the engine
what the rest of a change does. A typed field waits if either part says so, together with the fields it belongs to. The
reasons for each line are in docs/readings.md.
"""

import datetime
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, NamedTuple

from settlement.engine.parameters import INJUNCTION_ON
from settlement.waiting import PROTECTION, Decision, FactsRefusedError, Patch, Record, confirmed

Values = Mapping[str, Any]

# --- Part one: words --------------------------------------------------------------------------------------------------

LOWERS: Final[Mapping[str, Mapping[str, frozenset[Any]]]] = {
    "screening": {
        "result": frozenset({"negative"}),
        "judge_asked": frozenset({"no"}),
        "judge_outcome": frozenset({"affirmed"}),
    },
    "election": {"choice": frozenset({"return"})},
    "exclusion": {"status": frozenset({"established"})},
    "court_case": {"outcome": frozenset({"removal_ordered", "terminated"})},
    "person": {"noncitizen": frozenset({False}), "entry_place": frozenset({"interior"})},
    "parent_link": {
        "entered_together": frozenset({False}),
        "separated_by": frozenset({"other"}),
        "reunification": frozenset({"sponsor", "abroad", "declined"}),
    },
}
"""Values that always wait, and that anybody may take back alone."""

PROTECTS: Final[Mapping[str, Mapping[str, frozenset[Any]]]] = {
    "screening": {
        "result": frozenset({"positive"}),
        "judge_asked": frozenset({"yes"}),
        "judge_outcome": frozenset({"vacated"}),
        "state_of_mind_weighed": frozenset({False}),
    },
    "election": {
        "choice": frozenset({"stay"}),
        "own_form": frozenset({False}),
        "understood": frozenset({False}),
        "voluntary": frozenset({False}),
        "via_class_counsel": frozenset({False}),
    },
    "exclusion": {"status": frozenset({"withdrawn", "contested"})},
    "court_case": {"outcome": frozenset({"pending", "relief_granted"})},
    "person": {"noncitizen": frozenset({True}), "entry_place": frozenset({"port_of_entry", "between_ports"})},
    "parent_link": {
        "entered_together": frozenset({True}),
        "separated_by": frozenset({"dhs"}),
        "reunification": frozenset({"court_order"}),
    },
}
"""Values that may take the place of any other at once (but for what the engine says in part two)."""

FREE: Final[Mapping[str, frozenset[str]]] = {
    "screening": frozenset({"requested_on", "interview_on"}),
    "person": frozenset(
        {
            "given_names",
            "family_names",
            "a_number",
            "country",
            "language",
            "asylum_filed_on",
            "phone",
            "email",
            "contact_note",
            "notes",
        }
    ),
    "return_request": frozenset({"presented_by", "presented_on", "answer", "answered_on"}),
}
"""Plans, names, and what never moves a bar: a known value may be changed and erased at once."""

TOGETHER: Final[Mapping[str, tuple[frozenset[str], ...]]] = {
    "screening": (
        frozenset(
            {
                "status",
                "result",
                "decided_on",
                "state_of_mind_weighed",
                "judge_review",
                "judge_asked",
                "judge_asked_on",
                "judge_outcome",
                "judge_decided_on",
            }
        ),
    ),
    "court_case": (frozenset({"outcome", "decided_on", "final_on"}),),
    "person": (frozenset({"entry_on", "entry_place"}),),
    "parent_link": (
        frozenset({"entered_together", "separated_on", "separated_by"}),
        frozenset({"reunified_on", "reunification"}),
    ),
}
"""Fields that only mean something together: they are saved, or wait, together."""

WHOLE: Final = frozenset({"departure", "election", "exclusion", "custody"})
"""Kinds of which everything belongs together."""


NEEDED: Final = {"screening": frozenset({"basis", "status"})}
"""What a new row cannot be without: it is put on file with that, "decided, result not known", and the rest waits."""


class Typed(NamedTuple):
    """A change as somebody typed it: `new` has the fields that would change (None: unknown from now on), `old` all
    fields of the row in force, empty for a row that is new. `how` is add, change or remove."""

    kind: str
    how: str
    old: Values
    new: Values

    @property
    def after(self) -> Values:
        """All fields as they would be."""
        return {**self.old, **self.new}


def waits_by_its_words(typed: Typed) -> frozenset[str]:
    """The fields of a typed change that wait whatever the engine says, with those that belong to them."""
    alone = {name for name in typed.new if _lowers(typed, name)}
    if typed.kind in WHOLE:
        return frozenset(typed.new if alone else ())
    groups = TOGETHER.get(typed.kind, ())
    together = frozenset(name for group in groups if alone & group for name in group)
    return frozenset(alone | (together & frozenset(typed.new)))


def _lowers(typed: Typed, name: str) -> bool:
    old, new = typed.old.get(name), typed.new[name]
    if new is not None and new in LOWERS.get(typed.kind, {}).get(name, ()):
        return True
    special = _SPECIAL.get((typed.kind, name))
    if special is not None:
        found = special(typed)
        if found is not None:
            return found
    return _weakens(typed.kind, name, old, new)


def _weakens(kind: str, name: str, old: Any, new: Any) -> bool:
    """A known value is changed to another or erased: it was not a lowering one, and the new one does not protect."""
    if old in (None, "") or name in FREE.get(kind, ()):
        return False
    if old in LOWERS.get(kind, {}).get(name, ()):
        return False
    return new is None or new not in PROTECTS.get(kind, {}).get(name, ())


def _removal_waits(typed: Typed) -> bool:
    """A row is taken off file: the ones that only lower may go, all others wait."""
    if typed.kind in ("exclusion", "departure", "return_request"):
        return False
    if typed.kind == "election":
        return typed.old.get("choice") != "return"
    if typed.kind == "screening":
        return not (_is_under_way(typed.old) or _is_only_negative(typed.old))
    return True


def _is_under_way(screening: Values) -> bool:
    """Nothing is decided: whether its being there protects somebody is for the engine to say."""
    return screening.get("status") != "decided" and screening.get("result") is None


def _is_only_negative(screening: Values) -> bool:
    """A negative finding says nothing that protects, but for a judge's review of it and what was wrong with it."""
    flawed = screening.get("state_of_mind_weighed") is False
    return screening.get("result") == "negative" and not screening.get("judge_review") and not flawed


# --- lines that need more than one word -------------------------------------------------------------------------------


def _status(typed: Typed) -> bool | None:
    """Under way, a screening moves freely. A decision that is not a negative one is not undone by one person."""
    return typed.old.get("status") == "decided" and typed.old.get("result") != "negative"


def _weighed(typed: Typed) -> bool | None:
    """That the state of mind was weighed makes a negative re-evaluation count; with a positive one it does no harm."""
    return typed.new["state_of_mind_weighed"] is True and typed.after.get("result") != "positive"


def _silent(typed: Typed) -> bool | None:
    """Silence refuses a review of reasonable fear, and asks for one of credible fear."""
    if typed.new["judge_asked"] == "silent" and typed.after.get("kind") == "reasonable_fear":
        return True
    return None


def _review(typed: Typed) -> bool | None:
    """That there is a judge's review opens; that there was none closes."""
    return not typed.new["judge_review"]


def _kind(typed: Typed) -> bool | None:
    """Silence that asked refuses once the screening turns out to be one of reasonable fear."""
    if typed.new["kind"] == "reasonable_fear" and typed.old.get("judge_asked") == "silent":
        return True
    return None


def _of_a_return(typed: Typed) -> bool | None:
    """Whatever may complete a form to return waits; what makes it doubtful does not, nor what is typed into a form to
    stay."""
    if typed.old.get("choice") == "return" == typed.after.get("choice"):
        return any(
            new is not None and new not in PROTECTS["election"].get(name, ())
            for name, new in typed.new.items()
            if name != "withdrawn_on"
        )
    return None


def _withdrawn(typed: Typed) -> bool | None:
    """A form may be withdrawn at once; that it was withdrawn is not taken back alone."""
    return typed.old.get("withdrawn_on") is not None


def _final(typed: Typed) -> bool | None:
    """An order that is final lowers; that it is not final after all protects."""
    return typed.new["final_on"] is not None


def _back(typed: Typed) -> bool | None:
    """Somebody who is back is in the country; that they are is not taken back alone."""
    return typed.old.get("back_on") is not None


def _entered(typed: Typed) -> bool | None:
    """Who came in after the injunction is not reached."""
    day: datetime.date | None = typed.new["entry_on"]
    return True if day is not None and day > INJUNCTION_ON.value else None


def _known_list(name: str) -> Callable[[Typed], bool | None]:
    """That a list is known to be empty is judged by the engine; that it is not known after all weakens."""
    return lambda typed: bool(typed.old.get(name))


_SPECIAL: Final[Mapping[tuple[str, str], Callable[[Typed], bool | None]]] = {
    ("screening", "status"): _status,
    ("screening", "state_of_mind_weighed"): _weighed,
    ("screening", "judge_asked"): _silent,
    ("screening", "judge_review"): _review,
    ("screening", "kind"): _kind,
    **{
        ("election", name): _of_a_return
        for name in ("signed_on", "signed_by", "own_form", "understood", "voluntary", "via_class_counsel")
    },
    ("election", "withdrawn_on"): _withdrawn,
    ("court_case", "final_on"): _final,
    ("departure", "back_on"): _back,
    ("person", "entry_on"): _entered,
    ("person", "custody_known"): _known_list("custody_known"),
    ("person", "departures_known"): _known_list("departures_known"),
    ("person", "parents_known"): _known_list("parents_known"),
}

# --- Part two: the engine ---------------------------------------------------------------------------------------------

Decides = tuple[Callable[[Record], Decision], ...]

_MEMBERSHIP: Final = {"member": 2, "undetermined": 1, "not_member": 0}
_USED_UP: Final = frozenset({"absent", "waived", "lost", "lost_in_court"})


def lowers_somebody(before: Decision, after: Decision) -> bool:
    """Whether anybody's removal, membership or standing says less for them afterwards. New persons are not compared."""
    answers = {answer["id"]: answer for answer in after["persons"]}
    return any(_says_less(answer, answers[answer["id"]]) for answer in before["persons"] if answer["id"] in answers)


def _says_less(before: Values, after: Values) -> bool:
    return (
        PROTECTION[after["removal"]] < PROTECTION[before["removal"]]
        or _MEMBERSHIP[after["membership"]] < _MEMBERSHIP[before["membership"]]
        or (after["standing"] in _USED_UP and before["standing"] not in _USED_UP)
    )


class Sorted(NamedTuple):
    """What of a typed change is saved at once and what waits; with `whole` all of it waits, and with it whether the row
    is there at all."""

    at_once: frozenset[str]
    waits: frozenset[str]
    whole: bool


def sorted_out(typed: Typed, *, record: Record, patch: Callable[[Collection[str]], Patch], decides: Decides) -> Sorted:
    """Which fields of a typed change wait for a second person. `patch` gives the change of some of its fields.

    Nobody may fall, neither by what is in force nor by what is told while other changes wait (the two of `decides`).
    """
    every = frozenset(typed.new)
    needed = NEEDED.get(typed.kind, frozenset()) if typed.how == "add" else frozenset()
    waits = waits_by_its_words(typed) - needed
    if _row_waits(typed, waits):
        return Sorted(frozenset(), every, whole=True)
    at_once = every - waits
    rest = at_once - FREE.get(typed.kind, frozenset())
    if (typed.how == "change" and not rest) or not _falls(record, patch(rest), decides):
        return Sorted(at_once, waits, whole=False)
    if typed.how == "change" or needed:
        return Sorted((at_once - rest) | needed, (waits | rest) - needed, whole=False)
    return Sorted(frozenset(), every, whole=True)


def _falls(record: Record, patch: Patch, decides: Decides) -> bool:
    then = confirmed(record, patch)
    try:
        return any(lowers_somebody(decide(record), decide(then)) for decide in decides)
    except FactsRefusedError:  # what cannot be is refused when it is written
        return False


def _row_waits(typed: Typed, waits: frozenset[str]) -> bool:
    """Whether a row as a whole waits by its words: one that is taken off file, or a new one that only lowers."""
    if typed.how == "remove":
        return _removal_waits(typed)
    return typed.how == "add" and (typed.kind == "departure" or (typed.kind in WHOLE and bool(waits)))
