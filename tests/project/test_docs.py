"""The documentation is true: its links work, its commands exist, and its code is in the repository."""

import re
from pathlib import Path

import pytest

from steelyard.cli.main import cli
from steelyard.settings import Settings, variable
from tests.kit.project import PROJECT, ROOT
from tests.kit.servers.short_cuts import SHORT_CUTS

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
README = (ROOT / "README.md").read_text()
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()
PERFORMANCE = (ROOT / "docs" / "performance.md").read_text()
STEPS = re.findall(r"^\| \[`([^`]+)`\]\(([^)]+)\) \| `(\w+)` \|", README, re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_has_a_target(page: Path) -> None:
    for target, anchor in re.findall(r"\]\(([^)#]*)(?:#([^)]*))?\)", page.read_text()):
        path = page.parent / target if target else page
        assert target.startswith("http") or path.exists(), target
        assert not anchor or target.startswith("http") or anchor in anchors(path), f"{target}#{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    places = (ROOT, ROOT / "server" / "steelyard", page.parent)
    made = (
        "build/",
        *map("tests/unit/features/items/test_{}".format, ("own_", "stock_list", "deliveries")),
        *map("openapi/examples/{}.yaml".format, ("countOwnItems", "exportOwnItems", "hideItem", "listStock", "recordDelivery")),
    )

    for name in re.findall(r"`((?:[\w.-]+/)+\w+\.(?:py|yaml|json|txt|md))`", page.read_text()):
        assert name.startswith(made) or any((place / name).is_file() for place in places), name


def anchors(page: Path) -> set[str]:
    """The headings of a page, as GitHub links to them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_four_files_of_the_readme_exist_and_define_the_names_it_gives() -> None:
    assert len(STEPS) == 4
    for shown, path, name in STEPS:
        assert shown == path
        assert re.search(rf"\b{name}\b", (ROOT / path).read_text()), f"{path} has no {name}"


def test_the_endpoint_in_the_readme_is_copied_from_the_code() -> None:
    (shown,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)

    assert shown in (ROOT / "server/steelyard/features/orders/endpoints.py").read_text()


def test_ci_runs_the_readmes_test_command() -> None:
    _, test = re.findall(r"```console\n(.*?)\n```", README, re.DOTALL)

    assert test in (ROOT / ".ci" / "run").read_text().splitlines()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_only_commands_that_exist_are_named(page: Path) -> None:
    commands = {command.name or command.callback.__name__ for command in cli.registered_commands if command.callback is not None}
    groups = {group.name for group in cli.registered_groups}

    for name in re.findall(r"(?:^|`|&& )steelyard (\w+)", page.read_text(), re.MULTILINE):
        assert name in commands | groups, name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_only_sessions_that_exist_are_named(page: Path) -> None:
    sessions = re.findall(r"^def (\w+)\(session", (ROOT / "noxfile.py").read_text(), re.MULTILINE)

    for name in re.findall(r"nox -s (\w+)", page.read_text()):
        assert name in sessions, name


def test_the_floors_of_the_architecture_are_those_of_import_linter() -> None:
    shown = re.findall(r"^\| ([0-9]+) \| `(\w+)` \|", ARCHITECTURE, re.MULTILINE)
    (layers,) = (rule["layers"] for rule in PROJECT["tool"]["importlinter"]["contracts"] if rule.get("containers") == ["steelyard"])
    held = [(str(len(layers) - number), name) for number, layer in enumerate(layers) for name in layer.split(" | ")]

    assert sorted(shown) == sorted(held)


def test_the_folders_of_the_architecture_are_those_of_the_repository() -> None:
    shown = re.findall(r"^\| `(\w+)` \|", ARCHITECTURE, re.MULTILINE)
    made = {"build", "dist", "__pycache__"}

    assert sorted(shown) == sorted(
        path.name for path in ROOT.iterdir() if path.is_dir() and path.name.isidentifier() and path.name not in made
    )


@pytest.mark.parametrize("name", re.findall(r"`(\w+\.py)`", re.findall(r"(?s)## A feature(.*?)\n## ", ARCHITECTURE)[0]))
def test_the_architecture_names_files_that_features_have(name: str) -> None:
    assert list((ROOT / "server" / "steelyard" / "features").glob(f"*/{name}"))


def test_every_decision_is_listed() -> None:
    listed = (ROOT / "docs" / "decisions" / "README.md").read_text()

    for decision in (ROOT / "docs" / "decisions").glob("0*.md"):
        assert f"({decision.name})" in listed


def test_every_shortcut_is_on_the_page_about_performance_with_its_price_its_setting_and_its_decision() -> None:
    rows = re.findall(r"^\| [^|]+ \| [^|]+ \| [^|]+ \| `(\w+)=false` \| \[\d{4}\]\(decisions/", PERFORMANCE, re.MULTILINE)

    assert sorted(rows) == sorted(map(variable, SHORT_CUTS))


def test_the_page_about_performance_names_settings_that_exist() -> None:
    assert set(re.findall(r"STEELYARD_[A-Z0-9_]+", PERFORMANCE)) <= {variable(name) for name in Settings.model_fields}
