"""Messages, their way out by mail, and what readers want to get."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.topics import Topic, TopicGroup


class Message(models.Model):
    """Something one reader is told: an inbox line, and a mail through its delivery.

    The reader is a person with an account, or an address such as the customer's.
    """

    key = models.CharField(_("key"), max_length=200, unique=True)
    topic = models.CharField(_("topic"), max_length=40)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name=_("reader"),
    )
    address = models.EmailField(_("address"), max_length=254, blank=True)
    # Empty: the language the reader has chosen when the mail goes out.
    language = models.CharField(_("language"), max_length=2, blank=True)
    context = models.JSONField(default=dict)
    # What the inbox gathers messages by: a claim's number.
    group = models.CharField(_("concerns"), max_length=40, blank=True)
    url = models.CharField(_("page"), max_length=300, blank=True)
    # Fixed before anything is sent, so that a mail sent twice can be told to be one.
    message_id = models.CharField(max_length=120, unique=True, editable=False)
    # The summary whose mail tells of this message too; it has no mail of its own then.
    told_in = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="told",
        editable=False,
    )
    created_at = models.DateTimeField(_("written at"), default=timezone.now)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                name="message_has_one_reader",
                condition=(
                    Q(recipient__isnull=False, address="")
                    | Q(recipient__isnull=True) & ~Q(address="")
                ),
            ),
        )
        indexes = (
            models.Index(fields=["recipient", "-id"], name="message_inbox"),
            models.Index(
                fields=["recipient", "-id"],
                name="message_unread",
                condition=Q(read_at__isnull=True),
            ),
            models.Index(fields=["group", "topic"], name="message_group"),
        )

    def __str__(self) -> str:
        return f"{self.topic_label} · {self.group or self.key}"

    @property
    def topic_label(self) -> str | Promise:
        """Return what the message is about; a topic of the past is its own label."""
        return dict(Topic.choices).get(self.topic, self.topic)

    @property
    def carrier(self) -> Delivery | None:
        """Return the mail that carries it: its own, or that of a summary."""
        holder = self.told_in or self
        return getattr(holder, "delivery", None)

    @property
    def reader(self) -> str:
        """Return the address that a mail sent now would go to."""
        return self.recipient.email if self.recipient else self.address


class DeliveryState(models.TextChoices):
    """Where a mail is on its way."""

    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Being sent")
    ACCEPTED = "accepted", _("Accepted by the mail server")
    DROPPED = "dropped", _("Not sent: the reader does not get it")
    DEAD = "dead", _("Undeliverable")
    BOUNCED = "bounced", _("Came back after it had been accepted")


class Trouble(models.TextChoices):
    """Why a mail did not go out, where it was not the mail server's doing."""

    CLOSED = "closed", _("The reader's account is closed.")
    UNWANTED = "unwanted", _("The reader does not want mails on this.")
    STOPPED = "stopped", _("Every worker that tried to send it stopped.")


OPEN_STATES = (DeliveryState.WAITING, DeliveryState.SENDING)
FAILED_STATES = (DeliveryState.DEAD, DeliveryState.BOUNCED)


class Delivery(models.Model):
    """The outbox: one row for each mail, written together with what it tells of."""

    message = models.OneToOneField(
        Message, on_delete=models.CASCADE, related_name="delivery"
    )
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=DeliveryState,
        default=DeliveryState.WAITING,
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # While a mail is being sent this is the end of the lease: a worker that died
    # with the mail in its hands leaves it to the next one.
    next_attempt_at = models.DateTimeField(_("next attempt at"), db_default=Now())
    lease = models.UUIDField(null=True, editable=False)
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    bounced_at = models.DateTimeField(_("came back at"), null=True, blank=True)
    # Set while the last attempt did not even reach the mail server.
    unreachable_at = models.DateTimeField(null=True, editable=False)
    # The mail server's own words, or one of our codes.
    last_error = models.TextField(_("last error"), blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = (
            models.Index(
                fields=["next_attempt_at", "id"],
                name="delivery_due",
                condition=Q(state__in=OPEN_STATES),
            ),
            models.Index(
                fields=["-id"],
                name="delivery_dead",
                condition=Q(state__in=FAILED_STATES),
            ),
            models.Index(
                fields=["unreachable_at"],
                name="delivery_unreachable",
                condition=Q(unreachable_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.message} · {self.get_state_display()}"

    @property
    def trouble(self) -> str | Promise:
        """Return what went wrong: our words in every language, or the server's."""
        ours = dict(Trouble.choices)
        return ours.get(self.last_error, self.last_error)


class Preference(models.Model):
    """A reader's choice against the rule that every message also comes as a mail."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="message_preferences",
    )
    group = models.CharField(max_length=20, choices=TopicGroup)
    by_mail = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")
        constraints = (
            models.UniqueConstraint(
                fields=("user", "group"), name="one_choice_per_group"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.get_group_display()}"
