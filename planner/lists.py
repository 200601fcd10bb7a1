"""Long lists in the admin: pages that cost the same for a hundred rows and for a million."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG, ChangeList
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from planner import sheets

LOOKUPS = {"id", "exact", "isnull", "gte", "lt"}
"""Ways in which Django's own filters ask for a field."""


class CappedPaginator(Paginator):
    """Counts no further than anybody leafs through; `is_capped` tells that there is more."""

    MOST = 5_000

    @cached_property
    def _found(self) -> int:
        return self.object_list.order_by().values("pk")[: self.MOST + 1].count()

    @property
    def count(self) -> int:
        return min(self._found, self.MOST)

    @property
    def is_capped(self) -> bool:
        return self._found > self.MOST


class LongList(ChangeList):
    """A list that says how many were found only where it knows, and something was looked for."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if self.paginator.is_capped or not (self.query or self.has_active_filters):
            self.full_result_count = self.result_count


class LongListAdmin(admin.ModelAdmin):
    """A list that never counts its whole table."""

    change_list_template = "admin/long_list.html"
    paginator = CappedPaginator
    show_full_result_count = False
    list_max_show_all = 0

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[ChangeList]:
        return LongList

    def tools(self, request: HttpRequest) -> list[tuple[str, str]]:
        """Return address and words of what else can be done here."""
        return []

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allow what a filter of the list asks for: no hash is guessed letter by letter."""
        name, *how = lookup.split("__")
        filters = self.get_list_filter(request)
        names = {getattr(one, "parameter_name", one) for one in filters}
        return name in names and set(how) <= LOOKUPS

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Refuse as an unknown filter what no column can hold, which would be an error deeper."""
        if any("\0" in value for _name, values in request.GET.lists() for value in values):
            raise IncorrectLookupParameters
        return super().get_changelist_instance(request)

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> Any:
        title = capfirst(self.opts.verbose_name_plural)
        extra = {"title": title, "tools": self.tools(request), **(extra_context or {})}
        return super().changelist_view(request, extra)


class ReadOnlyAdmin(LongListAdmin):
    """Rows that only the rules write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ExportAdmin(LongListAdmin):
    """A list that can be had as CSV, as it is searched and filtered."""

    export_columns: Sequence[tuple[str, Callable[[Any], Any]]] = ()

    @property
    def export_name(self) -> str:
        """The name of the address that answers with the CSV, behind `admin:`."""
        return f"{self.opts.app_label}_{self.opts.model_name}_export"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.export_view)
        return [path("export/", view, name=self.export_name), *super().get_urls()]

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """Answer with the list as CSV, newest first; a wrong filter leads back to the list."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            found = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"
            return redirect(f"{reverse(name)}?{ERROR_FLAG}=1")
        header, cells = zip(*self.export_columns, strict=True)
        rows = sheets.newest_first(found)
        table = ([cell(row) for cell in cells] for row in rows)
        name = f"{self.opts.model_name}.csv"
        return StreamingHttpResponse(
            sheets.lines(header, table),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def tools(self, request: HttpRequest) -> list[tuple[str, str]]:
        query = request.GET.urlencode()
        return [(f"{reverse(f'admin:{self.export_name}')}?{query}", _("Export as CSV"))]
