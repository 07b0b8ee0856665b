"""Database URLs of operators, in one form for the drivers and in another without secrets for messages."""

import re
from urllib.parse import parse_qsl, urlencode

from steelyard.settings.hosts import is_host_name, is_this_machine

_POSTGRESQL = re.compile(
    r"postgres(?:ql)?(?:\+\w+)?://(?:(?P<user>[^/?#]*)@)?(?P<hosts>[^/?#@]*)(?:/(?P<name>[^?#]*))?(?:\?(?P<query>[^#]*))?"
)
_SQLITE = re.compile(r"sqlite(?:\+\w+)?:(?P<slashes>/*)(?P<path>.*)")
_HOST = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\[\]:]*)(?::(?P<port>[0-9]{1,5}))?")
_PORT = re.compile(r":[0-9]{1,5}$")
# The parameters that asyncpg reads from a URL. It sends every other parameter to the server, which then rejects the connection.
_PARAMETERS = {
    *("host", "port", "dbname", "database", "user", "password", "passfile", "application_name", "options", "search_path"),
    *("sslmode", "sslcert", "sslkey", "sslrootcert", "sslcrl", "sslpassword", "sslnegotiation"),
    *("ssl_min_protocol_version", "ssl_max_protocol_version", "target_session_attrs", "krbsrvname", "gsslib"),
}
# As SQLAlchemy spells it for asyncpg.
_SSLMODES = {"true": "require", "True": "require"}
FORMS = "Write postgresql://user:password@host:port/name, or sqlite:/// and the path of a file"


def canonical(url: str) -> str:
    """The URL as the drivers read it. Raises ValueError, whose text has no part of the URL except names of parameters."""
    scheme, colon, rest = url.partition(":")
    url = f"{scheme.lower()}{colon}{rest}"
    if url.startswith("sqlite"):
        return f"sqlite:///{_path(url)}"
    if not url.startswith("postgres"):
        raise ValueError(f"the database is neither PostgreSQL nor SQLite. {FORMS}")
    match = _POSTGRESQL.fullmatch(url)
    if match is None or not all(_is_host(each) for each in match["hosts"].split(",")):
        raise ValueError(f"host and port cannot be read. {FORMS}; in user and password, write @ : / ? # percent-encoded, such as %40 for @")
    user = "" if match["user"] is None else match["user"].replace("@", "%40") + "@"
    query = f"?{urlencode(_parameters(match['query']))}" if match["query"] else ""
    return f"postgresql://{user}{match['hosts']}/{match['name'] or ''}{query}"


def address(url: str) -> str:
    """Hosts and name of a canonical URL, or its file, for messages."""
    if is_sqlite(url):
        return sqlite_path(url)
    match = _POSTGRESQL.fullmatch(url)
    assert match is not None
    named = dict(parse_qsl(match["query"] or ""))
    name = match["name"] or named.get("dbname") or named.get("database")
    return (match["hosts"] or named.get("host") or "localhost") + (f"/{name}" if name else "")


def is_remote(url: str) -> bool:
    """Whether a host of a canonical URL is another machine than this one. Sockets are files of this one."""
    match = _POSTGRESQL.fullmatch(url)
    if match is None:
        return False
    named = match["hosts"] or dict(parse_qsl(match["query"] or "")).get("host", "")
    hosts = [_PORT.sub("", each).strip("[]") for each in named.split(",")]
    return not all(not host or host.startswith("/") or is_this_machine(host) for host in hosts)


def sslmode(url: str) -> str | None:
    """The sslmode of a canonical URL, if it has one."""
    match = _POSTGRESQL.fullmatch(url)
    return None if match is None else dict(parse_qsl(match["query"] or "")).get("sslmode")


def is_sqlite(url: str) -> bool:
    return url.startswith("sqlite:")


def sqlite_path(url: str) -> str:
    """The file of a canonical URL."""
    return url.removeprefix("sqlite:///")


def _path(url: str) -> str:
    match = _SQLITE.fullmatch(url)
    if match is None or len(match["slashes"]) not in {3, 4}:
        raise ValueError("it has no path of a file. Write sqlite:///steelyard.db, or sqlite:////srv/steelyard.db with a fourth slash")
    path = "/" * (len(match["slashes"]) - 3) + match["path"]
    if not path or ":memory:" in path:
        raise ValueError("other connections cannot see a database in memory. Write a file: sqlite:///steelyard.db")
    if "?" in path or "\0" in path:
        raise ValueError("the URL of an SQLite file has no parameters. Leave out everything from the ? on")
    return path


def _is_host(text: str) -> bool:
    match = _HOST.fullmatch(text)
    return match is not None and 0 <= int(match["port"] or 0) <= 65_535 and is_host_name(match["host"])


def _parameters(query: str) -> dict[str, str]:
    parameters = dict(parse_qsl(query, keep_blank_values=True))
    if "ssl" in parameters:
        mode = parameters.pop("ssl")
        parameters.setdefault("sslmode", _SSLMODES.get(mode, mode))
    if unknown := sorted(parameters.keys() - _PARAMETERS):
        raise ValueError(f"the driver has no parameter {', '.join(unknown)}. Leave it out; timeouts and the pool have their own settings")
    if not all(re.fullmatch(r"[0-9]{1,5}", port) for port in parameters.get("port", "0").split(",")):
        raise ValueError(f"the parameter port is not a number. {FORMS}")
    hosts = parameters.get("host", "").split(",")
    if not all(host.startswith("/") or is_host_name(host) for host in hosts):
        raise ValueError(f"the parameter host is no host. {FORMS}")
    return parameters
