"""All sample files: what the inspection must refuse, and what it must let pass."""

from tests.inspection import (
    attachment_samples,
    body_samples,
    excel_samples,
    header_samples,
    link_samples,
    mail_honest,
    mail_samples,
    office_honest,
    outlook_samples,
    part_samples,
    pdf_honest,
    pdf_samples,
    pdf_structure_samples,
    picture_notes_samples,
    picture_samples,
    rich_text_samples,
    word_samples,
    zip_header_samples,
    zip_samples,
)
from tests.inspection.samples import Sample

HOSTILE: list[Sample] = [
    *pdf_samples.HOSTILE,
    *word_samples.HOSTILE,
    *zip_samples.HOSTILE,
    *zip_header_samples.HOSTILE,
    *excel_samples.HOSTILE,
    *picture_samples.HOSTILE,
    *picture_notes_samples.HOSTILE,
    *mail_samples.HOSTILE,
    *outlook_samples.HOSTILE,
    *link_samples.HOSTILE,
    *header_samples.HOSTILE,
    *body_samples.HOSTILE,
    *rich_text_samples.HOSTILE,
    *attachment_samples.HOSTILE,
    *part_samples.HOSTILE,
    *pdf_structure_samples.HOSTILE,
]

HONEST: list[Sample] = [
    *pdf_honest.HONEST,
    *office_honest.HONEST,
    *zip_header_samples.HONEST,
    *picture_samples.HONEST,
    *picture_notes_samples.HONEST,
    *mail_honest.HONEST,
    *link_samples.HONEST,
    *header_samples.HONEST,
    *body_samples.HONEST,
    *rich_text_samples.HONEST,
    *attachment_samples.HONEST,
    *part_samples.HONEST,
    *pdf_structure_samples.HONEST,
]
