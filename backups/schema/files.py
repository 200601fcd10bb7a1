"""What the API's document says about plans as files."""

from backups.api import files
from backups.files import FORMS
from backups.imports import MERGE, NOTES, REPLACE
from backups.schema.backups import POINT, REVISION, of_plan
from backups.schema.parts import queries
from planner import shapes
from planner.openapi import JSON, OF_PLAN, answer, describe
from planner.shapes import Shape, listed, named, record

FILE: Shape = {"type": "string", "contentMediaType": "application/octet-stream"}
FLAG: Shape = {"type": "boolean", "default": False}
COUNTED = record(
    dict.fromkeys(("new", "changed", "gone", "same", "bad"), shapes.whole(0, 2**31)),
    description="`same` are in the plan already, `bad` cannot be read.",
)
FAULT = record({"place": {"type": "string"}, "detail": {"type": "string"}})
IMPORTED = record(
    {
        "revision": REVISION,
        "counts": COUNTED,
        "pinned": {"oneOf": [POINT, {"type": "null"}]},
        "errors": listed(FAULT, maxItems=100),
        "notes": listed({"type": "string"}, maxItems=len(NOTES)),
    }
)

describe(
    files.ExportView,
    get=of_plan(
        "backup_export",
        "Take a restore point along as a file",
        {
            200: answer(
                description="JSON is canonical and can be imported again; SQLite has the tables "
                "of the device's own database. With `history`, the JSON ends with the log up to "
                "the restore point, commit by commit; an import passes over it.",
                **{form.media: FILE for form in FORMS.values()} | {JSON: {"type": "object"}},
            )
        },
        parameters=queries(
            files.ExportQuery(),
            {"format": "The form of the file.", "history": "Who changed what, too: in JSON only."},
            format=shapes.one_of(*FORMS),
        ),
        problems=(*OF_PLAN, "not-found", "invalid"),
    ),
)
describe(
    files.ImportView,
    post=of_plan(
        "backup_import",
        "Take a file in: JSON, SQLite, a calendar (ICS) or Todoist's CSV",
        {
            200: answer(
                named("Imported", IMPORTED), "What was done, or with `preview` what would be."
            )
        },
        description=f"`{MERGE}`: the file's entries are added or beat those of the plan; "
        f"`{REPLACE}`: the plan becomes the file's. The same file twice changes nothing. `notes` "
        "say what is read otherwise than it is written, such as times without a zone.",
        request=record({"file": FILE}, {"mode": shapes.one_of(MERGE, REPLACE), "preview": FLAG}),
        media="multipart/form-data",
        problems=(*OF_PLAN, "forbidden", "conflict", "quota-exceeded"),
    ),
)
