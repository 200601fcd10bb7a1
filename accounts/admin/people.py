"""People in the admin: who they are and where they are logged in, never what they plan."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, BaseUserCreationForm, UserChangeForm
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts import locking, sessions
from accounts.models import CodesApp, Passkey, Preferences, Session, User
from accounts.signals import staff_acted
from planner.acts import Act, ActsAdmin
from planner.lists import LongListAdmin


class NewUserForm(BaseUserCreationForm):
    """A person made by staff."""

    class Meta:
        model = User
        fields = ("username", "full_name", "email")


class UserForm(UserChangeForm):
    """A person as superusers may change them; there is always one of them left."""

    class Meta:
        model = User
        fields = "__all__"

    def clean_is_superuser(self) -> bool:
        stays = self.cleaned_data["is_superuser"]
        if self.instance.is_superuser and not stays:
            others = User.objects.filter(is_superuser=True, is_active=True)
            if not others.exclude(pk=self.instance.pk).exists():
                raise forms.ValidationError(_("This is the last superuser."))
        return stays


class NewPasswordForm(AdminPasswordChangeForm):
    """A new password set by staff, which ends all log-ins."""

    def save(self, commit: bool = True) -> User:
        user = super().save(commit)
        sessions.end_all(user)
        return user


class SessionInline(admin.TabularInline):
    """Where a person is logged in, without what proves it."""

    model = Session
    fields = readonly_fields = ("created_at", "last_used_at", "address", "user_agent", "ended_at")
    ordering = ("-last_used_at",)
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False


ACTS = {
    "lock": Act(
        _("Lock"),
        _("Who is locked is logged out everywhere and cannot log in. Devices go on as they are."),
        locking.lock,
        "accounts.lock_user",
    ),
    "unlock": Act(_("Unlock"), _("They can log in again."), locking.unlock, "accounts.lock_user"),
    "force_reset": Act(
        _("Force a new password of"),
        _("The password ends at once. They get another by mail: ask for it at the log-in page."),
        locking.force_reset,
        "accounts.lock_user",
    ),
    "end_log_ins": Act(
        _("End all log-ins of"),
        _("They are logged out everywhere, and log in again with their password."),
        locking.end_log_ins,
        "accounts.end_log_ins_of_user",
    ),
}


@admin.register(User)
class UserAdmin(ActsAdmin, LongListAdmin, DjangoUserAdmin):
    """Find people, lock them, end their log-ins."""

    form = UserForm
    add_form = NewUserForm
    change_password_form = NewPasswordForm
    list_display = ("username", "full_name", "email", "is_active", "is_staff")
    list_display += ("second_step", "last_seen")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("username", "full_name", "email")
    ordering = ("username",)
    readonly_fields = ("date_joined", "is_active")
    acts = ACTS
    known_as = "username"
    inlines = (SessionInline,)
    fieldsets = (
        (None, {"fields": ("username", "password", "full_name", "email", "date_joined")}),
        (
            _("Permissions"),
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "full_name", "email", "password1", "password2")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        own = Session.objects.filter(user=OuterRef("pk")).order_by("-last_used_at")
        seen = Subquery(own.values("last_used_at")[:1])
        ways = Exists(CodesApp.objects.filter(user=OuterRef("pk")))
        ways |= Exists(Passkey.objects.filter(user=OuterRef("pk")))
        return super().get_queryset(request).annotate(seen=seen, second_step=ways)

    @admin.display(description=_("second step"), boolean=True)
    def second_step(self, user: User) -> bool:
        return user.second_step

    @admin.display(description=_("last seen"))
    def last_seen(self, user: User) -> Any:
        return user.seen

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Whoever edits people can make themselves a superuser, so one must be one."""
        return request.user.is_active and request.user.is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """People close their accounts themselves: their devices and plans need more than a row."""
        return False

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> User | None:
        """Lock whom a form changes: it writes the whole row, and must overwrite nothing."""
        found = super().get_object(request, object_id, from_field)
        if found is None or request.method != "POST":
            return found
        with transaction.atomic():
            locking.rows_with_superusers(found.pk)
        return super().get_object(request, object_id, from_field)

    def changeform_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        """Look again where a name or an address was taken at this moment: the form then says so."""
        try:
            return super().changeform_view(request, *args, **options)
        except IntegrityError:
            return super().changeform_view(request, *args, **options)

    @transaction.atomic
    def user_change_password(
        self, request: HttpRequest, *args: Any, **options: Any
    ) -> HttpResponse:
        """Set a password under the lock of `get_object`."""
        return super().user_change_password(request, *args, **options)

    def get_inlines(self, request: HttpRequest, obj: User | None) -> tuple:
        return self.inlines if obj else ()

    @transaction.atomic
    def save_model(
        self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        Preferences.objects.get_or_create(user=obj)
        told = {"action": "edit-person", "by": request.user, "person": obj, "reason": ""}
        after = {"fields": form.changed_data}
        staff_acted.send(sender=User, **told, before={}, after=after)
