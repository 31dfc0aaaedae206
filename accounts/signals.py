"""What happens at the entrance and is told by no signal of Django's or allauth's."""

from django.dispatch import Signal

# Sent with `email`, the address that was typed.
log_in_failed = Signal()
