"""What is compressed: nothing that a page of another site could learn a secret from (BREACH)."""

import pytest

OWN, FOREIGN = "http://testserver/tasks/", "https://evil.example/"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "coding"),
    [
        ({}, "gzip"),
        ({"sec-fetch-site": "none"}, "gzip"),
        ({"sec-fetch-site": "same-origin", "referer": OWN}, "gzip"),
        ({"sec-fetch-site": "same-site"}, None),
        ({"sec-fetch-site": "cross-site"}, None),
        ({"referer": OWN}, "gzip"),
        ({"referer": FOREIGN}, None),
        ({"referer": f"{FOREIGN}http://testserver/"}, None),
        ({"referer": "http://testserver.evil.example/"}, None),
        ({"referer": "http://["}, None),
    ],
    ids=[
        "who says nothing",
        "an address that was typed",
        "a page of ours",
        "a neighbour",
        "another site",
        "a page of ours, in an older browser",
        "another site, in an older browser",
        "another site that names us",
        "a name that begins like ours",
        "no address",
    ],
)
def test_a_page_is_compressed_for_whoever_is_not_sent_by_another_site(client, sent, coding):
    answer = client.get("/login/", headers=sent | {"accept-encoding": "gzip"})

    assert answer.status_code == 200
    assert answer.get("Content-Encoding") == coding
    assert "Accept-Encoding" in answer["Vary"]
