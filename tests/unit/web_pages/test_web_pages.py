"""Web pages: byte-exact documents, no foreign host, no inline script, one page for each problem."""

import hashlib
import json
import re
from collections.abc import AsyncIterator
from importlib import resources

import httpx
import pytest
import yaml
from starlette.applications import Starlette

from steelyard.settings import Settings
from steelyard.web_pages import reference, routes

BUNDLE = (resources.files("steelyard_contract") / "openapi.json").read_bytes()
PAGES = ("/docs", "/docs/oauth2-redirect", "/redoc", "/problems", "/problems/insufficient-stock", "/problems/not-found")


def slugs() -> list[str]:
    schemas = json.loads(BUNDLE)["components"]["schemas"].values()
    types = (str(schema.get("properties", {}).get("type", {}).get("const", "")) for schema in schemas)
    return sorted(each.removeprefix("/problems/") for each in types if each.startswith("/problems/"))


def client_of(settings: Settings) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(Starlette(routes=routes(settings, BUNDLE)))
    return httpx.AsyncClient(transport=transport, base_url="http://localhost")


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(Settings()) as made:
        yield made


async def test_the_document_is_the_committed_bundle_byte_for_byte(client: httpx.AsyncClient) -> None:
    response = await client.get("/openapi.json")

    assert response.content == BUNDLE
    assert response.headers["content-type"] == "application/json"
    assert response.headers["etag"] == f'"{hashlib.sha256(BUNDLE).hexdigest()}"'


async def test_the_yaml_has_the_same_content_in_the_same_order(client: httpx.AsyncClient) -> None:
    response = await client.get("/openapi.yaml")

    read = yaml.safe_load(response.content)
    assert json.dumps(read) == json.dumps(json.loads(BUNDLE))
    assert response.headers["content-type"] == "application/yaml"
    assert response.headers["etag"] == f'"{hashlib.sha256(response.content).hexdigest()}"'


@pytest.mark.parametrize("path", ["/openapi.json", "/openapi.yaml", "/docs", "/docs/assets/swagger.js", "/problems/not-found"])
async def test_a_matching_etag_gets_304(client: httpx.AsyncClient, path: str) -> None:
    etag = (await client.get(path)).headers["etag"]

    response = await client.get(path, headers={"if-none-match": f'"other", {etag}'})

    assert (response.status_code, response.content, response.headers["etag"]) == (304, b"", etag)
    assert (await client.get(path, headers={"if-none-match": '"other"'})).status_code == 200


@pytest.mark.parametrize("path", ["/openapi.json", "/docs"])
async def test_head_has_the_headers_of_get_and_no_body(client: httpx.AsyncClient, path: str) -> None:
    head, got = await client.head(path), await client.get(path)

    assert head.content == b""
    assert head.headers == got.headers


@pytest.mark.parametrize("path", [*PAGES, "/openapi.json", "/openapi.yaml"])
async def test_a_trailing_slash_leads_to_the_page_below_any_prefix(client: httpx.AsyncClient, path: str) -> None:
    response = await client.get(f"{path}/")

    assert response.status_code == 308
    assert response.next_request is not None
    assert response.next_request.url == f"http://localhost{path}"
    assert response.headers["location"].startswith("../")


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_loads_nothing_from_elsewhere_and_runs_nothing_inline(client: httpx.AsyncClient, path: str) -> None:
    response = await client.get(path)

    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'; script-src 'self';" in response.headers["content-security-policy"]
    assert "unsafe" not in response.headers["content-security-policy"]
    assert not re.findall(r"<script[^>]*>[^<]|<style|\son\w+=|(?:src|href)=\"(?:https?:)?//", response.text)


@pytest.mark.parametrize("path", PAGES)
async def test_every_file_that_a_page_names_is_there(client: httpx.AsyncClient, path: str) -> None:
    html = (await client.get(path)).text

    for name in re.findall(r'(?:src|href)="([^"]+)"', html):
        assert (await client.get(str(httpx.URL("http://localhost" + path).join(name)))).status_code == 200, name


@pytest.mark.parametrize("name", sorted(reference.OWN_ASSETS | reference.PACKAGE_ASSETS))
async def test_an_asset_has_its_media_type_and_is_cached_for_an_hour(client: httpx.AsyncClient, name: str) -> None:
    response = await client.get(f"/docs/assets/{name}")

    assert response.status_code == 200
    assert response.headers["content-type"].split(";")[0] == (reference.OWN_ASSETS | reference.PACKAGE_ASSETS)[name]
    assert response.headers["cache-control"] == "public, max-age=3600"


@pytest.mark.parametrize("name", sorted(reference.PACKAGE_ASSETS))
async def test_no_asset_of_a_package_names_a_content_delivery_network(client: httpx.AsyncClient, name: str) -> None:
    networks = set(re.findall(r"https?://[\w.-]*cdn[\w.-]*", (await client.get(f"/docs/assets/{name}")).text))

    assert networks == set()


@pytest.mark.parametrize("name", ["missing.js", "../reference.py", "..%2freference.py", "favicon.png"])
async def test_no_other_file_is_served(client: httpx.AsyncClient, name: str) -> None:
    assert (await client.get(f"/docs/assets/{name}")).status_code == 404


@pytest.mark.parametrize("slug", slugs())
async def test_each_problem_has_the_page_that_its_type_names(client: httpx.AsyncClient, slug: str) -> None:
    response = await client.get(f"/problems/{slug}")

    assert response.status_code == 200
    assert f"<code>/problems/{slug}</code>" in response.text
    assert f'href="problems/{slug}"' in (await client.get("/problems")).text


async def test_a_problem_page_has_its_members_an_example_and_its_operations(client: httpx.AsyncClient) -> None:
    text = (await client.get("/problems/insufficient-stock")).text

    assert "<code>items</code>" in text
    assert "&quot;available&quot;" in text
    assert "<code>createOrder</code>" in text
    assert "returns it outside of operations" in (await client.get("/problems/not-found")).text


async def test_an_unknown_problem_is_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.get("/problems/no-such-thing")).status_code == 404


async def test_with_docs_off_only_the_document_is_left() -> None:
    async with client_of(Settings(docs=False)) as client:
        assert (await client.get("/openapi.json")).status_code == 200
        for path in PAGES:
            assert (await client.get(path)).status_code == 404


async def test_an_error_about_a_missing_package_names_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)

    with pytest.raises(RuntimeError, match="Install it, or set STEELYARD_DOCS=false"):
        reference.Assets().find("swagger-ui.css")


@pytest.mark.parametrize("docs", [True, False])
async def test_livez_responds_without_the_database_and_is_not_cached(docs: bool) -> None:
    async with client_of(Settings(docs=docs)) as client:
        response = await client.get("/livez")

        assert (response.status_code, response.json(), response.headers["cache-control"]) == (200, {"status": "ok"}, "no-store")
        assert (await client.head("/livez")).status_code == 200
        assert (await client.post("/livez")).status_code == 405
