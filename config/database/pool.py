"""What a connection must not carry from one request to the next."""

from typing import Any

from psycopg import Connection

_FORGET = (
    "SELECT set_config('app.organization', '', false), set_config('app.actor', '', false), "
    "set_config('app.request', '', false)"
)


def forget_scope(connection: Connection[Any]) -> None:
    """Called by the pool when a connection comes back, before anybody else is given it. An error discards it."""
    connection.execute(_FORGET)
    connection.commit()
