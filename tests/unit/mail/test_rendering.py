"""Templates of mails: both parts say the same, names stay inert, and an operator's mistakes stop the start."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from jinja2 import Environment, UndefinedError, nodes

import steelyard.mail.rendering
from steelyard.app.discovery import feature_tasks, sample_mails
from steelyard.app.mails import create_mail_tasks
from steelyard.db.database import Database
from steelyard.mail.mailers import ConsoleMailer
from steelyard.mail.messages import Content, Mail, Recipient
from steelyard.mail.rendering import Templates, UnusableTemplates
from steelyard.mail.tasks import MailTasks
from steelyard.settings import Settings

FOLDER = Path(steelyard.mail.rendering.__file__).parent / "templates"
SAMPLES = {mail.template: mail for mail in sample_mails()}
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}",
    "&lt;b&gt;",
    "</p></body><a href='//evil.example'>x</a>",
]


def words(text: str) -> list[str]:
    return text.split()


def elements(html: str) -> Iterator[ET.Element]:
    """The elements of the document, which is well-formed XML, so that no part of it depends on the repairs of a mail program."""
    yield from ET.fromstring(html).iter()


def test_every_mail_that_a_job_sends_has_a_sample() -> None:
    settings = Settings()
    mails = create_mail_tasks(settings, Database(settings.database_url), ConsoleMailer())
    tasks, _ = feature_tasks({Settings: settings, MailTasks: mails})

    assert {kind for kind in tasks if kind.startswith("mail.")} == {f"mail.{name}" for name in SAMPLES}


def test_every_template_belongs_to_a_mail() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {"layout.html", *(f"{name}.{kind}" for name in SAMPLES for kind in ("txt", "html"))}


@pytest.mark.parametrize("name", SAMPLES)
def test_both_parts_of_a_mail_say_the_same(name: str) -> None:
    content = Templates().render(SAMPLES[name])
    (body,) = (each for each in elements(content.html) if each.tag == "body")
    (title,) = (each for each in elements(content.html) if each.tag == "title")

    assert words("".join(body.itertext())) == words(content.text)
    assert title.text == content.subject


@pytest.mark.parametrize("name", SAMPLES)
def test_a_mail_loads_nothing_and_runs_nothing(name: str) -> None:
    for element in elements(Templates().render(SAMPLES[name]).html):
        assert element.tag in {"html", "head", "meta", "title", "body", "div", "p", "a"}
        assert element.attrib.keys() <= {"lang", "charset", "name", "content", "style", "href"}
        assert "url(" not in element.attrib.get("style", "")


def shown(content: Content) -> str:
    """The text of the HTML."""
    return "".join(elements(content.html).__next__().itertext())


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("name", SAMPLES)
def test_a_hostile_value_is_text_in_the_html(name: str, value: str) -> None:
    mail = SAMPLES[name]
    plain = Templates().render(mail)
    hostile = Templates().render(mail._replace(values=dict.fromkeys(mail.values, value)))

    assert [each.tag for each in elements(hostile.html)] == [each.tag for each in elements(plain.html)]
    # A mail with a link does not show its token beside it.
    marked = Templates().render(mail._replace(values={each: f"value of {each}" for each in mail.values}))
    assert shown(hostile).count(value) == shown(marked).count("value of")


@pytest.mark.parametrize("path", sorted(FOLDER.iterdir()), ids=lambda path: path.name)
def test_a_template_decides_nothing_beyond_if_and_for(path: Path) -> None:
    used = {type(node).__name__ for node in Environment(autoescape=True).parse(path.read_text()).find_all(nodes.Node)}

    assert used <= {"Output", "TemplateData", "Name", "Getattr", "If", "For", "Extends", "Block", "Const"}


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        Templates().render(SAMPLES["welcome"]._replace(values={}))


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        stem, _, suffix = name.rpartition("_")
        (folder / f"{stem}.{suffix}").write_text(text)
    return folder


def test_an_operator_can_replace_a_mail_and_keep_the_others(tmp_path: Path) -> None:
    write(tmp_path, welcome_txt="Hello!\n\nGood to see you, {{ name }}.\n", welcome_html="<p>Good to see you, {{ name }}.</p>\n")
    templates = Templates(tmp_path)

    templates.check(SAMPLES.values())

    assert templates.render(SAMPLES["welcome"]) == ("Hello!", "Good to see you, Ada Lovelace.\n", "<p>Good to see you, Ada Lovelace.</p>\n")
    assert templates.render(SAMPLES["email_changed"]) == Templates().render(SAMPLES["email_changed"])


def test_an_operator_can_replace_the_layout_alone(tmp_path: Path) -> None:
    write(tmp_path, layout_html="<html><body><h1>My shop</h1>{% block text %}{% endblock %}</body></html>")
    templates = Templates(tmp_path)

    templates.check(SAMPLES.values())

    assert "<h1>My shop</h1>" in templates.render(SAMPLES["welcome"]).html


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"wellcome_txt": "x"}, "wellcome.txt is the template of no mail. The templates are email_added.html"),
        ({"welcome_txt": "Hi\n\nx"}, "has only welcome.txt. Add welcome.html"),
        ({"welcome_txt": "Hi\n\n{{ nmae }}", "welcome_html": "x"}, "welcome cannot be used: 'nmae' is undefined"),
        ({"welcome_txt": "Hi\n\n{{ name", "welcome_html": "x"}, "welcome cannot be used: unexpected"),
        ({"welcome_txt": "Hi\n", "welcome_html": "x"}, "welcome.txt needs a subject in its first line, and a text below it"),
        ({"welcome_txt": "", "welcome_html": "x"}, "welcome.txt needs a subject"),
        ({"welcome_txt": "Hi\n\nx", "welcome_html": "{% extends 'page.html' %}"}, "page.html"),
    ],
)
def test_templates_that_cannot_be_used_are_named(tmp_path: Path, files: dict[str, str], reason: str) -> None:
    with pytest.raises(UnusableTemplates) as caught:
        Templates(write(tmp_path, **files)).check(SAMPLES.values())

    assert reason in str(caught.value)


def test_a_template_in_another_encoding_is_named(tmp_path: Path) -> None:
    write(tmp_path, welcome_html="x")
    (tmp_path / "welcome.txt").write_bytes("Grüße\n\nx".encode("latin-1"))

    with pytest.raises(UnusableTemplates, match="welcome are not valid UTF-8"):
        Templates(tmp_path).check(SAMPLES.values())


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnusableTemplates, match="nowhere cannot be read: No such file"):
        Templates(tmp_path / "nowhere").check([Mail(Recipient("", "x@example.com"), "welcome", {"name": ""})])
