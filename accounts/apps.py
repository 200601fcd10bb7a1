"""The accounts app, and the admin with its door."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    default = True
    name = "accounts"
    verbose_name = _("People")
    default_auto_field = "django.db.models.BigAutoField"


class StaffAdminConfig(admin.AdminConfig):
    """Django's admin as an app, with the site of `accounts.admin_site`."""

    default = False
    default_site = "accounts.admin_site.StaffSite"
