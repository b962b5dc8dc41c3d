"""What is traced: every table of ours and of the libraries we use, but for the ones named here with their reason.

A new table is traced with no further act, and all of its columns but binary and generated ones are told. This list is
to be read by a second person whenever it changes: what stands in it leaves less behind.
"""

# Tables that leave no entries, and why.
EXEMPT: dict[str, str] = {
    "audit_entry": "is the trace",
    "audit_link": "is the trace",
    "accounts_receipt": "says only that a write was done; the write itself is traced",
    "families_sheetrow": "what the last sheet said, to compare the next one with; what came of it is traced",
    "settlement_determination": "worked out from facts that are traced, and kept with the digest of these facts",
    "settlement_persondetermination": "index of the determinations, made anew with them",
    "settlement_determineddeadline": "index of the determinations, made anew with them",
    "deadlines_reminder": "the ledger of reminders, a book of its own: rows are never removed, each try is a delivery",
    "deadlines_delivery": "the ledger of reminders: each row is the record of one try",
    "deadlines_tick": "when the clockwork last ran",
    "desks_lastlook": "up to when somebody has seen what others changed; what they were shown is noted",
    "django_session": "sessions come and go with sign-ins, which are noted",
    "django_migrations": "Django's own book of its migrations",
    "django_content_type": "Django's own list of models",
    "auth_permission": "not used: roles stand in accounts/permissions.py",
    "accounts_tally": "counts of tries at the entrance, under keys that say nothing; sign-ins are noted",
    "usersessions_usersession": "lists the sessions, which come and go with sign-ins",
    "account_emailaddress": "not used: the one address is accounts_user's",
    "account_emailconfirmation": "not used: the one address is accounts_user's",
    "auth_group": "not used: roles stand in accounts/permissions.py",
    "auth_group_permissions": "not used: roles stand in accounts/permissions.py",
}

# The history of facts is written together with a change that is traced, so a row more there leaves no entry; that one
# is changed or removed, which nothing of ours ever does, leaves one.
ONLY_CHANGED = "historical"

# Columns of which the trace tells that they changed, never what they hold.
HIDDEN: dict[str, frozenset[str]] = {
    "accounts_user": frozenset({"password"}),
    "mfa_authenticator": frozenset({"data"}),
    "deadlines_pushsubscription": frozenset({"endpoint"}),
    "families_importjob": frozenset({"file", "report", "refused"}),
    # Thousands of keys, which the report itself keeps unchanged.
    "desks_report": frozenset({"figures"}),
    # Half a client's story, typed and perhaps thrown away: it is told once it is put on file.
    "families_intakedraft": frozenset({"content"}),
}

# Columns whose change alone leaves no entry: what the software itself keeps count of.
UNTOLD: dict[str, frozenset[str]] = {
    "accounts_organization": frozenset({"determined_on"}),
    "deadlines_deadline": frozenset({"remind_at"}),
    "deadlines_feedkey": frozenset({"last_read_at"}),
    "deadlines_officerule": frozenset({"brought_to"}),
    "families_family": frozenset({"updated_at"}),
    "mfa_authenticator": frozenset({"data", "last_used_at"}),
    "families_importjob": frozenset({"rows", "families", "of_families", "attempts", "leased_until"}),
}

# A column with such a word in its name holds what must not be told, unless it is named in `TELLABLE`.
SECRETIVE = ("password", "secret", "token", "key", "hash", "digest", "code", "data", "file", "session")
TELLABLE: frozenset[tuple[str, str]] = frozenset({("families_importjob", "file_name"), ("deadlines_deadline", "key")})
