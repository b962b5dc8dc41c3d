"""What the agreement decides: plain Python; no Django, no I/O, no clock.

`decide(record)` answers one JSON object of facts; the page of rules says what it answers. The modules follow that
page: `facts` and `reading` (section 1), `cut`, `court` (2), `membership` (3), `waiver` (4), `screenings` and
`standing` (5), `removal` (6), `rights` (7), `deadlines` (8), `decide` and `because` (9); `parameters` has every
figure, `texts` and `sources` what is told and where it stands in law.
"""

from .decide import decide, decide_facts
from .parameters import RULE_VERSION
from .reading import FactsError, Problem, read_facts

__all__ = ["RULE_VERSION", "FactsError", "Problem", "decide", "decide_facts", "read_facts"]
