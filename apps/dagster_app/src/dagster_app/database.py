"""Whether the database still takes the password, which RDS changes every week.

ECS gives a container the new password only when it starts it, so a process whose password is
refused has to end, or to fail its health check. An outage is no reason for either.
"""

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

CONNECT_SECONDS = 2


def refuses(url: sa.URL) -> bool:
    """Connects anew, as a connection of a pool would still be open after the change."""
    engine = sa.create_engine(
        url, poolclass=sa.NullPool, connect_args={"connect_timeout": CONNECT_SECONDS}
    )
    try:
        with engine.connect():
            return False
    except DBAPIError as error:
        return is_refusal(error.orig)


def is_refusal(error: BaseException | None) -> bool:
    """Whether PostgreSQL refused the password.

    psycopg2 gives no SQLSTATE for an error while connecting (`pgcode` is `None`), only the
    server's sentence, which has this form in English, the language of RDS.
    """
    return "password authentication failed" in str(error)
