"""The API's document, for programs at `/api/schema/` and for people at `/api/docs/`."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import OpenApiYamlRenderer
from rest_framework.permissions import AllowAny
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from planner import outline
from planner.openapi import document
from planner.wire import JSONRenderer, OneFormat


class YAMLRenderer(OpenApiYamlRenderer):
    """YAML under the media type that programs ask for."""

    media_type = "application/yaml"


class JSONOrYAML(OneFormat):
    """YAML for who asks for it, JSON for everybody else."""

    def select_renderer(
        self, request: Request, renderers: list[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        asked = request.query_params.get("format") or request.headers.get("Accept", "")
        chosen = renderers["yaml" in asked]
        return chosen, chosen.media_type


class SchemaView(APIView):
    """The OpenAPI document as JSON, or as YAML by `Accept` or `?format=yaml`."""

    schema = None
    authentication_classes = ()
    permission_classes = (AllowAny,)
    renderer_classes = (JSONRenderer, YAMLRenderer)
    content_negotiation_class = JSONOrYAML

    def get(self, request: Request) -> Response:
        return Response(document(), headers={"Cache-Control": "public, max-age=300"})


@login_not_required
@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """Show the document: every call with its parameters, bodies and answers."""
    said = document()
    context = {"calls": outline.calls(said), "shapes": outline.shapes(said)}
    return render(request, "reference.html", context)
