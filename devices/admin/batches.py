"""Batches in the admin: made once, with their codes and keys, which are never shown again."""

from collections.abc import Iterator
from functools import partial

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

from devices.admin import importing, units
from devices.admin.growing import grown, progress
from devices.forms.batches import MakeBatchForm
from devices.models import Batch
from planner.lists import ReadOnlyAdmin


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin):
    """Batches; adding one makes its units and answers with them as CSV, once."""

    list_display = ("name", "prefix", "units", "confirm_on_device", "created_at", "created_by")
    search_fields = ("name", "prefix")
    fields = ("name", "prefix", "confirm_on_device", "must_rekey", "created_at", "created_by")

    def get_urls(self) -> list[URLPattern]:
        view = csrf_exempt(partial(importing.import_view, site=self.admin_site))
        page = path("import/", self.admin_site.admin_view(view), name="devices_batch_import")
        return [page, *super().get_urls()]

    def tools(self, request: HttpRequest) -> list[tuple[str, str]]:
        """Whoever makes units may bring in a factory's, too."""
        page = reverse("admin:devices_batch_import"), _("Import units")
        return [page] if self.has_add_permission(request) else []

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("devices.add_batch")

    @admin.display(description=_("units"), ordering="size")
    def units(self, batch: Batch) -> str:
        page = reverse("admin:devices_device_changelist")
        return format_html('<a href="{}?batch={}">{}</a>', page, batch.pk, batch.size)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """Ask what to make; a good form answers with the codes and keys, never shown again."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if (first := self.admin_site.confirmation(request)) is not None:
            return first
        form = MakeBatchForm(request.POST or None)
        if form.is_valid():
            return grown(request, self.admin_site, _("Make a batch"), self._made(request, form))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Make a batch"),
            "opts": self.opts,
            "form": form,
        }
        return TemplateResponse(request, "admin/devices/batch/make.html", context)

    def _made(self, request: HttpRequest, form: MakeBatchForm) -> Iterator[str]:
        """Make the units; yield how far it is, and at last codes and keys."""
        count = form.cleaned_data["count"]
        for step in form.make(request.user):
            batch, made = step
            yield progress(_("Storing"), len(made), count)
        self.log_addition(request, batch, [{"added": {}}])
        words = _("%(count)d units of %(batch)s") % {"count": count, "batch": batch}
        yield format_html("<h2>{}</h2>", words)
        yield units.shown(request, made)
