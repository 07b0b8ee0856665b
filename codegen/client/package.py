"""Runs openapi-python-client with our templates, by its public names only.

The generator reads the contract's shapes and lays out the package. What a facade needs and it drops (security, links, extensions,
bounds, examples) the templates take from the document itself. Any warning is an error: the stock command drops operations and exits 0.
"""

import io
import json
import shutil
import tempfile
from contextlib import redirect_stdout
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader
from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError

from codegen.client.docstrings import sentence, wrapped
from codegen.client.generator_input import generator_input
from codegen.client.methods import Methods
from codegen.client.models import Models
from codegen.client.modules import Modules
from codegen.client.names import class_of_tag
from codegen.client.renaming import renamed
from codegen.client.types import Types
from codegen.contract.bundle import to_text
from codegen.contract.document import Document, referenced
from codegen.contract.names import enum_members, snake
from codegen.contract.schemas import is_enumeration
from codegen.contract.servers import base_path
from codegen.contract.yaml import ContractError

TEMPLATES = Path(__file__).parent / "templates"
# Modules that the generator does not know; one template each.
MODULES = ("calls", "operations", "testing", "webhooks")
# The same for a contract with logins in a browser.
LOGIN_MODULES = ("login", "__main__")
# Members of a problem that its example does not need.
IMPLIED = frozenset({"type", "status", "instance"})
HEADER = "# `nox -s generate`: never edit.\n"


class TemplateContext:
    """The data of the templates beyond those of the generator."""

    def __init__(self, document: Document, sign_out: str | None = None) -> None:
        self.digest = sha256(to_text(dict(document.root)).encode()).hexdigest()
        self.document = document = renamed(document)
        self.info: Any = document.root["info"]
        self.types = Types(document)
        self.models = Models(self.types)
        self.methods = Methods(document, self.models)
        self.modules = Modules(self.models, self.methods, self.events().values())
        self.sign_out = None if sign_out is None else snake(sign_out)
        """The key of the operation that ends a session."""

    @property
    def class_name(self) -> str:
        return "".join(word[:1].upper() + word[1:] for word in str(self.info["title"]).split())

    def resources(self) -> dict[str, str]:
        """Class by tag, in the order of the contract."""
        return {tag: class_of_tag(tag) for tag in self.methods.by_tag()}

    def token_path(self) -> str:
        """The path where a password is exchanged for a session."""
        for scheme in self.document.components("securitySchemes").values():
            if "password" in scheme.get("flows", {}):
                return str(scheme["flows"]["password"]["tokenUrl"])
        return ""

    def keys(self) -> dict[str, tuple[str, str]]:
        """Place and name of each security scheme that is an API key."""
        schemes = self.document.components("securitySchemes")
        return {name: (scheme["in"], scheme["name"]) for name, scheme in schemes.items() if scheme.get("type") == "apiKey"}

    def base_path(self) -> str:
        """What comes before all paths."""
        return base_path(self.document.root)

    def authorize_path(self) -> str:
        """The path where a login in a browser begins; empty if there is none."""
        for scheme in self.document.components("securitySchemes").values():
            if "authorizationCode" in scheme.get("flows", {}):
                return str(scheme["flows"]["authorizationCode"]["authorizationUrl"])
        return ""

    def code_exchange(self) -> str:
        """The key of the operation that exchanges the code of such a login, which is that of all tokens."""
        path = f"/{self.token_path().strip('/')}"
        return next(key for key, method in self.methods.by_key.items() if method.operation.path == path)

    def version_path(self) -> str | None:
        """The shortest public path whose response has the version of the contract."""
        for method in sorted(self.methods.by_key.values(), key=lambda method: len(method.operation.path)):
            response = next(iter(method.operation.successes()), None)
            if method.http == "GET" and not method.secured and not method.path and response is not None and response.schema is not None:
                members = self.document.dereference(response.schema).get("properties", {})
                if "version" in members and "id" not in members:
                    return method.operation.path
        return None

    def events(self) -> dict[str, str]:
        """Model by type of what webhooks and callbacks deliver."""
        models: dict[str, str] = {}
        for delivery in self.document.deliveries():
            for schema, _ in delivery.schemas:
                for branch in self.document.dereference(schema).get("oneOf", [schema]):
                    name = str(referenced(branch))
                    constant = self.models.resolved(self.types.schemas[name])["properties"]["type"].get("const")
                    if constant is None:
                        raise ContractError(f"{name}: the `type` of an event discriminates, so it has to be a constant.")
                    models[constant] = name
        return models

    def examples(self) -> str:
        """The examples of the contract, for the fake: successes and problems."""
        responses = {key: method.examples["response"] for key, method in self.methods.by_key.items() if method.examples}
        # The exception has type and status, and each problem has another `instance`.
        problems = {
            name: {key: value for key, value in response["content"]["application/problem+json"]["example"].items() if key not in IMPLIED}
            for name, response in self.document.components("responses").items()
            if "example" in response.get("content", {}).get("application/problem+json", {})
        }
        return json.dumps({"answers": responses, "problems": problems}, separators=(",", ":"), ensure_ascii=False) + "\n"

    def headers(self) -> dict[str, str]:
        """The headers that the fake computes, with the operations and problems that declare them."""
        declared: dict[str, list[str]] = {"etag": [], "location": [], "retry-after": []}
        for key, method in self.methods.by_key.items():
            for name in next(iter(method.operation.successes())).spec.get("headers", {}):
                declared.get(name.lower(), []).append(key)
        for problem, response in self.document.components("responses").items():
            for name in response.get("headers", {}):
                declared.get(name.lower(), []).append(problem)
        return {name: " ".join(declaring) for name, declaring in declared.items()}


def name_of(document: Document) -> str:
    """The name of the package, from the title of the contract: `steelyard_client`."""
    return f"{'_'.join(str(document.root['info']['title']).lower().split())}_client"


def write_package(document: Document, target: Path, sign_out: str | None = None) -> TemplateContext:
    """The package, into a folder that does not exist yet; not formatted. `sign_out` is the operation that ends a session."""
    contract = TemplateContext(document, sign_out)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "openapi.json"
        config = Config.from_sources(
            ConfigFile(package_name_override=name_of(document), post_hooks=[]),
            MetaType.NONE,
            source,
            "utf-8",
            overwrite=True,
            output_path=target,
        )
        data = GeneratorData.from_dict(generator_input(contract.document.root), config=config)
        if isinstance(data, GeneratorError):
            raise ContractError(f"openapi-python-client cannot read the contract: {data.header} {data.detail or ''}")
        _check_names(data, contract)
        project = Project(openapi=data, config=config, custom_template_path=TEMPLATES)
        # `{% import "stock/..." %}`: an override takes over one macro and leaves the others to the generator.
        stock = PrefixLoader({"stock": PackageLoader("openapi_python_client")})
        project.env.loader = ChoiceLoader([loader for loader in (project.env.loader, stock) if loader is not None])
        project.env.globals.update(
            contract=contract,
            types=contract.types,
            models=contract.models,
            methods=contract.methods,
            modules=contract.modules,
            enum_members=enum_members,
            sentence=sentence,
            wrapped=wrapped,
        )
        with redirect_stdout(io.StringIO()):
            errors = project.build()
        if errors:
            lines = "\n".join(f"{error.header}: {error.detail or ''}" for error in errors)
            raise ContractError(f"openapi-python-client skips parts of the contract:\n{lines}")
        _regroup(project, contract, target)
        for module in (*MODULES, *(LOGIN_MODULES if contract.authorize_path() else ())):
            (target / f"{module}.py").write_text(project.env.get_template(f"{module}.py.jinja").render(), "utf-8")
    (target / "examples.json").write_text(contract.examples(), "utf-8")
    (target / "py.typed").write_text("", "utf-8")
    for file in target.rglob("*.py"):
        file.write_text(HEADER + file.read_text("utf-8"), "utf-8")
    return contract


def _regroup(project: Project, contract: TemplateContext, target: Path) -> None:
    """One module per tag in place of the generator's module per class and operation, which would double the size of the wheel."""
    (target / "types.py").unlink()
    for module in (target / "models").glob("*.py"):
        if module.name != "__init__.py":
            module.unlink()
    for group, title in contract.modules.titles.items():
        text = project.env.get_template("models_module.py.jinja").render(group=group, title=title)
        (target / "models" / f"{group}.py").write_text(text, "utf-8")
    for tag in contract.methods.by_tag():
        shutil.rmtree(target / "api" / tag)
        text = project.env.get_template("tag_module.py.jinja").render(tag=tag)
        (target / "api" / f"{tag}.py").write_text(text, "utf-8")


def _check_names(data: GeneratorData, contract: TemplateContext) -> None:
    """The generator's classes are the contract's schemas, no more and no less."""
    made = {str(model.class_info.name) for model in data.models} | {str(enum.class_info.name) for enum in data.enums}
    expected = {name for name, schema in contract.types.schemas.items() if contract.types.is_model(name) or is_enumeration(schema)}
    classes = {f"{flavour}{name}" for name in contract.resources().values() for flavour in ("", "Async")}
    if twice := sorted(classes & contract.types.schemas.keys()):
        raise ContractError(f"{', '.join(twice)}: the methods of a tag and a schema would be classes of one name. Rename one.")
    if made != expected:
        raise ContractError(
            f"openapi-python-client makes other classes than the contract has schemas: {', '.join(sorted(made ^ expected))}. "
            "An object or enumeration needs a unique name (P7) that is a valid class name."
        )
