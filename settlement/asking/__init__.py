"""Which single facts would change an answer: what to ask, and what each reply would mean (docs/adr/0015).

    days.py        spans of days on which an answer is the same
    options.py     what may be asked: a fact of the record and its possible values, each as changes of the record
    covered.py     the facts that decide whether somebody is covered (rules, section 3)
    process.py     screenings, forms, cases (rules, sections 4 and 5)
    questions.py   tries them, and puts what helps first
    kept.py        the first question of each, kept by the digest of the facts: for desks
    selectors.py   the same for rows of the record; from here on Django is needed
    wording.py, script.py, page.py, views.py    the questions in two languages, and their pages

The first five are plain Python on the engine and on `settlement.waiting`.
"""
