"""How a pooled connection is handed out: alive, and with nothing left of the last user.

Imported by the settings, so it knows nothing of Django.
"""

from psycopg import Connection

# What every connection stands in until a scope is entered (accounts/scopes.py).
ENTRANCE = "cpor_entrance"
FORGET = (
    "CLOSE ALL; DEALLOCATE ALL;"
    " SELECT pg_advisory_unlock_all(),"
    f" set_config('role', '{ENTRANCE}', false),"
    " set_config('cpor.partner', '', false),"
    " set_config('cpor.person', '', false),"
    " set_config('cpor.claim', '', false)"
)


def hand_out(connection: Connection) -> None:
    """Check that a connection lives and send it back to the entrance, in one go.

    Scopes end with their transaction anyway: this is the second lock on that door.
    """
    was_autocommit = connection.autocommit
    if not was_autocommit:
        connection.autocommit = True
    connection.execute(FORGET)
    if not was_autocommit:
        connection.autocommit = False
