"""Writes an intake sheet of made-up families: ``python -m demo.sheet --families 1000 --seed 2018 > families.csv``.

Plain Python. The same families, seed and prefix give the same bytes. The facts are those of 10 December 2018: nothing
lies after that day but interviews that are planned.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random
from typing import TextIO

from demo import names
from demo.stories import STORIES, Draft, Row

COLUMNS = (  # noqa: SIM905
    "family_ref person_ref role given_names family_names a_number birth_date country language noncitizen "
    "lacks_capacity entry_on entry_place dhs_from dhs_to orr_from orr_to parent_refs entered_together separated_on "
    "separated_by reunified_on reunification departed_on departed_kind back_on exclusion_kind exclusion_status "
    "initial_kind initial_result initial_decided_on second_kind second_status second_interview_on second_result "
    "second_decided_on state_of_mind_weighed judge_asked judge_asked_on judge_outcome judge_decided_on election "
    "election_signed_on election_signed_by own_form understood voluntary via_class_counsel election_withdrawn_on "
    "court_kind court_opened_on court_outcome court_decided_on court_final_on asylum_filed_on phone email notes"
).split()

COUNTRIES = {"Guatemala": 47, "Honduras": 33, "El Salvador": 10, "Mexico": 4, "Brazil": 3, "Ecuador": 2, "Romania": 1}
LANGUAGES = {
    "Guatemala": {"Spanish": 52, "Mam": 16, "K'iche'": 13, "Q'eqchi'": 13, "Q'anjob'al": 4, "Achi": 2},
    "Honduras": {"Spanish": 96, "Garifuna": 4},
    "Mexico": {"Spanish": 85, "Mixteco": 15},
    "Brazil": {"Portuguese": 100},
    "Ecuador": {"Spanish": 70, "Kichwa": 30},
    "Romania": {"Romanian": 100},
}
NOTES = (
    "Prefers calls after 6 pm", "No messages on this phone: it is shared", "Llamar solo por la tarde",
    "Interpreter by telephone was poor; ask for another",
    "Lee con dificultad: leer todo en voz alta", "Moved in November, new address to be confirmed",
    "Does not want the sponsor to be told",
    "Sleeps badly since the separation; evaluation asked for", "Birth certificate promised by the consulate",
)  # fmt: skip
# What offices most often do not know yet. (Adults' capacity is presumed; the columns of papers that do not exist are
# empty anyway.)
FORGOTTEN = (
    "birth_date",
    "noncitizen",
    "entry_place",
    "entry_on",
    "dhs_from",
    "departed_on",
    "separated_by",
    "separated_on",
    "entered_together",
    "parent_refs",
)


def people(draft: Draft, number: int) -> None:
    """The family's persons with what all of them went through; ``number`` is the first A-number's."""
    rng = draft.rng
    country = draft.pick(**{name.replace(" ", "_"): share for name, share in COUNTRIES.items()})
    language = rng.choices(*zip(*LANGUAGES.get(country, {"Spanish": 1}).items(), strict=True))[0]
    adults = 2 if draft.likely(0.08) else 1
    children = rng.choices((1, 2, 3), (72, 22, 6))[0]
    lines = [names.surname(rng) for _ in range(3)]
    for place in range(adults + children):
        adult = place < adults
        row = dict.fromkeys(COLUMNS, "")
        row |= {
            "person_ref": f"p{place + 1}" if adult else f"c{place - adults + 1}",
            "given_names": names.given_names(rng),
            "family_names": names.two_surnames(lines[place % 2], lines[2 if adult else 1 - place % 2], rng),
            "a_number": f"A{number + place:09d}" if draft.likely(0.95) else "",
            "country": country, "language": language, "noncitizen": "yes", "departed_on": "none",
            "entry_on": draft.entered.isoformat(),
            "entry_place": "port of entry" if draft.entered.day % 8 == 0 else "between ports",
            "notes": rng.choice(NOTES) if draft.likely(0.2) else "",
        }  # fmt: skip
        (grown if adult else small)(draft, row)
        (draft.adults if adult else draft.children).append(row)


def grown(draft: Draft, row: Row) -> None:
    """A parent's row: held from the border on, and refused at the first screening."""
    rng = draft.rng
    row["role"] = rng.choice(("mother", "father", "father", "parent"))
    row["birth_date"] = (draft.entered - timedelta(days=rng.randint(19 * 366, 52 * 365))).isoformat()
    row["dhs_from"] = draft.entered.isoformat()
    row["dhs_to"] = "" if draft.likely(0.12) else draft.home.isoformat()
    row["phone"] = names.phone(rng) if draft.likely(0.8) else ""
    row["initial_kind"] = "reasonable fear" if draft.likely(0.11) else "credible fear"
    row["initial_result"] = "negative"
    row["initial_decided_on"] = (draft.entered + timedelta(days=rng.randint(12, 40))).isoformat()
    if draft.likely(0.03):
        row |= {"initial_kind": "", "initial_result": "", "initial_decided_on": ""}


def small(draft: Draft, row: Row) -> None:
    """A child's row: taken to a shelter, and back with the parent."""
    rng = draft.rng
    row["role"] = rng.choice(("son", "daughter", "child"))
    row["birth_date"] = (draft.entered - timedelta(days=int(rng.triangular(1, 17.6, 12.5) * 365.25))).isoformat()
    row["lacks_capacity"] = "" if draft.likely(0.5) else "no" if draft.likely(0.97) else "yes"
    shelter = (draft.taken + timedelta(days=rng.randint(0, 3))).isoformat()
    row |= {
        "dhs_from": draft.entered.isoformat(),
        "dhs_to": shelter,
        "orr_from": shelter,
        "orr_to": draft.home.isoformat(),
    }
    row |= {
        "parent_refs": ";".join(adult["person_ref"] for adult in draft.adults), "entered_together": "yes",
        "separated_on": draft.taken.isoformat(),
        "separated_by": "dhs", "reunified_on": draft.home.isoformat(), "reunification": "court order",
    }  # fmt: skip


def forget(draft: Draft) -> None:
    """One or two facts of the family are not on file: an unknown is never a guess."""
    for column in draft.rng.sample(FORGOTTEN, draft.rng.choice((1, 1, 2))):
        row = draft.rng.choice(draft.persons)
        if not row[column] or (row["departed_kind"] and column == "departed_on"):
            continue
        row[column] = ""
        if column == "dhs_from":
            row["dhs_to"] = ""
        if column == "parent_refs":
            row |= dict.fromkeys(
                ("entered_together", "separated_on", "separated_by", "reunified_on", "reunification"), ""
            )


def family(story: Callable[[Draft], None], rng: Random, reference: str, number: int) -> list[Row]:
    """The rows of one family: what all went through, then its story, then what the office does not know."""
    entered = date(2018, 6, 22) - timedelta(days=int(rng.triangular(0, 95, 20)))
    taken = entered + timedelta(days=rng.randint(0, 3))
    late = rng.random() < 0.2
    home = (
        date(2018, 7, 27) + timedelta(days=rng.randint(1, 80))
        if late
        else date(2018, 7, 26) - timedelta(days=int(rng.triangular(0, 18, 2)))
    )
    draft = Draft(rng, entered, taken, home)
    people(draft, number)
    story(draft)
    if draft.likely(0.11):
        forget(draft)
    for row in draft.persons:
        row["family_ref"] = reference
        if row["phone"] and draft.likely(0.3):
            row["email"] = names.email(reference, row["person_ref"])
    return draft.persons


def deck(count: int, rng: Random) -> list[Callable[[Draft], None]]:
    """The stories of ``count`` families in their shares, shuffled; what rounding leaves over goes to the largest
    remainders."""
    total = sum(share for _, share in STORIES)
    exact = [(story, count * share / total) for story, share in STORIES]
    cards = [story for story, wanted in exact for _ in range(int(wanted))]
    remainders = sorted(exact, key=lambda pair: int(pair[1]) - pair[1])
    cards += [story for story, _ in remainders[: count - len(cards)]]
    rng.shuffle(cards)
    return cards


def families(count: int, *, seed: int, prefix: str = "CA", first_number: int = 1) -> Iterator[list[Row]]:
    """Yields ``count`` families, each a list of rows. A-numbers come from the block ``A000 ...``, which no one who
    crossed in 2018 can have; ``first_number`` is where in the block they begin."""
    rng = Random(seed)
    number = first_number
    for place, story in enumerate(deck(count, rng), start=1):
        rows = family(story, rng, f"{prefix}-{place:05d}", number)
        number += len(rows) + rng.randint(0, 3)
        yield rows


def write(out: TextIO, count: int, *, seed: int, prefix: str = "CA", first_number: int = 1) -> int:
    """Writes the sheet as CSV to ``out`` and gives the number of rows without the header."""
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    rows = 0
    for persons in families(count, seed=seed, prefix=prefix, first_number=first_number):
        writer.writerows(persons)
        rows += len(persons)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m demo.sheet", description="Write an intake sheet of made-up families to standard output."
    )
    parser.add_argument("--families", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=2018)
    parser.add_argument("--prefix", default="CA", help="how the family references begin")
    options = parser.parse_args()
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    write(sys.stdout, options.families, seed=options.seed, prefix=options.prefix)


if __name__ == "__main__":
    main()
