"""Why a database cannot be opened, as the end of a sentence that begins with `the database ...`.

Codes and the words of the operating system are passed on. Those of a driver are not: they may quote a password.
"""

import errno
import os
import sqlite3
import ssl
from urllib.parse import parse_qsl

from asyncpg import exceptions as pg

from steelyard.db.errors import DatabaseError, NotOpened
from steelyard.private_files import private

_URL = "STEELYARD_DATABASE_URL"
_REFUSED_PARAMETERS = "08P01"
_ELSEWHERE = f"name another in {_URL}"
_BY_CODE = {
    "28P01": f"refuses the user or the password of {_URL}. Correct them, or {_ELSEWHERE}",
    "28000": f"does not let this user in from here. Correct the user in {_URL}, or what the server allows (pg_hba.conf, TLS)",
    "3D000": f"does not exist on its server. Create it with the encoding UTF8, or {_ELSEWHERE}",
    "53300": "has no connection left. Raise max_connections of the server, or lower STEELYARD_POOL_SIZE",
    "57P03": "is starting or stopping. Try again in a moment",
    "3F000": f"has no schema that tables could be created in. Create the one that search_path names, or correct it in {_URL}",
    "25006": f"is read-only, as a standby is. Name the primary in {_URL}, or all hosts and ?target_session_attrs=read-write",
    "42501": "does not give this user the rights that it needs. To migrate, it owns the database and its tables (ALTER DATABASE ... OWNER "
    "TO ...); to serve, it may SELECT, INSERT, UPDATE and DELETE in every table",
    "42P07": f"has tables of another program. Create a database for Steelyard alone, and name it in {_URL}",
    _REFUSED_PARAMETERS: "refuses start-up parameters, as PgBouncer does. Set STEELYARD_DATABASE_STARTUP_PARAMETERS=false",
}
_BY_SQLITE_CODE = {
    "SQLITE_NOTADB": f"is no database. Move that file away, or {_ELSEWHERE}",
    "SQLITE_CANTOPEN": "cannot be written. Let this user write its folder, too, where SQLite keeps its log",
    "SQLITE_READONLY": "is read-only. Let this user write the file and its folder",
    "SQLITE_BUSY": "is locked by another process. Stop that one, or try again",
    "SQLITE_CORRUPT": "is damaged. Restore it from a backup",
    "SQLITE_FULL": "has no space left on its disk. Make room",
}


# It starts or stops, or all its connections are in use.
_AWAY = ("57P", "53300", "08")

# Files that the URL of a database may name.
_FILES = ("sslrootcert", "sslcert", "sslkey", "sslcrl")


def no_connection(error: BaseException, url: str) -> str:
    """For PostgreSQL: what went wrong, and what to do."""
    code = getattr(error, "sqlstate", None) or ""
    if code:
        reason = _BY_CODE.get(code) or f"refuses the connection ({type(error).__name__}). Correct {_URL}"
        return f"{reason} ({code})" if code in _BY_CODE else f"{reason}: {code}"
    return _out_of_reach(error, url)


def is_away(error: BaseException, url: str) -> bool:
    """For PostgreSQL: whether the same connection may be possible later, without a correction."""
    if code := getattr(error, "sqlstate", None):
        return str(code).startswith(_AWAY) and code != _REFUSED_PARAMETERS
    is_unreachable = isinstance(error, OSError) and not isinstance(error, ssl.SSLError)
    return is_unreachable and not _offers_no_tls(error) and _unreadable_file(url) is None


def _out_of_reach(error: BaseException, url: str) -> str:
    if isinstance(error, ssl.SSLError):
        return f"has a certificate that is not trusted ({error.reason}). Name its authority with sslrootcert= in {_URL}"
    if isinstance(error, pg.ClientConfigurationError):
        return f"cannot be connected to as {_URL} says. Correct its parameters, such as sslmode, and the files that they name"
    if _offers_no_tls(error):
        return f"offers no TLS, which sslmode in {_URL} demands. Leave sslmode out, or switch TLS on at the server"
    if isinstance(error, TimeoutError):
        return f"did not respond in time. Start it, or {_ELSEWHERE}"
    if isinstance(error, OSError) and (unreadable := _unreadable_file(url)):
        return f"cannot be connected to, because {unreadable} in {_URL} cannot be read. Correct the path, or let this user read the file"
    return f"cannot be reached ({_system(error)}). Start it, or {_ELSEWHERE}"


def why_unusable(error: BaseException) -> str:
    """For both: what ended a command, an error of this layer or of the driver."""
    if isinstance(error, NotOpened):
        return str(error)
    return f"cannot be used now: {error}. Try again" if isinstance(error, DatabaseError) else why_not_done(error)


def why_not_done(error: BaseException) -> str:
    """For PostgreSQL: why a statement of a command failed."""
    code = getattr(error, "sqlstate", None) or ""
    if "pg_trgm" in str(error) and code != "42501":
        return f"lacks the extension pg_trgm. Install the package that brings it, such as postgresql-contrib ({code})"
    if code in _BY_CODE:
        return f"{_BY_CODE[code]} ({code})"
    return f"refused or broke off ({f'{type(error).__name__} {code}'.rstrip()}). Try again, or look into its log"


def _offers_no_tls(error: BaseException) -> bool:
    return isinstance(error, ConnectionError) and error.errno is None and "SSL" in str(error)


def wrong_encoding(encoding: str) -> str:
    """For PostgreSQL: other encodings lack characters of names and texts."""
    return f"has the encoding {encoding}, which cannot hold every text. Create it anew with ENCODING 'UTF8' TEMPLATE template0"


def no_file(error: Exception) -> str:
    """The same for SQLite."""
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorname", "") or type(error).__name__
        # An extended code, such as SQLITE_READONLY_DIRECTORY, begins with its kind.
        kind = "_".join(code.split("_")[:2])
        return f"{_BY_SQLITE_CODE.get(kind) or f'cannot be opened. Move it away, or {_ELSEWHERE}'} ({code})"
    return f"cannot be opened ({_system(error)}). Let this user write it and its folder, or {_ELSEWHERE}"


def create_file(path: str) -> None:
    """Make sure that the file exists and this process may write it, or raise OSError. SQLite gives its log the mode of the file."""
    with open(path, "ab", opener=private):
        pass


def _unreadable_file(url: str) -> str | None:
    named = dict(parse_qsl(url.partition("?")[2]))
    return next((f"{name}={named[name]}" for name in _FILES if name in named and not os.access(named[name], os.R_OK)), None)


def _system(error: BaseException) -> str:
    number, text = getattr(error, "errno", None), getattr(error, "strerror", None)
    # asyncio's own errors have the number and a text with addresses.
    return os.strerror(number) if isinstance(number, int) and number in errno.errorcode else str(text or type(error).__name__)
