"""A decision in words for people, as plain text."""

from .decide import Decision

_BASIS = {
    "T": "read in the primary source",
    "R": "reported; confirm with class counsel",
    "M": "from memory, unconfirmed; confirm with class counsel",
    "I": "inferred; confirm with class counsel",
}


def explain(decision: Decision) -> str:
    """The whole decision as lines of text, each reason with whom it is about, how sure it is and where it stands."""
    if "error" in decision:
        lines = [f"Family {_text(decision['family'])}: not decided, the record is in error"]
        lines += [
            f"  {_text(problem['at'] or 'the line')}: {_text(problem['message'])}" for problem in decision["error"]
        ]
        return "\n".join(lines)
    lines = [
        f"Family {_text(decision['family'])} on {decision['as_of']}: {decision['removal']}",
        f"  Court: {decision['stage']}",
    ]
    for person in decision["persons"]:
        lines.append(
            f"  {_text(person['id'])}: {person['removal']} by {person['rule']}; {person['membership']},"
            f" stands {person['standing']}; {person['right']} {person['right_state']}"
        )
        if person["needs"]:
            lines.append(f"    To be found out: {', '.join(person['needs'])}")
        if person["next_steps"]:
            lines.append(f"    Next: {', '.join(person['next_steps'])}")
        for reason in person["because"]:
            about = ", ".join(_text(name) for name in reason["about"])
            lines.append(f"    {reason['rule']}{f' ({about})' if about else ''}: {reason['text']}")
            lines.append(f"      {_BASIS[reason['basis']]}; {reason['citation']}")
    for deadline in decision["deadlines"]:
        missed = ", missed" if deadline["missed"] else ""
        lines.append(
            f"  Deadline {deadline['id']} of {_text(deadline['person'])}: due {deadline['due']},"
            f" act by {deadline['act_by']}{missed}"
        )
    return "\n".join(lines)


def _text(value: str | None) -> str:
    """A name that cannot break a line, nor the output's encoding."""
    return (
        "(unnamed)"
        if value is None
        else "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in value)
    )
