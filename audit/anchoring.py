"""The heads of the chains, written where the owner of the database does not reach: a file, the log, a mail.

Who may change the database may write the whole chain anew; not what was anchored.
"""

import json
import logging
import os
from pathlib import Path

from django.conf import settings
from django.core.mail import send_mail
from django.db import connection
from django.utils.translation import gettext as _

from audit.verifying import Anchor
from config import clock

log = logging.getLogger("amparo.anchor")


def anchors_file() -> Path:
    """Where the anchors are written: one line of JSON for each head."""
    return Path(settings.AMPARO_ANCHORS) / "anchors.jsonl"


def heads() -> list[Anchor]:
    """The newest link of each chain; of all organizations, for a hash says nothing of anybody."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT chain, seq, hash FROM audit_heads() ORDER BY chain")
        return [Anchor(*row) for row in cursor.fetchall()]


def anchor_heads() -> int:
    """Write the heads that have moved since they were last written, to the file and the log; gives how many."""
    path = anchors_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a+", encoding="ascii") as file:
        known = _last(path)
        moved = [head for head in heads() if known.get(head.chain, (0, ""))[0] < head.seq]
        if moved and not _ends_well(path):
            file.write("\n")
        for head in moved:
            told = {"at": clock.now().isoformat(timespec="seconds"), **head._asdict()}
            file.write(json.dumps(told) + "\n")
            log.info("anchor %d %d %s", *head)
        file.flush()
        os.fsync(file.fileno())
    return len(moved)


def _ends_well(path: Path) -> bool:
    text = path.read_bytes()[-1:]
    return text in (b"", b"\n")


def _last(path: Path) -> dict[int, tuple[int, str]]:
    """The newest anchor of each chain; a line that was cut off by a crash counts for nothing."""
    known: dict[int, tuple[int, str]] = {}
    with path.open(encoding="ascii", errors="replace") as lines:
        for line in lines:
            try:
                told = json.loads(line)
                known[told["chain"]] = max(known.get(told["chain"], (0, "")), (told["seq"], told["hash"]))
            except (ValueError, KeyError, TypeError):
                continue
    return known


def mail_heads() -> bool:
    """Send the heads to the address of AMPARO_ANCHOR_MAIL; whether there is one."""
    address = settings.AMPARO_ANCHOR_MAIL
    if not address:
        return False
    lines = [json.dumps({"at": clock.now().isoformat(timespec="seconds"), **head._asdict()}) for head in heads()]
    text = _(
        "Keep this mail. The lines below are the heads of Amparo's trace. With them in a file, the command "
        "verify_audit finds what was changed or removed there before today, whoever did it."
    )
    send_mail(_("Amparo: heads of the trace"), f"{text}\n\n" + "\n".join(lines) + "\n", None, [address])
    return True
