"""The refusal codes with the sentence that tells a person what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from claims.inspection.finding import Code

SENTENCES: dict[Code, Promise] = {
    Code.EMPTY: _(
        "This file is empty. Open it to check what it holds, "
        "save it again and upload it once more."
    ),
    Code.TOO_LARGE: _(
        "This file is larger than 25 MB. Save a smaller copy "
        "or split it into several files."
    ),
    Code.TYPE_NOT_ALLOWED: _(
        "Files of this kind cannot be proof, neither alone nor attached to a mail. "
        "Upload a PDF, DOCX, XLSX, PPTX, PNG, JPEG, EML or MSG file."
    ),
    Code.TYPE_MISMATCH: _(
        "The content of this file is of another kind than its name says. "
        "Open it in the program it was made with, save it again "
        "and upload the new copy."
    ),
    Code.CORRUPT: _(
        "This file is damaged or incomplete. Open it, save it again "
        "or print it to PDF, and upload the new copy."
    ),
    Code.ENCRYPTED: _(
        "This file is encrypted or protected by a password. "
        "Save a copy without protection and upload that."
    ),
    Code.MACRO: _(
        "This file contains a macro. Save it as PDF, or save it as DOCX, XLSX "
        "or PPTX without macros."
    ),
    Code.ACTIVE_CONTENT: _(
        "This file contains something that runs when it is opened, such as a "
        "script, an interactive form or a data link. Print it to PDF and upload that."
    ),
    Code.EXTERNAL_REFERENCE: _(
        "This file loads something from another place, such as a template, "
        "a picture or linked data. Embed it or break the link, "
        "or print the file to PDF."
    ),
    Code.EMBEDDED_OBJECT: _(
        "This file carries an object or another file that cannot be checked. "
        "Remove it or print the file to PDF; upload the other file by itself."
    ),
    Code.POLYGLOT: _(
        "This file can be read as two different kinds of file. "
        "Open it, save it under a new name and upload the new copy."
    ),
    Code.TRAILING_DATA: _(
        "This file carries more data behind its end. "
        "Open it, save it under a new name and upload the new copy."
    ),
    Code.ARCHIVE_BOMB: _(
        "This file unpacks to far more data than a document needs. "
        "Print it to PDF or remove what is not needed."
    ),
    Code.ARCHIVE_PATH: _(
        "The parts inside this file have names that are not safe to unpack. "
        "Open it in Word, Excel or PowerPoint and save it again."
    ),
    Code.XML_DTD: _(
        "This file defines its own XML entities, which documents never need. "
        "Open it in Word, Excel or PowerPoint and save it again."
    ),
    Code.IMAGE_TOO_MANY_PIXELS: _(
        "This picture has too many pixels. Save it with at most 70 megapixels, "
        "for example 8,000 by 8,000."
    ),
    Code.TOO_MANY_PARTS: _(
        "This file has too many parts, such as attachments, pictures in one "
        "picture or mails within mails. Upload the parts that prove your work "
        "one by one."
    ),
    Code.MALWARE: _(
        "The virus scanner found malware in this file. Check the computer "
        "it comes from and upload a clean copy."
    ),
    Code.SCAN_INCOMPLETE: _(
        "This file could not be checked to its end. Upload it once more; "
        "if that fails too, print it to PDF or split it."
    ),
    Code.NAME_INVALID: _(
        "This file name cannot be used. Rename the file with letters and digits "
        "and upload it again."
    ),
    Code.QUOTA: _(
        "Your company has used up its storage. Delete drafts that are not needed "
        "any more or ask the programme for more room."
    ),
}

CHOICES = [(code.value, sentence) for code, sentence in SENTENCES.items()]


def sentence(code: str) -> Promise:
    """What to tell a person about a refusal; raises ValueError for no such code."""
    return SENTENCES[Code(code)]
