"""People in the admin once more, with how many devices each has."""

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin import UserAdmin
from accounts.models import User
from devices.models import Membership

admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(UserAdmin):
    """The page of the package below, which knows no devices."""

    list_display = (*UserAdmin.list_display, "devices")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        held = Membership.objects.filter(user=OuterRef("pk")).order_by().values("user")
        number = Coalesce(Subquery(held.values(number=Count("pk"))), 0)
        return super().get_queryset(request).annotate(number_of_devices=number)

    @admin.display(description=_("devices"))
    def devices(self, user: User) -> int:
        return user.number_of_devices
