"""openapi/server.yaml becomes constants; an invalid entry is reported with its line and a remedy."""

from pathlib import Path

import pytest

from codegen.__main__ import main
from codegen.contract.bundle import bundle
from codegen.contract.document import Document
from codegen.contract.policy import policy_errors, read_policy
from codegen.server import bounds, policy
from tests.kit.codegen.contracts import FILES, written

SERVER = """
role_schema: /components/schemas/Kind
roles:
  solid: {scopes: ['things:read']}
  liquid:
    includes: solid
    scopes: ['things:write']
implied_scopes:
  things:write: ['things:read']
parties: [owner]
max_login_age_s: 60
sign_out: leave
limited_by_address: [default]
bounds:
  max_weight: /components/schemas/Thing/properties/weight/maximum
rate_classes: ['default']
"""
OWN = """
own:
  delete:
    operationId: leave
    tags: [things]
    summary: Leave
    x-access: {owner: none}
    responses:
      '204': {description: Left.}
"""


def contract(folder: Path, old: str = "", new: str = "") -> Path:
    """A small contract with two roles and an operation that ends a session; a text of its server.yaml is exchanged."""
    assert SERVER.count(old) == 1 or not old
    paths = FILES["openapi.yaml"].replace("{'things:write': Weigh}", "{'things:read': Look, 'things:write': Weigh}")
    paths = paths.replace("paths:\n", "paths:\n  /own: {$ref: 'paths/things.yaml#/own'}\n")
    server = SERVER.replace(old, new) if old else SERVER
    return written(folder, openapi=paths, paths__things=FILES["paths/things.yaml"] + OWN, server=server)


def errors(root: Path) -> list[str]:
    return [line.removeprefix(f"{root.parent}/") for line in policy_errors(root, Document(bundle(root)))]


def test_a_role_has_the_scopes_of_the_role_that_it_includes_in_the_order_of_the_contract(tmp_path: Path) -> None:
    root = contract(tmp_path, "scopes: ['things:read']", "scopes: ['things:write', 'things:read']")

    roles = read_policy(root, Document(bundle(root))).roles

    assert roles == {"solid": ("things:read", "things:write"), "liquid": ("things:read", "things:write")}


def test_a_bound_becomes_a_constant_with_its_place(tmp_path: Path) -> None:
    root = contract(tmp_path)

    text = bounds.render(read_policy(root, Document(bundle(root))))

    assert text == "# /components/schemas/Thing/properties/weight/maximum\nMAX_WEIGHT = 1_000\n"


def test_the_policy_becomes_a_module(tmp_path: Path) -> None:
    root = contract(tmp_path)
    module: dict[str, object] = {}

    exec(policy.render(read_policy(root, Document(bundle(root)))), module)

    assert module["SCOPES_OF"] == {"solid": ("things:read",), "liquid": ("things:read", "things:write")}
    assert module["ALL_SCOPES"] == {"things:read", "things:write"}
    assert module["IMPLIED_SCOPES"] == {"things:write": ("things:read",)}
    assert (module["MAX_LOGIN_AGE_S"], module["LIMITED_BY_ADDRESS"]) == (60, {"default"})


def test_a_valid_policy_has_no_errors(tmp_path: Path) -> None:
    assert errors(contract(tmp_path)) == []


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("max_login_age_s: 60", "max_age: 60", "server.yaml:11: server: there is no entry max_age. Write max_login_age_s, or remove it."),
        ("parties: [owner]\n", "", "server.yaml:2: server: the entry parties is missing. Write it, empty if need be."),
        ("schemas/Kind", "schemas/Kinds", "server.yaml:2: server: /components/schemas has no Kinds. Write Kind instead, in "),
        (
            "schemas/Kind",
            "schemas/Thing",
            "server.yaml:2: server: /components/schemas/Thing is not an enumeration. Write the pointer of one.",
        ),
        ("  liquid:", "  liquids:", "server.yaml:5: server: 'liquids' is not a role of /components/schemas/Kind. Write liquid."),
        (
            "  liquid:",
            "  liquids:",
            "server.yaml:3: server: the role liquid has no entry. Write which scopes it has: liquid: {scopes: []}.",
        ),
        ("['things:write']\nimpl", "['things:wite']\nimpl", "server.yaml:7: server: 'things:wite' is not a scope of any security scheme. "),
        (
            "['things:write']\nimpl",
            "[]\nimpl",
            "server.yaml:3: server: no role has the scope things:write. Add it to one, or remove it from ",
        ),
        (
            "scopes: ['things:read']}",
            "scope: ['things:read']}",
            "server.yaml:4: server: 'scope' is not an entry of the role solid. Write scopes.",
        ),
        ("includes: solid", "includes: liquid", "server.yaml:6: server: 'liquid' is not a role above liquid. Write the name of one, or "),
        ("  solid: {scopes: ['things:read']}", "  solid: things:read", "server.yaml:4: server: solid does not map names to values. "),
        ("['things:read']}", "things:read}", "server.yaml:4: server: scopes is not a list of names. Write [a, b]."),
        ("  things:write: ['", "  things:rite: ['", "server.yaml:9: server: 'things:rite' is not a scope of any security scheme. "),
        (": ['things:read']\np", ": ['things:reed']\np", "server.yaml:9: server: 'things:reed' is not a scope of any security scheme. "),
        ("[owner]", "[owner, friend]", "server.yaml:10: server: 'friend' is not a party of any x-access. Write "),
        ("[owner]", "[]", "paths/things.yaml:49: server: 'owner' is neither a party nor a role of server.yaml. Write "),
        ("roles:\n", "roles: {}\nroles_of_old:\n", "server.yaml:3: server: there are no roles. Write at least one, such as "),
        ("_s: 60", "_s: 0", "server.yaml:11: server: 0 is not a number of seconds. Write a positive integer, such as 3600."),
        ("sign_out: leave", "sign_out: left", "server.yaml:12: server: 'left' is not an operation. Write "),
        ("sign_out: leave", "sign_out: getThing", "server.yaml:12: server: getThing does not end the session of its caller: "),
        ("[default]", "[defaults]", "server.yaml:13: server: 'defaults' is not the x-rate-class of any operation. Write default."),
        ("max_weight:", "maxWeight:", "server.yaml:15: server: 'maxWeight' does not make a constant. Write a name in lower case, such as "),
        (
            "weight/maximum",
            "wait/maximum",
            "server.yaml:15: server: /components/schemas/Thing/properties has no wait. Write weight instead, in ",
        ),
        ("weight/maximum", "weight/type", "server.yaml:15: server: /components/schemas/Thing/properties/weight/type is not a bound. "),
        ("weight/maximum", "weight/type/0", "server.yaml:15: server: /components/schemas/Thing/properties/weight/type/0 is not a bound. "),
        ("/components/schemas/Thing/p", "Thing/p", "server.yaml:15: server: 'Thing/properties/weight/maximum' is not a JSON pointer. "),
    ],
)
def test_an_invalid_entry_is_reported_with_its_line_and_a_remedy(tmp_path: Path, old: str, new: str, line: str) -> None:
    reported = errors(contract(tmp_path, old, new))

    assert any(text.startswith(line) for text in reported), reported


def test_lint_and_generate_fail_on_an_invalid_policy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = contract(tmp_path / "openapi", "[default]", "[defaults]")
    command = ["--contract", str(root), "--target", str(tmp_path / "generated")]

    assert main([*command, "lint"]) == 1
    assert main([*command, "generate"]) == 1
    assert capsys.readouterr().err.count("'defaults' is not the x-rate-class of any operation. Write default.") == 2
    assert not (tmp_path / "generated").exists()
