"""Search: words, marks, kinds, and what cannot be searched for."""

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from backups import searching
from tests.backups.pages.plan import at, event, habit, names, put, task

SEARCH = reverse("backups:search")


@pytest.fixture
def plan(backup):
    put(
        backup,
        task("Äpfel kaufen", at("2026-10-14 12:00")),
        task("Einkaufen", description="Käse, APFEL und Brot"),
        task("Crème brûlée"),
        event("Straße sperren", at("2026-10-15 09:00"), description="bei der Apfelallee"),
        habit("Apfel essen"),
        habit("100 % done"),
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("apfel", ["Äpfel kaufen", "Einkaufen", "Straße sperren", "Apfel essen"]),
        ("ÄPFEL kauf", ["Äpfel kaufen", "Einkaufen"]),
        ("creme BRULEE", ["Crème brûlée"]),
        ("strasse", ["Straße sperren"]),
        ("STRAẞE", ["Straße sperren"]),
        ("%", ["100 % done"]),
        ("zebra", []),
        ("_", []),
        ("'; --", []),
    ],
)
def test_words_are_found_without_regard_to_case_and_accents(browser, plan, query, found):
    """E13"""
    response = browser.get(SEARCH, {"q": query + " "})
    found = [] if len(query) < 2 else found

    assert [one.name for part in response.context["found"] for one in part.entries] == found


def test_one_kind_is_shown_when_it_is_asked_for(browser, plan):
    response = browser.get(SEARCH, {"q": "apfel", "type": "habit"})

    assert [one.kind for one in response.context["found"]] == ["habit"]
    assert [(kind, count) for kind, _, count in response.context["chips"]] == [
        ("task", 2),
        ("event", 1),
        ("habit", 1),
    ]


def test_hits_are_marked_and_markup_is_only_text(browser, backup):
    put(backup, task("<b>Äpfel</b>"))

    content = browser.get(SEARCH, {"q": "apfel"}).content.decode()

    assert "&lt;b&gt;<mark>Äpfel</mark>&lt;/b&gt;" in content


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "Every word must occur"),
        ("x", "Type at least two letters."),
        ("x" * 128, "at most 127 characters"),
        ("a\0b", "at most 127 characters"),
        ("zebra", "Nothing found."),
    ],
)
def test_what_cannot_be_searched_for_says_so(browser, plan, query, words):
    """E1"""
    response = browser.get(SEARCH, {"q": query, "type": "x" if query == "zebra" else ""})

    assert response.status_code == 200
    assert words in response.content.decode()
    assert names(response) == []


def test_deleted_entries_and_other_plans_are_not_found(browser, backup, plan, viewer):
    put(backup, *(item._replace(deleted=True) for item in [task("Apfelmus")]))

    found = browser.get(SEARCH, {"q": "apfelmus"}).context["found"]

    assert found == []
    assert viewer.get(SEARCH, {"q": "apfel"}).context["count"] == 4


@pytest.mark.parametrize("count", [1, 120])
def test_a_search_costs_the_same_for_any_number_of_entries(
    browser, backup, django_assert_num_queries, count
):
    put(backup, *(task(f"Apple {number}") for number in range(count)))

    with django_assert_num_queries(5 + 4):
        response = browser.get(SEARCH, {"q": "apple"})

    assert response.context["count"] == count
    assert len(response.content) < 100_000


@given(st.text(max_size=40), st.text(max_size=8))
def test_pieces_are_the_text_and_hits_are_what_was_asked_for(text, query):
    pieces = list(searching.pieces(text, query))

    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.text for piece in pieces)
    assert not any(piece.is_hit for piece in pieces) or query.split()
