"""The project package is an app as well: it owns the table of token buckets."""

from django.apps import AppConfig
from django.conf import settings
from django.contrib.staticfiles import apps as staticfiles
from django.db.models.signals import post_migrate

from planner import errors, grants


class PlannerConfig(AppConfig):
    default = True
    name = "planner"
    verbose_name = "Planner"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell faults where the operator wants them told, and grant what migrations made."""
        post_migrate.connect(grants.grant, sender=self)
        if settings.SENTRY_DSN:
            errors.report_to(settings.SENTRY_DSN)


class StaticFilesConfig(staticfiles.StaticFilesConfig):
    """Leaves out what no page uses and what could not be given names with hashes."""

    ignore_patterns = (*staticfiles.StaticFilesConfig.ignore_patterns, "django_htmx/ext/*")
