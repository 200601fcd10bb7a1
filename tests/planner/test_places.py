"""Workers have places: the first that is free, under the name of their service."""

from types import SimpleNamespace

from planner import places


def seated(*taken: str) -> list[SimpleNamespace]:
    return [SimpleNamespace(place=place) for place in taken]


def given(*taken: str) -> str:
    worker = SimpleNamespace()
    places.give("web", worker, seated(*taken))
    return worker.place


def test_a_worker_gets_the_first_free_place():
    assert [given(), given("web-1"), given("web-2"), given("web-1", "web-3", "web-2")] == [
        "web-1",
        "web-2",
        "web-1",
        "web-4",
    ]


def test_services_do_not_take_places_from_each_other():
    assert given("live-1") == "web-1"
