"""The templates keep to the content security policy, and to icons that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# A mail is no page: its reader takes neither style sheets nor forms, and it has no policy to break.
MAILS = ROOT / "templates" / "mails"
TEMPLATES = sorted(
    path for path in (ROOT / "templates").rglob("*.html") if not path.is_relative_to(MAILS)
)
TAGS = re.compile(r"<[a-z][^<>]*>", re.DOTALL)
COMMENT = re.compile(r"{#.*?#}")


def markup(path: Path) -> str:
    return COMMENT.sub("", path.read_text())


def name(path: Path) -> str:
    return str(path.relative_to(ROOT / "templates"))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_holds_no_style_script_or_handler(path):
    text = markup(path)
    tags = TAGS.findall(text)

    assert [tag for tag in tags if re.search(r"\s(?:style|on\w+)\s*=", tag)] == []
    assert re.findall(r"<style\b|javascript:|{%\s*autoescape off|\|safe\b", text) == []
    assert [tag for tag in tags if tag.startswith("<script") and "src=" not in tag] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_comment_ends_on_its_line(path):
    text = path.read_text()

    assert text.count("{#") == len(COMMENT.findall(text))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_an_icon_is_one_of_the_sprite(path):
    sprite = (ROOT / "static" / "icons" / "sprite.svg").read_text()
    drawn = set(re.findall(r'<symbol id="(\w+)"', sprite))
    asked = set(re.findall(r'{% icon "(\w+)"', path.read_text()))

    assert asked <= drawn


NAMING_THE_PLAN = ("includes/token.html", "includes/origin.html", "_form_start.html")


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_post_form_carries_the_csrf_token(path):
    text = markup(path)
    forms = re.findall(r'<form[^>]*method="post".*?</form>', text, re.DOTALL)

    tokens = ("csrf_token", *NAMING_THE_PLAN)
    assert [form for form in forms if not any(token in form for token in tokens)] == []


@pytest.mark.parametrize(
    "path", [path for path in TEMPLATES if path.parent.name == "backups"], ids=name
)
def test_a_form_of_a_plan_names_it(path):
    """Decision 055; what has a device or a claim in its address needs no more."""
    if path.name not in ("kept_erase.html", "_replace_preview.html"):
        assert "csrf_token" not in markup(path)


def test_what_scripts_import_comes_with_them():
    """Otherwise it would come after them, unchecked, and not be there without a network."""
    sources = [path.read_text() for path in (ROOT / "static" / "js").glob("*.js")]
    imported = {
        name for text in sources for name in re.findall(r'^import .*"\./(\w+\.js)"', text, re.M)
    }
    text = "".join(map(markup, TEMPLATES))
    scripts = set(re.findall(r"{% script 'js/(\w+\.js)'", text))
    modules = set(re.findall(r"{% module 'js/(\w+\.js)'", text))

    assert modules == imported - scripts
