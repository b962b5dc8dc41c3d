"""For each rule how sure we are of it (T, R, M, I: see `parameters.py`) and where it stands in law.

The body of the agreement has not been read for these rules: what comes from it is reported (R) or remembered (M), to
be confirmed with class counsel.
"""

from . import parameters as p

_AGREEMENT = "agreement in Ms. L. v. ICE, approved 15 November 2018"
_CLASS = "class definitions, Ms. L. v. ICE, order of 26 June 2018 and agreement"
_FORM = "class notice and election form, Ms. L. v. ICE, preliminary approval of 9 October 2018"
_STAY = "orders of 16 July and 16 August 2018, Ms. L. v. ICE and M.M.M. v. Sessions"
_COURT_CASE = "8 USC 1229a(a)(3)"
_JUDGE = "8 USC 1225(b)(1)(B)(iii)(III); 8 CFR 1003.42, 208.31(g)"

# A key without a case holds for all of a rule's cases.
SOURCES = {
    "A1": ("R", _AGREEMENT),
    "M2": ("R", _CLASS),
    "M3": ("I", _CLASS),
    "W0": ("T", _FORM),
    "S1": ("R", _STAY),
    "S2": ("I", _AGREEMENT),
    "G1": ("T", "8 USC 1158(c)(1)(A)"),
    "G2": ("R", f"{_COURT_CASE}; {_AGREEMENT}"),
    "G3": ("R", _AGREEMENT),
    "F1": ("R", _AGREEMENT),
    "F2": ("R", _AGREEMENT),
    "U1": ("T", "8 USC 1232(a)(5)(D)"),
    "X1": ("I", _AGREEMENT),
    "stayed": ("R", _STAY),
    "open": ("R", p.COURT_RECORD.citation),
    "member": ("R", _CLASS),
    "P1": ("R", "hearing of 15 November 2018, Ms. L. v. ICE: guardians sent back to the parties"),
    "P2": ("T", _CLASS),
    "P3": ("T", _CLASS),
    "P4": ("T", _CLASS),
    "P5": ("M", _CLASS),
    "P6": ("M", "class definition; motion to clarify of 14 December 2018, Ms. L. v. ICE"),
    "P7": ("M", _CLASS),
    "P8": ("M", _CLASS),
    "C1": ("M", _CLASS),
    "C2": ("M", _CLASS),
    "C3": ("M", _CLASS),
    "C4": ("M", _CLASS),
    "C5": ("M", _CLASS),
    "waived": ("T", _FORM),
    "W1": ("T", _FORM),
    "W2": ("I", _FORM),
    "W3": ("T", _FORM),
    "W4": ("T", _FORM),
    "W5": ("T", _FORM),
    "W6": ("M", _FORM),
    "W7": ("T", _FORM),
    "W8": ("I", _FORM),
    "absent": ("R", _AGREEMENT),
    "relief": ("T", "8 USC 1158(c)(1)(A)"),
    "lost_in_court": ("T", "8 USC 1229a(c)"),
    "in_court": ("T", _COURT_CASE),
    "won": ("R", _AGREEMENT),
    "won.vacated": ("T", "8 CFR 1235.6(a)(1)(iii)"),
    "pending": ("R", _AGREEMENT),
    "disputed": ("R", _AGREEMENT),
    "review": ("T", _JUDGE),
    "lost": ("R", _AGREEMENT),
    "lost.no_judge": ("I", _AGREEMENT),
    "lost.declined": ("T", _JUDGE),
    "lost.affirmed": ("T", _JUDGE),
    "lost.silent": ("T", "8 CFR 1208.31(f)"),
    "joined": ("R", f"{_AGREEMENT}; 8 CFR 208.30(b)"),
    "waiting": ("R", _AGREEMENT),
    "available": ("R", _AGREEMENT),
}


def source_of(key: str) -> tuple[str, str]:
    """The basis letter and the citation of a reason."""
    return SOURCES.get(key) or SOURCES[key.split(".")[0]]
