"""What users are told for each reason, in plain words. Static sentences, so that they can be translated; whom they
are about stands beside them.

A key is a rule's id, or a rule's id and the case that applies, such as `P3.unknown`.
"""

TEXTS = {
    # --- removal, section 6
    "A1": "No longer in the country. Ask about the return request.",
    "M2": "The 2018 agreement does not reach this person. Other protection is not judged here.",
    "M3": "It is not known yet whether the agreement protects this person. Treat as protected until it is.",
    "W0": (
        "Gave up the agreement's process by a valid form of their own. This agreement no longer bars removal; "
        "other law may."
    ),
    "S1": "The court's stay holds removal.",
    "S2": "There is neither a stay nor an approved agreement on this day.",
    "G1": "Protection was granted by the court.",
    "G2": "A positive finding or an open case in court: the person's own proceedings come first.",
    "G3": "The person's own right under the agreement is not used up.",
    "F1": "Another family member's claim keeps the family here.",
    "F2": "The family stays until every member has finished.",
    "U1": (
        "A child without a parent known to be in the country is not removed on a screening: the law gives the "
        "child a judge."
    ),
    "X1": "Every right under the agreement is used up. This agreement no longer bars removal; other law may.",
    # --- the court's stage, section 2
    "stayed": "The last order in the court record is a stay.",
    "open": "The court record shows no stay in force and no final approval.",
    # --- membership, section 3
    "member": "All conditions of membership in the agreement are met.",
    "P1.unknown": "A guardian who is not a parent: the court sent this question back to the parties.",
    "P2.unknown": "Citizenship is not known.",
    "P2.false": "The person is a citizen.",
    "P3.unknown": (
        "The date of birth or of entry is missing, so it is not known whether the person was an adult at entry."
    ),
    "P3.false": "The person was under 18 at entry.",
    "P4.unknown": "The place of entry is not known.",
    "P4.false": "The person was not met at the border but in the interior.",
    "P5.unknown": (
        "It is not known whether the Department of Homeland Security (DHS) held this person by the day that counts."
    ),
    "P5.false": "DHS did not hold this person by the day that counts.",
    "P6.unknown": (
        "It is not known whether DHS took a child from this person and held the child on or after 26 June 2018."
    ),
    "P6.false": "No child on file was taken from this person by DHS as the agreement requires.",
    "P7.unknown": "It is not known whether this person has been here without a break since 26 June 2018.",
    "P7.false": "This person has not been here without a break since 26 June 2018.",
    "P8.unknown": "The government alleges a reason to exclude this person, and it is not settled.",
    "P8.false": "A reason to exclude this person is established.",
    "C1.unknown": "The child's citizenship is not known.",
    "C1.false": "The child is a citizen.",
    "C2.unknown": "It is not known whether the child was under 18 on the day that counts.",
    "C2.false": "The child was already 18 on 26 June 2018.",
    "C3.unknown": "The child's place of entry is not known.",
    "C3.false": "The child was not met at the border but in the interior.",
    "C4.unknown": "It is not known whether DHS took the child from a parent with whom the child is to be reunited.",
    "C4.false": "The child was not taken by DHS from a parent with whom the child entered.",
    "C5.unknown": "It is not known whether the child has been here without a break since 26 June 2018.",
    "C5.false": "The child has not been here without a break since 26 June 2018.",
    # --- the election form, section 4
    "waived": "The last form on file asks to return, and every condition of a valid waiver is met.",
    "W1.unknown": "What the form chooses is not on file.",
    "W1.false": "The form does not choose to return.",
    "W2.unknown": "The form's date of signing is not on file.",
    "W2.false": "The form was signed before the notice could be signed.",
    "W3.unknown": "It is not known whether the form was read to them in a language they understand.",
    "W3.false": "The form was not read to them in a language they understand.",
    "W4.unknown": "It is not known whether the choice was made freely.",
    "W4.false": "The choice was not made freely.",
    "W5.unknown": "It is not known whether the right person signed the form.",
    "W5.false": "The form was not signed by the right person.",
    "W6.unknown": "It is not known whether the form came through class counsel.",
    "W6.false": "The form did not come through class counsel.",
    "W7.unknown": "It is not known whether the form is this person's own and names nobody else.",
    "W7.false": "The form is not this person's own, or names somebody else.",
    "W8.false": "The choice to return was withdrawn.",
    # --- standing, section 5
    "absent": "The last departure on file has no return.",
    "relief": "The immigration judge granted relief.",
    "lost_in_court": "The immigration judge ordered removal, and the order is final.",
    "in_court": "A case before the immigration judge is open.",
    "in_court.ordered": "The immigration judge ordered removal, but the order is not final.",
    "won": "The screening that decides is positive.",
    "won.vacated": "A judge vacated the negative screening that decides.",
    "pending.no_result": "A screening is decided, but its result is not on file.",
    "pending.requested": "A screening has been asked for.",
    "pending.scheduled": "A screening is scheduled.",
    "pending.interviewed": "The interview was held; the result is awaited.",
    "disputed": (
        "The re-evaluation was negative but did not weigh the state of mind during the separation. It was not "
        "the review that the agreement promises."
    ),
    "disputed.unknown": (
        "The re-evaluation was negative, and it is not known whether it weighed the state of mind during the "
        "separation. Until it is, it does not count as the review that the agreement promises."
    ),
    "review.no_judge": "The screening was negative, and no judge's review is on file: a judge can still be asked.",
    "review.not_asked": "The screening was negative, and it is not on file whether a judge was asked.",
    "review.open": "The screening was negative; a judge has been asked and has not decided.",
    "lost.no_judge": "The re-evaluation was negative, and no judge's review of it is on file.",
    "lost.declined": "The screening was negative, and a judge's review was declined.",
    "lost.affirmed": "The screening was negative, and a judge affirmed it.",
    "lost.silent": (
        "The screening was negative, and silence about a judge's review counts as a refusal in a reasonable fear case."
    ),
    "joined": "The child goes with a parent's own case.",
    "waiting": "A parent's review comes first; the child's own claim is kept.",
    "available": "No screening of their own under the agreement is on file: the right is there and unused.",
}
