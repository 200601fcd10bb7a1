"""Saved views of the list of devices: each of the staff keeps their own."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from devices import saved_views
from devices.models import SavedView
from planner.problems import RuleError

LIST = "admin:devices_device_changelist"


class SavedViewForm(forms.ModelForm):
    """A name for the list as it is searched and filtered now."""

    class Meta:
        model = SavedView
        fields = ("name", "query")
        widgets = {"query": forms.HiddenInput}


class SavedViewsAdmin(admin.ModelAdmin):
    """A list whose searches and filters can be kept."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("views/", wrap(require_POST(self.save_view)), name="devices_views"),
            path("views/<int:pk>/", wrap(require_POST(self.drop_view)), name="devices_view_drop"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> Any:
        query = request.GET.urlencode()
        extra = {
            "views": SavedView.objects.filter(user=request.user),
            "view_form": SavedViewForm(initial={"query": query}) if query else None,
            "query": query,
        }
        return super().changelist_view(request, extra | (extra_context or {}))

    def save_view(self, request: HttpRequest) -> HttpResponse:
        """Keep the list as it is under a name; the same name again replaces what it was."""
        self._check(request)
        form = SavedViewForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("A view needs a name of up to 40 characters, and a search."))
            return redirect(LIST)
        name, query = form.cleaned_data["name"], form.cleaned_data["query"]
        try:
            saved_views.keep(request.user, name=name, query=query)
        except RuleError as error:
            messages.error(request, error.detail)
        return redirect(f"{reverse(LIST)}?{query}")

    def drop_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Forget one of one's own views."""
        self._check(request)
        get_object_or_404(SavedView, user=request.user, pk=pk).delete()
        return redirect(LIST)

    def _check(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied
