"""The accounts app, and the admin with its door."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from accounts.searching import index_parts


class AccountsConfig(AppConfig):
    default = True
    name = "accounts"
    verbose_name = _("People")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(index_parts, sender=self)


class StaffAdminConfig(admin.AdminConfig):
    """Django's admin as an app, with the site of `accounts.admin_site`."""

    default = False
    default_site = "accounts.admin_site.StaffSite"
