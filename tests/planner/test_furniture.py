"""What is drawn once for everybody: icons and fixed parts of pages."""

from django.template import engines
from django.utils import translation

from planner.templatetags import furniture


def drawn(text: str) -> str:
    return engines["django"].from_string(text).render()


def test_an_icon_is_a_picture_of_the_sprite():
    assert drawn('{% icon "add" %}') == (
        '<svg class="icon" aria-hidden="true" focusable="false">'
        '<use href="/static/icons/sprite.svg#add"/></svg>'
    )


def test_a_fixed_part_is_made_once_for_each_language():
    with translation.override("en"):
        english = furniture.fixed("includes/dismiss.html")
        assert furniture.fixed("includes/dismiss.html") is english
    with translation.override("de"):
        german = furniture.fixed("includes/dismiss.html")

    assert ("Dismiss" in english, "Dismiss" in german) == (True, False)


def test_in_development_a_fixed_part_is_made_each_time(settings):
    settings.DEBUG = True

    made = furniture.fixed("includes/mark.html")

    assert furniture.fixed("includes/mark.html") == made
    assert furniture.fixed("includes/mark.html") is not made
