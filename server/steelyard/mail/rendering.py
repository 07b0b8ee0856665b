"""The text and the HTML of mails, from templates. An operator may replace each of them."""

from collections.abc import Iterable
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, TemplateError, select_autoescape

from steelyard.mail.messages import Content, Mail

_OWN = Path(__file__).parent / "templates"
_LAYOUT = "layout.html"


class UnusableTemplates(Exception):
    """The templates cannot write the mails; the message names the file and the reason."""


class Templates:
    """Writes mails. Each has the templates `<name>.txt`, whose first line is the subject, and `<name>.html`.

    A file in `folder` replaces the template of that name.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._environment = Environment(
            loader=ChoiceLoader([FileSystemLoader(each) for each in (folder, _OWN) if each is not None]),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            keep_trailing_newline=True,
            trim_blocks=True,
            auto_reload=False,
        )

    def render(self, mail: Mail) -> Content:
        """The mail in both forms."""
        written = self._environment.get_template(f"{mail.template}.txt").render(mail.values)
        subject, _, text = written.strip().partition("\n")
        html = self._environment.get_template(f"{mail.template}.html").render(mail.values, subject=subject)
        return Content(subject, text.lstrip("\n") + "\n", html)

    def check(self, samples: Iterable[Mail]) -> None:
        """Raise UnusableTemplates if a sample cannot be written, or if a file of the folder replaces nothing."""
        names = [mail.template for mail in samples]
        if self._folder is not None:
            self._check_files(self._folder, names)
        for mail in samples:
            try:
                content = self.render(mail)
            except TemplateError as error:
                raise UnusableTemplates(f"the templates of {mail.template} cannot be used: {error}") from error
            except UnicodeDecodeError as error:
                raise UnusableTemplates(f"the templates of {mail.template} are not valid UTF-8") from error
            if not content.subject or not content.text.strip():
                raise UnusableTemplates(f"{mail.template}.txt needs a subject in its first line, and a text below it")

    def _check_files(self, folder: Path, names: Iterable[str]) -> None:
        """A misspelt file would replace nothing, and a text without its HTML would say something else."""
        try:
            files = {path.name for path in folder.iterdir() if path.suffix in {".txt", ".html"}}
        except OSError as error:
            raise UnusableTemplates(f"{folder} cannot be read: {error.strerror}") from error
        known = {_LAYOUT, *(f"{name}{suffix}" for name in names for suffix in (".txt", ".html"))}
        if unknown := sorted(files - known):
            raise UnusableTemplates(f"{folder / unknown[0]} is the template of no mail. The templates are {', '.join(sorted(known))}")
        for name in names:
            pair = {f"{name}.txt", f"{name}.html"}
            if len(pair & files) == 1:
                raise UnusableTemplates(
                    f"{folder} has only {', '.join(pair & files)}. Add {', '.join(pair - files)}, which has the same words"
                )
