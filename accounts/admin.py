"""People in the admin: who they are and where they are logged in, never what they plan."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, BaseUserCreationForm, UserChangeForm
from django.db.models import Max, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import sessions
from accounts.models import Preferences, Session, User


class NewUserForm(BaseUserCreationForm):
    """A person made by staff."""

    class Meta:
        model = User
        fields = ("username", "full_name", "email")


class UserForm(UserChangeForm):
    """A person as staff may change them."""

    class Meta:
        model = User
        fields = "__all__"


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


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    """Find people, lock them, end their log-ins."""

    form = UserForm
    add_form = NewUserForm
    change_password_form = NewPasswordForm
    list_display = ("username", "full_name", "email", "is_active", "is_staff", "last_seen")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("username", "full_name", "email")
    ordering = ("username",)
    readonly_fields = ("date_joined",)
    actions = ("end_log_ins",)
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
        return super().get_queryset(request).annotate(seen=Max("sessions__last_used_at"))

    @admin.display(description=_("last seen"), ordering="seen")
    def last_seen(self, user: User) -> Any:
        return user.seen

    def get_inlines(self, request: HttpRequest, obj: User | None) -> tuple:
        return self.inlines if obj else ()

    def save_model(
        self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        Preferences.objects.get_or_create(user=obj)
        if change and not obj.is_active:
            sessions.end_all(obj)

    @admin.action(description=_("End all log-ins"), permissions=["change"])
    def end_log_ins(self, request: HttpRequest, people: QuerySet[User]) -> None:
        for user in people:
            sessions.end_all(user)
        count = len(people)
        done = ngettext("%d person is logged out.", "%d people are logged out.", count) % count
        self.message_user(request, done, messages.SUCCESS)
