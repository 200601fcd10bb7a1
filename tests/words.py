"""What people read: in the source of a template, in a rendered page, in Python."""

import ast
import re
from collections.abc import Iterator
from gettext import NullTranslations
from html.parser import HTMLParser

from django.template.base import Lexer, TokenType

WORD = re.compile(r"[^\W\d_][a-z]")
CLASSES = re.compile(r"(is-[a-z]+\s*)+")
# The same in every language.
UNITS = {"ms"}
READ_ALOUD = {
    "alt",
    "aria-description",
    "aria-label",
    "aria-roledescription",
    "placeholder",
    "title",
}
NOT_READ = {"code", "script", "style"}
BRACKETED = re.compile(r"⟦[^⟦⟧]*⟧")

# Where words for people stand in calls: the names of keywords, and the places of arguments.
KEYWORDS = {
    "empty_label",
    "help_text",
    "label",
    "verbose_name",
    "verbose_name_plural",
    "violation_error_message",
}
PLACES = {
    "RuleError": 1,
    "ValidationError": 0,
    "add_error": 1,
    "field_error": 2,
    "problem": 1,
    **{f"messages.{level}": 1 for level in ("debug", "error", "info", "success", "warning")},
    **{f"models.{kind}Field": 0 for kind in ("Boolean", "Char", "DateTime", "Email", "Integer")},
}


class _Reader(HTMLParser):
    """Collects what a person sees or is read: texts, and the attributes that stand for some."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in NOT_READ
        self.found += [value or "" for name, value in attrs if name in READ_ALOUD]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in NOT_READ

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(data)


def read(html: str) -> list[str]:
    """Return the texts of a page and of the attributes that are read aloud."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.found


def unmarked_in_template(source: str) -> list[str]:
    """Return the words of a template that stand outside of its translate tags."""
    kept, marked = [], False
    for token in Lexer(source).tokenize():
        if token.token_type is TokenType.BLOCK:
            tag = token.contents.split()[0]
            marked = tag in ("blocktranslate", "blocktrans") or (
                marked and tag not in ("endblocktranslate", "endblocktrans")
            )
        elif token.token_type is TokenType.TEXT and not marked:
            kept.append(token.contents)
    texts = (text.strip() for text in read("".join(kept)))
    return [text for text in texts if WORD.search(text) and not _is_no_word(text)]


def _is_no_word(text: str) -> bool:
    return text in UNITS or CLASSES.fullmatch(text) is not None


def unmarked_in_python(source: str) -> list[str]:
    """Return the words for people that a module passes without a call of gettext."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return [
        f"line {value.lineno}: {text}"
        for call in calls
        for value in _values(call)
        for text in _literals(value)
        if WORD.search(text)
    ]


def _values(call: ast.Call) -> Iterator[ast.expr]:
    yield from (keyword.value for keyword in call.keywords if keyword.arg in KEYWORDS)
    name = ast.unparse(call.func)
    place = PLACES.get(name, PLACES.get(name.rpartition(".")[2]))
    if place is not None:
        yield from call.args[place : place + 1]


def _literals(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.JoinedStr):
        yield from (text for part in value.values for text in _literals(part))
    elif isinstance(value, ast.BinOp):
        yield from _literals(value.left)
    elif isinstance(value, ast.IfExp):
        yield from (*_literals(value.body), *_literals(value.orelse))


class Brackets(NullTranslations):
    """A language in which every marked text is the English one in brackets: ⟦Save⟧."""

    def to_language(self) -> str:
        return "en"

    def gettext(self, message: str) -> str:
        context, _, text = message.rpartition("\x04")
        # How a date is written is no text.
        return message if context == "format of a date" else f"⟦{text}⟧"

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return self.gettext(singular if number == 1 else plural)


def outside_brackets(html: str, *, data: str) -> list[str]:
    """Return the words of a page that no catalogue can translate, without those that match `data`.

    A marked text may hold tags; so the page is read as one text, its attributes apart.
    """
    reader = _Reader()
    reader.feed(html)
    left = "\n".join(reader.found)
    while BRACKETED.search(left):
        left = BRACKETED.sub("", left)
    return [line.strip() for line in re.sub(data, "", left).split("\n") if WORD.search(line)]
