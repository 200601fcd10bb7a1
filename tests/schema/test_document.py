"""The OpenAPI document says what the server does; schemathesis tries the rest of it."""

import re

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver

from backups.kinds import KINDS
from backups.schema.parts import FIELDS
from devices.device_settings import SETTINGS
from devices.schema.devices import SHAPES
from planner.openapi import document
from planner.slugs import KINDS as SLUGS
from tests.schema import ROOT

OWN = {"/api/schema/", "/api/docs/", "/api/", "/api/{rest}"}
METHODS = ("get", "post", "put", "patch", "delete")


def addresses(patterns, prefix="/"):
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route).replace("{pk}", "{id}"), pattern


API = {
    path: pattern.callback.cls
    for path, pattern in addresses(get_resolver().url_patterns)
    if path.startswith("/api/") and path not in OWN
}


def test_the_document_is_valid_and_made_without_a_warning(tmp_path):
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "document"))


def test_the_document_has_every_address_and_method_and_no_other():
    described = {
        path: {method for method in METHODS if method in made}
        for path, made in document()["paths"].items()
    }

    assert described == {
        path: {method for method in METHODS if hasattr(view, method)} for path, view in API.items()
    }


def test_every_problem_can_be_met_and_has_an_example():
    met = {
        slug
        for answer in document()["components"]["responses"].values()
        for slug in answer["content"]["application/problem+json"]["examples"]
    }

    # Any address can be asked by a wrong method, which none describes; a claim that waits is a 202.
    waiting = document()["components"]["schemas"]["PendingClaim"]["properties"]["code"]["const"]
    assert met | {"method-not-allowed", waiting} == set(SLUGS)
    assert set(document()["components"]["examples"]) == set(SLUGS)


@pytest.mark.parametrize(
    ("kind", "field"), [(kind, field) for kind in FIELDS for field in FIELDS[kind]]
)
def test_a_field_of_an_entry_has_the_range_that_the_server_holds(kind, field):
    shape = FIELDS[kind][field]
    if shape["type"] == "integer":
        good, bad = (
            [shape["minimum"], shape["maximum"]],
            [shape["minimum"] - 1, shape["maximum"] + 1],
        )
    else:
        size = shape["maxLength"]
        good, bad = ["a" * size, "é" * (size // 2)], ["a" * (size + 1), "é" * size, "\0"]
        (good if shape["minLength"] == 0 else bad).append("")

    assert [KINDS[kind].fault(field, value) for value in good] == [None] * len(good)
    assert all(KINDS[kind].fault(field, value) for value in bad)


def test_the_document_names_the_fields_of_the_kinds():
    assert {kind: list(FIELDS[kind]) for kind in FIELDS} == {
        kind: list(KINDS[kind].checks) for kind in KINDS
    }


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_of_a_device_takes_what_the_document_says(name):
    shape, setting = SHAPES[name], SETTINGS[name]
    if "$ref" in shape:
        shape = document()["components"]["schemas"][shape["$ref"].rpartition("/")[2]]
    if "enum" in shape:
        good, bad = shape["enum"], ["nothing of these", None]
    elif shape["type"] == "boolean":
        good, bad = [True, False], [1, "true"]
    else:
        good = [shape["minimum"], shape["maximum"]]
        bad = [shape["minimum"] - 1, shape["maximum"] + 1]

    assert all(setting.accepts(value) for value in [*good, setting.default])
    assert not any(setting.accepts(value) for value in bad)


def test_schemathesis_knows_every_limit_in_bytes():
    said = set(map(int, re.findall(r"utf8-(\d+)", str(document()))))
    known = re.search(r"LIMITS = \(([\d, ]+)\)", (ROOT / "hooks.py").read_text())[1]

    assert said == set(map(int, known.split(",")))


def test_everybody_may_read_the_document_as_json_or_yaml(client):
    as_json = client.get("/api/schema/")
    as_yaml = [
        client.get("/api/schema/?format=yaml"),
        client.get("/api/schema/", headers={"accept": "application/yaml"}),
    ]

    assert (as_json.status_code, as_json["Content-Type"]) == (200, "application/json")
    assert as_json.json() == document()
    assert [yaml.safe_load(answer.content) for answer in as_yaml] == [document()] * 2


def test_everybody_may_read_the_reference_and_finds_each_call_in_it(client):
    page = client.get("/api/docs/")

    shown = set(re.findall(r'class="call" id="(\w+)"', page.content.decode()))
    assert page.status_code == 200
    assert shown == {
        made[method]["operationId"]
        for made in document()["paths"].values()
        for method in METHODS
        if method in made
    }
    assert {"schema", "docs"} <= set(settings.OPEN_PAGES)
