"""Database URLs as operators write them: one form for the drivers, and one without secrets for messages."""

import re
from urllib.parse import parse_qsl, urlencode

_POSTGRESQL = re.compile(
    r"postgres(?:ql)?(?:\+\w+)?://(?:(?P<user>[^/?#]*)@)?(?P<hosts>[^/?#@]*)(?:/(?P<name>[^?#]*))?(?:\?(?P<query>[^#]*))?"
)
_SQLITE = re.compile(r"sqlite(?:\+\w+)?:(?P<slashes>/*)(?P<path>.*)")
_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[^\[\]:]*)(?::(?P<port>[0-9]{1,5}))?")
# What asyncpg reads from a URL; it takes every other name for a parameter of the server, which then refuses the connection.
_PARAMETERS = {
    *("host", "port", "dbname", "database", "user", "password", "passfile", "application_name", "options", "search_path"),
    *("sslmode", "sslcert", "sslkey", "sslrootcert", "sslcrl", "sslpassword", "sslnegotiation"),
    *("ssl_min_protocol_version", "ssl_max_protocol_version", "target_session_attrs", "krbsrvname", "gsslib"),
}
# How SQLAlchemy spells it for asyncpg.
_SSLMODES = {"true": "require", "True": "require"}
FORMS = "Write postgresql://user:password@host:port/name, or sqlite:/// and the path of a file"


def canonical(url: str) -> str:
    """The URL as the drivers read it. ValueError says what is wrong with it, and quotes nothing of it but names."""
    scheme, colon, rest = url.partition(":")
    url = f"{scheme.lower()}{colon}{rest}"
    if url.startswith("sqlite"):
        return f"sqlite:///{_path(url)}"
    if not url.startswith("postgres"):
        raise ValueError(f"the database is neither PostgreSQL nor SQLite. {FORMS}")
    found = _POSTGRESQL.fullmatch(url)
    if found is None or not all(_is_host(each) for each in found["hosts"].split(",")):
        raise ValueError(f"host and port cannot be read. {FORMS}; in user and password, write @ : / ? # percent-encoded, such as %40 for @")
    user = "" if found["user"] is None else found["user"].replace("@", "%40") + "@"
    query = f"?{urlencode(_parameters(found['query']))}" if found["query"] else ""
    return f"postgresql://{user}{found['hosts']}/{found['name'] or ''}{query}"


def address(url: str) -> str:
    """Hosts and name of a canonical URL, or its file: all that a message may show."""
    if is_sqlite(url):
        return sqlite_path(url)
    found = _POSTGRESQL.fullmatch(url)
    assert found is not None
    named = dict(parse_qsl(found["query"] or ""))
    name = found["name"] or named.get("dbname") or named.get("database")
    return (found["hosts"] or named.get("host") or "localhost") + (f"/{name}" if name else "")


def is_sqlite(url: str) -> bool:
    return url.startswith("sqlite:")


def sqlite_path(url: str) -> str:
    """The file of a canonical URL."""
    return url.removeprefix("sqlite:///")


def _path(url: str) -> str:
    found = _SQLITE.fullmatch(url)
    if found is None or len(found["slashes"]) not in {3, 4}:
        raise ValueError(
            "the file cannot be read from it. Write sqlite:///steelyard.db, or sqlite:////srv/steelyard.db with a fourth slash"
        )
    path = "/" * (len(found["slashes"]) - 3) + found["path"]
    if not path or ":memory:" in path:
        raise ValueError("a database in memory has one connection, which no other one sees. Name a file: sqlite:///steelyard.db")
    if "?" in path or "\0" in path:
        raise ValueError("the URL of an SQLite file has no parameters. Leave out everything from the ? on")
    return path


def _is_host(text: str) -> bool:
    found = _HOST.fullmatch(text)
    return found is not None and 0 <= int(found["port"] or 0) <= 65_535


def _parameters(query: str) -> dict[str, str]:
    found = dict(parse_qsl(query, keep_blank_values=True))
    if "ssl" in found:
        mode = found.pop("ssl")
        found.setdefault("sslmode", _SSLMODES.get(mode, mode))
    if unknown := sorted(found.keys() - _PARAMETERS):
        raise ValueError(
            f"the driver has no parameter {', '.join(unknown)}. Leave it out; timeouts and the pool have settings of their own"
        )
    if not all(re.fullmatch(r"[0-9]{1,5}", port) for port in found.get("port", "0").split(",")):
        raise ValueError(f"the parameter port is no number. {FORMS}")
    return found
