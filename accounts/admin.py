"""People in Django's own admin site: a convenience for development."""

from typing import override

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.http import HttpRequest

from accounts.models import Invitation, Partner, PartnerLocation, User

# One door for all: throttled, with the second factor of whoever has one.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class LocationInline(admin.TabularInline):  # type: ignore[type-arg]
    model = PartnerLocation
    extra = 0


@admin.register(Partner)
class PartnerAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "slug", "created_at")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (LocationInline,)


@admin.register(PartnerLocation)
class PartnerLocationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("partner_id", "name", "company", "is_enrolled")
    list_filter = ("is_enrolled",)
    search_fields = ("partner_id", "name", "company__name")


@admin.register(User)
class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Passwords are set by their owners: through the reset mail, never here."""

    list_display = ("email", "name", "partner", "title", "staff_role", "is_active")
    list_filter = ("is_active", "title", "staff_role", "partner")
    search_fields = ("email", "name")
    exclude = ("password", "last_login")

    @override
    def save_model(
        self, request: HttpRequest, obj: User, form: object, change: bool
    ) -> None:
        if not change:
            obj.set_unusable_password()
        obj.save()


@admin.register(Invitation)
class InvitationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("email", "partner", "title", "expires_at", "accepted_at")
    exclude = ("token_hash",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """An invitation without its mail would be a link nobody knows."""
        return False
