"""Families for tests, one for each exposure; all have one mother and one son but for what is said."""

from typing import Any

from tests.factories import Record, mother_and_son, with_reevaluation

DECIDED = {"status": "decided", "result": "negative", "decided_on": "2019-02-20"}


def lifted() -> Record:
    """The mother chose to return by a form that counts."""
    record = mother_and_son()
    record["persons"][0]["elections"] = [valid_form()]
    return record


def valid_form(**values: Any) -> dict[str, Any]:
    form = {"choice": "return", "signed_on": "2018-12-20", "signed_by": "self", "own_form": True}
    return {**form, "understood": True, "voluntary": True, "via_class_counsel": True, **values}


def judge() -> Record:
    """A negative re-evaluation under reasonable fear, and nothing on file about a judge."""
    return with_reevaluation(kind="reasonable_fear", state_of_mind_weighed=True, **DECIDED)


def disputed() -> Record:
    """A negative re-evaluation in which the state of mind was not weighed."""
    return with_reevaluation(state_of_mind_weighed=False, **DECIDED)


def undetermined() -> Record:
    """It is not known whether the mother is a citizen."""
    record = mother_and_son()
    del record["persons"][0]["noncitizen"]
    return record


def waiver() -> Record:
    """The mother's form to return was not read to her."""
    record = mother_and_son()
    record["persons"][0]["elections"] = [valid_form(understood=False)]
    return record


def dated() -> Record:
    """The mother's interview is in ten days, so the orientation is in five."""
    return with_reevaluation(interview_on="2019-03-11")


def quiet() -> Record:
    """Nothing presses: the rights are there and unused."""
    return mother_and_son()


ALL = {
    "bar_lifted": lifted,
    "judge": judge,
    "disputed": disputed,
    "undetermined": undetermined,
    "waiver": waiver,
    "date": dated,
    "none": quiet,
}
