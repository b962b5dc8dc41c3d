"""What a connection must not carry from one request to the next."""

import logging
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from psycopg import Connection

from config.database.addresses import is_owner_process

log = logging.getLogger("amparo.database")
_FORGET = (
    "SELECT set_config('app.organization', '', false), set_config('app.actor', '', false), "
    "set_config('app.request', '', false)"
)


def forget_scope(connection: Connection[Any]) -> None:
    """Called by the pool when a connection comes back, before anybody else is given it. An error discards it."""
    connection.execute(_FORGET)
    connection.commit()


_CAN_BYPASS = """
SELECT current_user, EXISTS (SELECT FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls))
    OR EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = 'accounts_organization'
        AND pg_has_role(relowner, 'MEMBER'))
"""
_is_held = False


def insist_on_wall(connection: Connection[Any]) -> None:
    """Once a process: web and worker never work as a role that no policy holds. Raises ImproperlyConfigured."""
    global _is_held
    if _is_held or is_owner_process():
        return
    row = connection.execute(_CAN_BYPASS).fetchone()
    if row is not None and row[1]:
        told = (
            f"DATABASE_URL signs in as {row[0]}, which sees every organization: give web, worker and beat the "
            "application's role, and DATABASE_OWNER_URL to migrate and commands (docs/runbook.md)."
        )
        log.critical(told)
        raise ImproperlyConfigured(told)
    _is_held = True
