"""Search: entries of all kinds by words."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backups import searching
from backups.kinds import TYPES
from backups.templatetags.entries import KIND_NAMES
from backups.views.plans import Plan, plan_page


@require_safe
@plan_page
def search(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Show what the words of `q` find, all kinds or the one that `type` names."""
    query, kind = request.GET.get("q", "").strip(), request.GET.get("type", "")
    fault = _fault(query)
    found = [] if fault or not query else searching.search(plan.backup, query)
    context = {
        "plan": plan,
        "query": query[: searching.LONGEST],
        "fault": fault,
        "kind": kind if kind in TYPES else "",
        "count": sum(one.count for one in found),
        "chips": [(one.kind, KIND_NAMES[one.kind], one.count) for one in found],
        "found": [one for one in found if one.count and kind in ("", one.kind)],
    }
    return render(request, "backups/search.html", context)


def _fault(query: str) -> str:
    if "\0" in query or len(query) > searching.LONGEST:
        return _("Search for fewer words: at most %(most)d characters.") % {
            "most": searching.LONGEST
        }
    # One sign of Chinese is a word; one letter of a European language is none.
    if query and len(query) < searching.SHORTEST and query.isascii():
        return _("Type at least two letters.")
    return ""
