"""Digests of what the server holds, for a device that looks for a difference and repairs it."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from uuid import UUID

import orjson
from django.db.models import Q
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backups import cursors, reading
from backups.authentication import PlanAuthentication
from backups.digests import Digest, entry_hash, shown
from backups.kinds import TYPES
from backups.models import Backup
from backups.permissions import MayWrite
from backups.serializers import BucketQuery
from devices.authentication import Claimed
from planner.times import now
from planner.wire import checked

LISTED = 64
"""So many entries of a bucket, at most, are answered one by one."""


class DigestView(APIView):
    """GET the digests of the entries whose ids begin with `bucket`, by the next digit.

    A bucket of 64 entries or fewer is answered entry by entry as well, so that a device fetches
    only what differs.
    """

    authentication_classes = (PlanAuthentication,)
    permission_classes = (Claimed, MayWrite)

    def get(self, request: Request) -> Response:
        bucket = checked(BucketQuery(data=request.query_params.dict()))["bucket"]
        backup, moment = request.auth.backup, now()
        answer = {
            "bucket": bucket,
            "cursor": cursors.present(backup).encode(),
            "days_since": reading.days_since(moment),
        }
        for number, kind in enumerate(TYPES):
            hashed = dict(_hashes(backup, number, moment, bucket))
            answer[kind] = _parts(hashed, len(bucket) + 1)
        return Response(answer)


def digests(backup: Backup, moment: int) -> dict[str, tuple[int, str]]:
    """Return the digest of the living entries of each type: count and sum."""
    whole = {}
    for number, kind in enumerate(TYPES):
        digest = Digest()
        for _id, hashed in _hashes(backup, number, moment):
            digest.add(hashed)
        whole[kind] = digest.shown()
    return whole


def _hashes(
    backup: Backup, number: int, moment: int, bucket: str = ""
) -> Iterator[tuple[str, int]]:
    """Yield id and hash of the living entries of a type whose ids begin with `bucket`."""
    rows = reading.living(backup, number, _within(bucket))
    # A whole plan may be 32 MB: some thousand entries at a time are held.
    while chunk := list(islice(rows, reading.CHUNK)):
        for row in reading.with_days(backup, chunk, moment):
            yield row.id, entry_hash(row.kind, orjson.loads(row.wire))


def _within(bucket: str) -> Q:
    first, last = UUID(bucket.ljust(32, "0")), UUID(bucket.ljust(32, "f"))
    return Q(uuid__gte=first, uuid__lte=last)


def _parts(hashed: dict[str, int], length: int) -> dict:
    parts: dict[str, Digest] = defaultdict(Digest)
    for id, value in hashed.items():
        parts[id[:length]].add(value)
    answer = {"parts": {name: part.shown() for name, part in sorted(parts.items())}}
    if len(hashed) <= LISTED:
        answer["entries"] = {id: shown(value) for id, value in sorted(hashed.items())}
    return answer
