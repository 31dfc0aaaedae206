"""People and the companies they work for."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Func, Q, Value
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models.hashes import HashField, read


class Title(models.TextChoices):
    """What a person is in a partner company; the last three are its admins."""

    PARTNER_USER = "partner_user", _("Partner user")
    GLOBAL_ADMIN = "global_admin", _("Global admin")
    BILLING_ADMIN = "billing_admin", _("Billing admin")
    INCENTIVES_ADMIN = "incentives_admin", _("Incentives admin")


ADMIN_TITLES = frozenset(
    {Title.GLOBAL_ADMIN, Title.BILLING_ADMIN, Title.INCENTIVES_ADMIN}
)


class StaffRole(models.TextChoices):
    """What a person does for the programme operator (DOMAIN.md §9)."""

    REVIEWER = "reviewer", _("Reviewer")
    LEAD = "lead", _("Lead reviewer")
    AUDITOR = "auditor", _("Auditor")
    PROGRAMME_ADMIN = "programme_admin", _("Programme admin")


def validate_time_zone(name: str) -> None:
    """Refuse what is not the name of a time zone, such as Europe/Berlin."""
    if name not in available_timezones():
        raise ValidationError(_("There is no time zone of this name."), "time_zone")


def people_vector() -> SearchVector:
    """Return the words by which a person is found: of the name and the address."""
    address = Func("email", Value("@.-_+"), Value("     "), function="translate")
    return SearchVector("name", address, config="simple")


class Partner(models.Model):
    """A partner company. Companies compete: nothing of one reaches another."""

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    # A company that has left: nobody logs in for it, its claims stay.
    is_active = models.BooleanField(_("takes part"), default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # Empty: as much as every company has (settings.EVIDENCE_QUOTA_BYTES).
    storage_megabytes = models.PositiveIntegerField(
        _("room for files, in MB"), null=True, blank=True
    )

    class Meta:
        verbose_name = _("partner company")
        verbose_name_plural = _("partner companies")
        ordering = ("name", "pk")
        indexes = (models.Index(fields=["name", "id"], name="partners_by_name"),)

    def __str__(self) -> str:
        return self.name


class PartnerLocation(models.Model):
    """A location of a partner company, known to the programme by its partner ID."""

    # Not `partner`: its column would be called like the programme's word for the ID.
    company = models.ForeignKey(
        Partner,
        on_delete=models.PROTECT,
        related_name="locations",
        verbose_name=_("partner company"),
    )
    partner_id = models.CharField(
        _("partner ID"),
        max_length=7,
        unique=True,
        validators=[RegexValidator(r"^[0-9]{7}\Z", _("A partner ID has 7 digits."))],
    )
    name = models.CharField(_("location"), max_length=200)
    is_enrolled = models.BooleanField(_("enrolled in the programme"), default=True)

    class Meta:
        verbose_name = _("location")
        verbose_name_plural = _("locations")
        ordering = ("partner_id",)

    def __str__(self) -> str:
        return f"{self.partner_id} · {self.name}"


class UserManager(BaseUserManager["User"]):
    def create_user(
        self, email: str, password: str | None = None, **fields: Any
    ) -> User:
        """Create a person; without a password nobody can log in as them."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person: works for one partner company or for the programme, never both."""

    password = HashField(_("password"), max_length=128)
    email = models.EmailField(_("e-mail"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=200)
    language = models.CharField(
        _("language"),
        max_length=2,
        choices=[("en", _("English")), ("de", _("German"))],
        default="en",
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        default="Europe/Berlin",
        validators=[validate_time_zone],
    )
    partner = models.ForeignKey(
        Partner,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("partner company"),
    )
    title = models.CharField(_("role"), max_length=20, choices=Title, blank=True)
    staff_role = models.CharField(
        _("programme role"), max_length=20, choices=StaffRole, blank=True
    )
    # A reviewer on leave stays a reviewer but gets no claims assigned by the clock.
    is_available = models.BooleanField(_("takes new claims"), default=True)
    is_active = models.BooleanField(_("may log in"), default=True)
    # Whether they went when their company left: they come back with it.
    left_with_company = models.BooleanField(default=False, editable=False)
    # Part of every session's fingerprint: one more ends all sessions of this person.
    session_round = models.PositiveIntegerField(default=0, editable=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        indexes = (
            models.Index(fields=["name", "id"], name="people_by_name"),
            GinIndex(people_vector(), name="people_search"),
        )
        constraints = (
            models.UniqueConstraint(
                Lower("email"),
                name="one_person_per_email",
                violation_error_message=_("Somebody already logs in with this e-mail."),
            ),
            models.CheckConstraint(
                name="partner_or_staff_never_both",
                violation_error_message=_(
                    "A person works for a partner company, with a role there, or for "
                    "the programme: never for both."
                ),
                condition=(
                    Q(partner__isnull=False, staff_role="") & ~Q(title="")
                    | Q(partner__isnull=True, title="")
                ),
            ),
        )

    def __str__(self) -> str:
        return self.name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the address as log-in looks for it: in lower case."""
        self.email = self.email.strip().lower()
        super().save(*args, **kwargs)

    def check_password(self, raw_password: str | None) -> bool:
        """Compare; an answer about a hash that was not read would be a wrong one."""
        read(self.password)
        return super().check_password(raw_password)

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        # Whatever way a role is changed or an access ended, the sessions end with it.
        rights = f"{self.partner_id}:{self.title}:{self.staff_role}:{self.is_active}"
        fingerprint = f"{self.session_round}:{rights}:{read(self.password)}"
        return salted_hmac(
            "accounts.User.session", fingerprint, secret=secret, algorithm="sha256"
        ).hexdigest()

    @property
    def is_partner(self) -> bool:
        return self.partner_id is not None

    @property
    def is_partner_admin(self) -> bool:
        return self.is_partner and self.title in ADMIN_TITLES

    @property
    def is_staff_member(self) -> bool:
        return bool(self.staff_role)

    @property
    def is_reviewer(self) -> bool:
        """Reviewer or lead: whoever may decide about claims."""
        return self.staff_role in {StaffRole.REVIEWER, StaffRole.LEAD}

    @property
    def is_lead(self) -> bool:
        return self.staff_role == StaffRole.LEAD

    @property
    def is_auditor(self) -> bool:
        return self.staff_role == StaffRole.AUDITOR

    @property
    def is_programme_admin(self) -> bool:
        return self.staff_role == StaffRole.PROGRAMME_ADMIN

    @property
    def role_label(self) -> str:
        return str(
            self.get_staff_role_display()
            if self.staff_role
            else self.get_title_display()
        )


def display_name(user: User) -> str:
    """Return what allauth's pages call a person."""
    return str(user)


class Invitation(models.Model):
    """A place in a company or in the programme, offered by a link that expires."""

    email = models.EmailField(_("e-mail"), max_length=254)
    # No company: a place in the programme, with a programme role.
    partner = models.ForeignKey(
        Partner, on_delete=models.CASCADE, null=True, related_name="invitations"
    )
    title = models.CharField(_("role"), max_length=20, choices=Title, blank=True)
    staff_role = models.CharField(
        _("programme role"), max_length=20, choices=StaffRole, blank=True
    )
    language = models.CharField(max_length=2, default="en")
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    token_hash = HashField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ("-created_at", "pk")
        constraints = (
            models.UniqueConstraint(
                "partner",
                Lower("email"),
                name="one_waiting_invitation_per_email",
                condition=Q(accepted_at=None, revoked_at=None),
            ),
            models.UniqueConstraint(
                Lower("email"),
                name="one_waiting_invitation_to_the_programme",
                condition=Q(partner=None, accepted_at=None, revoked_at=None),
            ),
            models.CheckConstraint(
                name="invited_by_company_or_programme",
                condition=(
                    Q(partner__isnull=False, staff_role="") & ~Q(title="")
                    | Q(partner__isnull=True, title="") & ~Q(staff_role="")
                ),
            ),
        )

    def __str__(self) -> str:
        return self.email

    @property
    def place(self) -> str:
        """Return whom they would work for."""
        return str(self.partner or settings.OPERATOR)

    @property
    def role_label(self) -> str:
        return str(
            self.get_staff_role_display()
            if self.staff_role
            else self.get_title_display()
        )

    def is_open(self, now: datetime) -> bool:
        """Say whether the link still works."""
        return not (self.accepted_at or self.revoked_at) and now < self.expires_at
