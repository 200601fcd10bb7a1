"""`/api/backups/…/export/` and `/api/backups/import/`: plans as files, out and in."""

from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import UploadedFile
from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from backups import exports, files, history, imports, logs
from backups.actors import Actor
from backups.api.backups import BackupsView, shown
from backups.models import RestorePoint
from backups.stills import Difference
from planner.wire import StrictSerializer, checked


class ExportQuery(serializers.Serializer):
    """The form of the file, and whether it tells the plan's history too."""

    format = serializers.ChoiceField(tuple(files.FORMS))
    history = serializers.BooleanField(default=False)

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["history"] and asked["format"] != files.WITH_HISTORY:
            raise serializers.ValidationError({"history": _("Only JSON can hold the history.")})
        return asked


class ImportSerializer(StrictSerializer):
    """A file, how to take it in, and whether only to look."""

    file = serializers.FileField()
    mode = serializers.ChoiceField((imports.MERGE, imports.REPLACE), default=imports.MERGE)
    preview = serializers.BooleanField(default=False)

    def validate_file(self, file: UploadedFile) -> UploadedFile:
        files.check_size(file)
        return file


class ExportView(BackupsView):
    """A restore point as a file."""

    def get(self, request: Request, id: int) -> StreamingHttpResponse:
        """Answer the file, written while it is read."""
        point = self.point(request, id)
        asked = checked(ExportQuery(data=request.query_params.dict()))
        zone = ZoneInfo(request.auth.device.time_zone)
        return answered(point, asked["format"], zone, with_history=asked["history"])


class ImportView(BackupsView):
    """A file into the plan."""

    parser_classes = (MultiPartParser,)

    def post(self, request: Request) -> Response:
        """Write what the file would change as one commit, after pinning the present state."""
        asked = checked(ImportSerializer(data=request.data))
        backup, found = request.auth.backup, _found(request, asked["file"])
        told = {
            "errors": [{"place": one.place, "detail": one.detail} for one in found.faults],
            "notes": imports.noted(found),
        }
        if asked["preview"]:
            would = imports.preview(backup, found, asked["mode"])
            return Response(told | _done(found, would, backup.revision, None))
        done = imports.import_plan(backup, found, asked["mode"], Actor.of(request.auth))
        return Response(told | _done(found, done.differences, done.revision, done.pinned))


def answered(
    point: RestorePoint, form: str, zone: ZoneInfo, *, with_history: bool = False
) -> StreamingHttpResponse:
    """Return the download of a restore point in one of the forms."""
    _words, media, ending, write = files.FORMS[form]
    stills = history.stills(point.backup, point.revision)
    if with_history:
        told = logs.as_json(point.backup, point.revision)
        parts = exports.as_json(stills, history=told)
    else:
        parts = write(stills, zone)
    name = f"plan-{point.created_at.astimezone(UTC):%Y-%m-%d}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(parts, content_type=media, headers=headers)


def _found(request: Request, file: UploadedFile) -> imports.Found:
    return files.read_file(file, ZoneInfo(request.auth.device.time_zone))


def _done(
    found: imports.Found,
    differences: list[Difference],
    revision: int,
    pinned: RestorePoint | None,
) -> dict[str, Any]:
    counts = imports.counted(found, differences)
    return {"revision": revision, "counts": counts, "pinned": shown(pinned) if pinned else None}
