"""Many rows by one statement: few and many of them come back as they were given."""

import pytest
from django.utils import timezone

from backups.models import Backup, Confirmation, SyncReport
from backups.reports import LINE
from planner.upserts import WORTH_A_COPY, insert

TEXTS = ("None", r"\N", "a\tb", "a\nb\r", "back\\slash", "é 📦", "'; --", "")


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 8, WORTH_A_COPY])
def test_nothing_and_every_letter_come_back_as_they_were(device, count):
    plan, now = Backup.objects.of(device).pk, timezone.now()
    rows = [
        (plan, now, number, 0, 0, 0, 0, None if number % 2 else number, TEXTS[number % len(TEXTS)])
        for number in range(count)
    ]

    insert(SyncReport, LINE, rows)

    assert list(SyncReport.objects.order_by("milliseconds").values_list(*LINE)) == rows


@pytest.mark.django_db
def test_a_row_that_is_there_takes_only_what_rises(device):
    plan, columns = Backup.objects.of(device).pk, ("backup_id", "revision", "confirmed_at")
    kept = []
    for revision in (3, 2, 5):
        rows = [(plan, revision, timezone.now())]
        insert(Confirmation, columns, rows, on=columns[:1], update=True, rises="revision")
        kept.append(Confirmation.objects.get().revision)

    assert kept == [3, 3, 5]
