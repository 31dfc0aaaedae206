"""Writes a message out: one source per topic becomes subject, text and HTML.

A topic's template holds the partials `subject`, `headline` (what happened), `action`
(what to do and until when), `button` and `details`; see templates/notifications/mail/.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import css_inline
from django.conf import settings
from django.template import Context, Template, TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation

from notifications import wording
from notifications.blocks import Block, parse
from notifications.models import Message
from notifications.topics import SECRETS, Topic, can_switch_off

FOLDER = "notifications/mail"
LONGEST_SUBJECT = 150


@dataclass(frozen=True, slots=True)
class Mail:
    """A message as one reader gets it; both parts say the same."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Line:
    """A message as the inbox shows it: what happened, what to do."""

    headline: str
    action: str


@dataclass(frozen=True, slots=True)
class _Topic:
    """The partials of one topic's template, ready to be rendered."""

    name: str
    context: dict[str, Any]

    def part(self, partial: str) -> str:
        return _plain(f"{self.name}#{partial}", self.context)

    def line(self, partial: str) -> str:
        return wording.one_line(self.part(partial))


def mail(message: Message) -> Mail:
    """Return the mail in the language that its reader has chosen by now."""
    with translation.override(language_of(message)):
        return _written(message)


def line(message: Message) -> Line:
    """Return the inbox line in the language that is active."""
    topic = _topic(message)
    return Line(topic.line("headline"), topic.line("action"))


def language_of(message: Message) -> str:
    """Return the language fixed for this message, else its reader's, else English."""
    wanted = message.language or (
        message.recipient.language if message.recipient else ""
    )
    return wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _written(message: Message) -> Mail:
    topic = _topic(message)
    subject = topic.line("subject")
    if len(subject) > LONGEST_SUBJECT:
        subject = subject[: LONGEST_SUBJECT - 1].rstrip() + "…"
    parts = {
        "subject": subject,
        "headline": topic.line("headline"),
        "action": topic.line("action"),
        "button": topic.line("button"),
        "link": Block("link", (_link(message),)),
        "blocks": parse(topic.part("details")),
        "footer": parse(_footer(message)),
        "language": translation.get_language(),
    }
    html = get_template(f"{FOLDER}/mail.html").render(parts)
    return Mail(subject, _text(parts), _inliner().inline(html))


def _text(parts: dict[str, Any]) -> str:
    button = [f"{parts['button']}\n{parts['link'].text}"] if parts["link"].link else []
    body = [parts["headline"], parts["action"], *button]
    body += [block.text for block in parts["blocks"]]
    footer = "\n".join(block.text for block in parts["footer"])
    return "\n\n".join(filter(None, body)) + f"\n\n-- \n{footer}\n"


def _topic(message: Message) -> _Topic:
    """Return the template for this topic, or for this clock of it where one exists."""
    clock = re.sub(r"[^a-z_]", "", str(message.context.get("clock", "")))
    names = [f"{FOLDER}/{Topic(message.topic)}.txt"]
    if clock:
        names.insert(0, f"{FOLDER}/{Topic(message.topic)}.{clock}.txt")
    return _Topic(_first(tuple(names)), _context(message))


@cache
def _first(names: tuple[str, ...]) -> str:
    for name in names:
        try:
            get_template(name)
        except TemplateDoesNotExist:
            continue
        return name
    raise TemplateDoesNotExist(names[-1])


def _context(message: Message) -> dict[str, Any]:
    recipient = message.recipient
    return {
        "zone": recipient.time_zone if recipient else "UTC",
        **message.context,
        "claim": _claim(message.context),
        "for_staff": bool(recipient and recipient.is_staff_member),
        "for_lead": bool(recipient and recipient.is_lead),
        "address": message.context.get("address", message.reader),
    }


def _claim(context: dict[str, Any]) -> str:
    """Return number and customer, so that nobody has to look up what is meant."""
    number, customer = context.get("number", ""), context.get("customer_name", "")
    return f"{number} ({customer})" if number and customer else number or customer


def _link(message: Message) -> str:
    secret = SECRETS.get(message.topic, "url")
    link = message.context.get(secret) or message.context.get("url", "")
    return link or (settings.PUBLIC_URL + message.url if message.url else "")


def _footer(message: Message) -> str:
    choices = settings.PUBLIC_URL + reverse("preferences") if message.recipient else ""
    footer = {
        "choices": choices if can_switch_off(message.topic) else "",
        "has_account": bool(message.recipient),
    }
    return _plain(f"{FOLDER}/_footer.txt", footer)


def _plain(name: str, context: dict[str, Any]) -> str:
    """Render as plain text: HTML is escaped once, at the end, where HTML is made."""
    template: Template = get_template(name).template  # type: ignore[attr-defined]
    return template.render(Context(context, autoescape=False)).strip()


@cache
def _inliner() -> css_inline.CSSInliner:
    """Mail programs drop style sheets, so each element carries its own rules."""
    css = get_template(f"{FOLDER}/sheet.css").template.source  # type: ignore[attr-defined]
    return css_inline.CSSInliner(extra_css=css, load_remote_stylesheets=False)
