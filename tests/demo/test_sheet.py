"""The made-up sheet: the same for the same seed, nobody's names or numbers, nothing after its day."""

from __future__ import annotations

import io
import re
from collections import Counter

from demo import names
from demo.sheet import COLUMNS, families, write
from demo.stories import DAY, STORIES

SHEET = list(families(1000, seed=2018))
ROWS = [row for persons in SHEET for row in persons]
ADULTS = [row for row in ROWS if row["role"] in {"mother", "father", "parent", "guardian"}]


def written(count: int, seed: int) -> str:
    out = io.StringIO()
    write(out, count, seed=seed)
    return out.getvalue()


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert written(50, 7) == written(50, 7)
    assert written(50, 7) != written(50, 8)


def test_every_family_asked_for_is_there_once() -> None:
    assert len(SHEET) == 1000
    assert len({persons[0]["family_ref"] for persons in SHEET}) == 1000
    assert all(row.keys() == set(COLUMNS) for row in ROWS)
    for count in (1, 17, 220):
        assert len(list(families(count, seed=1))) == count


def test_numbers_and_addresses_are_nobodys() -> None:
    numbers = [row["a_number"] for row in ROWS if row["a_number"]]
    assert len(set(numbers)) == len(numbers)
    assert all(number.startswith("A000") for number in numbers)
    assert all(re.fullmatch(r"|\(\d{3}\) 555-01\d\d", row["phone"]) for row in ROWS)
    assert all(re.fullmatch(r"|[a-z0-9.-]+@mail\.example", row["email"]) for row in ROWS)


def test_names_are_birds_plants_and_stones_and_keep_what_is_hard_about_names() -> None:
    stones = {stone.lower() for stone in names.STONES}
    for row in ROWS:
        words = re.split(r"[ -]", row["family_names"])
        assert {re.sub(r"^(D'|O'|Tz')", "", word).lower() for word in words} <= stones | {"de", "la", "y"}
        assert any(row["given_names"].startswith(given) for given in names.GIVEN)
    every_name = " ".join(row["family_names"] for row in ROWS)
    assert all(mark in every_name for mark in ("'", "-", " y ", "de la ", "Á", "ó"))


def test_nothing_lies_after_the_day_but_planned_interviews() -> None:
    for row in ROWS:
        for column in COLUMNS:
            if re.search(r"_(on|from|to)$|birth_date", column) and column != "second_interview_on":
                assert row[column] in ("", "none") or row[column] <= DAY.isoformat(), (column, row)
    interviews = [row["second_interview_on"] for row in ROWS if row["second_status"] == "scheduled"]
    assert min(interviews) < DAY.isoformat() < max(interviews)


def test_shares_are_those_reported() -> None:
    """A removal order stands behind each refused first screening; the shares may move by what chance leaves open."""
    refused = sum(row["initial_result"] == "negative" for row in ADULTS) / len(ADULTS)
    gone = sum(bool(row["departed_kind"]) and not row["back_on"] for row in ADULTS)
    stories = Counter({story.__name__: share for story, share in STORIES})
    assert 0.87 <= refused <= 0.95
    assert 250 <= gone <= 350
    assert stories["chose_return"] == 40
    assert 55 <= stories["interviewed"] + stories["heard_out"] <= 70
    assert stories.total() == 1000


def test_a_family_can_be_told_from_the_next_and_children_name_adults_of_their_own() -> None:
    for persons in SHEET:
        references = [row["person_ref"] for row in persons]
        assert len(set(references)) == len(references)
        adults = {row["person_ref"] for row in persons if row in ADULTS}
        for row in persons:
            assert set(filter(None, row["parent_refs"].split(";"))) <= adults
