"""Shapes that today's contract does not need yet become an SDK that type-checks and works."""

import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from codegen.client import package
from codegen.contract.bundle import bundle
from codegen.contract.document import Document
from codegen.generate import format_code
from tests.kit.codegen.contracts import written
from tests.kit.project import ROOT

ID = "01a2027b-d680-7000-8000-000000000001"


def ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def response(schema: dict[str, Any], media: str = "application/json", **more: Any) -> dict[str, Any]:
    return {"description": "It.", "content": {media: {"schema": schema, **more}}}


def object_schema(**members: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": list(members), "properties": members}


def rich(folder: Path) -> Document:
    """A small contract with an operation per shape."""
    root = bundle(written(folder))
    schemas = root["components"]["schemas"]
    schemas["Report"] = object_schema(
        id={"type": "string", "format": "uuid"},
        counts={"type": "object", "additionalProperties": {"type": "integer"}},
        things={"type": "object", "additionalProperties": ref("Thing")},
        tags={"type": "array", "items": {"type": "string"}},
        day={"type": "string", "format": "date"},
        list={"type": "number"},
    )
    schemas["Job"] = object_schema(id={"type": "string", "format": "uuid"}, state={"type": "string"})
    schemas["Weighed"] = object_schema(type={"const": "thing.weighed"}, subject=ref("Thing"))
    schemas["Dropped"] = object_schema(type={"const": "thing.dropped"}, thing_id={"type": "integer"})
    mapping = {"thing.weighed": "#/components/schemas/Weighed", "thing.dropped": "#/components/schemas/Dropped"}
    schemas["Event"] = {"oneOf": [ref("Weighed"), ref("Dropped")], "discriminator": {"propertyName": "type", "mapping": mapping}}
    root["components"]["securitySchemes"]["key"] = {"type": "apiKey", "in": "header", "name": "X-Scales-Key"}
    # Every method has an option of this name; here it is a parameter of the contract.
    timeout = {"name": "timeout", "in": "query", "schema": {"type": "integer"}}
    drafts = {"type": "array", "items": ref("ThingCreate"), "maxItems": 100}
    since = {"name": "since", "in": "query", "schema": {"type": "string", "format": "date-time"}}
    kinds = {"name": "kind", "in": "query", "schema": {"type": "array", "items": ref("Kind")}}
    exported = response({"type": "string"}, "text/csv")
    exported["content"]["application/json"] = {"schema": {"type": "array", "items": ref("Thing")}}
    dated = {"since": "2026-11-01", "sunset": "2027-09-01", "use": "createThing"}
    common = {"tags": ["things"], "security": [{"oauth2": ["things:write"]}, {"key": []}]}
    root["paths"]["/things/{thing_id}"]["get"] |= {"deprecated": True, "x-deprecation": dated}
    root["paths"] |= {
        "/things/import": {
            "post": {
                **common,
                "operationId": "importThings",
                "summary": "Weigh many",
                "requestBody": {"required": True, "content": {"application/json": {"schema": drafts}}},
                "responses": {"200": response(ref("Report")), "202": response(ref("Job"))},
            }
        },
        "/things/export": {
            "get": {
                **common,
                "operationId": "exportThings",
                "summary": "All of them as a table",
                "parameters": [since, kinds],
                "responses": {"200": exported},
            }
        },
        "/things/events": {
            "get": {
                **common,
                "operationId": "listThingEvents",
                "summary": "What happened",
                "parameters": [timeout],
                "responses": {"200": response({"type": "array", "items": ref("Event")})},
            }
        },
    }
    body = {"required": True, "content": {"application/json": {"schema": ref("Event")}}}
    root["webhooks"] = {"thing": {"post": {"operationId": "onThing", "requestBody": body, "responses": {"204": {"description": "Taken."}}}}}
    return Document(root)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the SDK of that contract."""
    folder = tmp_path_factory.mktemp("shapes")
    package.write_package(rich(folder / "openapi"), folder / "scales_client")
    format_code(folder / "scales_client")
    return folder


USE = dedent(
    f"""
    import datetime
    import json
    from uuid import UUID
    from typing import assert_type

    import httpx

    from scales_client import AsyncScales, Scales, calls, models, operations, webhooks
    from scales_client.testing import FakeScales

    THING = {{"id": 7, "kind": "solid", "weight": 12}}
    REPORT = {{"id": "{ID}", "counts": {{"a": 1}}, "things": {{"b": THING}}, "tags": ["x"], "day": "2026-11-22", "list": 0.5}}
    EVENTS = [{{"type": "thing.weighed", "subject": THING}}, {{"type": "thing.dropped", "thing_id": 7}}, {{"type": "thing.sold", "at": 1}}]
    sent: list[httpx.Request] = []


    def server(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        match request.url.path:
            case "/things/import" if len(json.loads(request.content)) > 1:
                return httpx.Response(202, json={{"id": "{ID}", "state": "queued"}})
            case "/things/import":
                return httpx.Response(200, json=REPORT)
            case "/things/export" if request.headers["accept"].startswith("application/json"):
                return httpx.Response(200, json=[THING])
            case "/things/export":
                return httpx.Response(200, content=b"id,kind\\n7,solid\\n")
            case "/things/events":
                return httpx.Response(200, json=EVENTS)
        return httpx.Response(200, json=THING)


    client = Scales("https://scales.test", api_key="k", http=httpx.Client(transport=httpx.MockTransport(server)))

    report = client.things.import_things([{{"kind": "solid", "weight": 1}}])
    assert_type(report, models.Report | models.Job)
    assert isinstance(report, models.Report)
    assert_type(report.id, UUID)
    assert_type(report.counts, dict[str, int])
    assert_type(report.things, dict[str, models.Thing])
    assert_type(report.day, datetime.date)
    assert_type(report.list_, float)
    assert (report.id, report.things["b"].weight, report.day.year, report.list_) == (UUID("{ID}"), 12, 2026, 0.5)
    assert report.to_dict() == REPORT
    assert sent[0].headers["x-scales-key"] == "k"
    assert json.loads(sent[0].content) == [{{"kind": "solid", "weight": 1}}]

    job = client.things.import_things([models.ThingCreate(kind=models.Kind.SOLID), {{"kind": "liquid"}}])
    assert isinstance(job, models.Job)

    table = client.things.export(since=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), kind=["solid", models.Kind.LIQUID])
    assert_type(table, str)
    assert table.startswith("id,kind")
    assert sent[-1].headers["accept"] == "text/csv, application/problem+json"
    assert sent[-1].url.query == b"since=2026-01-01T00%3A00%3A00.000000Z&kind=solid&kind=liquid"

    things = client.things.export_json()
    assert_type(things, list[models.Thing])
    assert things[0].id == 7

    happened = client.things.list_events()
    assert_type(happened, list[models.Weighed | models.Dropped | models.Unknown])
    assert [type(event).__name__ for event in happened] == ["Weighed", "Dropped", "Unknown"]

    client.things.list_events(timeout=3, headers={{"x-tenant": "b"}})
    assert sent[-1].url.query == b"timeout=3"
    assert sent[-1].headers["x-tenant"] == "b"
    assert set(sent[-1].extensions["timeout"].values()) == {{10.0}}

    delivery = json.dumps(EVENTS[0]).encode()
    event = webhooks.read(delivery, webhooks.sign(delivery, "whsec_aGk="), "whsec_aGk=")
    assert_type(event, models.Weighed | models.Dropped | models.Unknown)
    assert isinstance(event, models.Weighed)

    with FakeScales() as fake:
        fake.on(operations.list_thing_events, happened)
        fake.on(operations.export_things, "id")
        assert fake.scales().things.list_events() == happened
        fake.on(operations.export_things_json, things)
        assert fake.scales().things.export() == "id"
        assert fake.scales().things.export_json() == things

    shown = client.to_curl(calls.list_thing_events())
    assert "x-scales-key: ***" in shown
    """
)
DEPRECATED = dedent(
    """
    from scales_client import AsyncScales, Scales


    async def use(client: Scales, asynchronous: AsyncScales) -> None:
        client.things.get(7)
        await asynchronous.things.get(7)
        client.things.create(kind="solid")
    """
)


def run(made: Path, *command: str) -> subprocess.CompletedProcess[str]:
    paths = f"{made}:{ROOT / 'client'}"
    environment = {"PYTHONPATH": paths, "MYPYPATH": paths}
    return subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False, cwd=made, env=environment)


def test_the_generated_sdk_type_checks_and_works(made: Path) -> None:
    (made / "use.py").write_text(USE)

    used = run(made, "-W", "error", "use.py")
    checked = run(made, "-m", "mypy", "--strict", "--cache-dir", str(made / "cache"), "-p", "scales_client", "-m", "use")

    assert used.returncode == 0, used.stderr
    assert checked.returncode == 0, checked.stdout


def test_a_deprecated_operation_is_struck_out_in_editors_and_warns_when_called(made: Path) -> None:
    (made / "old.py").write_text(DEPRECATED)
    words = "getThing is deprecated since 2026-11-01 and ends on 2027-09-01; use createThing"

    checked = run(made, "-m", "mypy", "--strict", "--enable-error-code", "deprecated", "--cache-dir", str(made / "cache"), "old.py")

    assert [line.partition(":")[2].partition(":")[0] for line in checked.stdout.splitlines() if words in line] == ["6", "7"]
    assert checked.stdout.count("error:") == 2
