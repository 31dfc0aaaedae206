"""Reads one XML part of an Office file and judges the elements that can act."""

from collections.abc import Callable

from claims.inspection.finding import Code, Refusal
from claims.inspection.formulas import judge_formula
from claims.inspection.links import is_remote, judge_link
from claims.inspection.markup import Attributes, OnText, read_xml
from claims.inspection.sources import judge_source
from claims.inspection.word_fields import FIELD_ELEMENTS, FieldReader

# Of cells, tables, charts, revisions, and of what is drawn on a sheet.
_FORMULAS = frozenset(
    [
        "f",
        "formula",
        "formula1",
        "formula2",
        "definedName",
        "ddeItem",
        "calculatedColumnFormula",
        "totalsRowFormula",
        "oldFormula",
        "FmlaMacro",
        "FmlaPict",
        "FmlaLink",
        "FmlaRange",
        "FmlaTxbx",
    ]
)
# Elements whose formula stands in an attribute.
_WITH_FORMULA = ("cacheField", "calculatedItem", "calculatedMember", "formControlPr")
_FORMULA_KEYS = ("formula", "fmlaLink", "fmlaRange", "fmlaMacro", "fmlaTxbx")
# How a document names the program (VSTO) that Office loads with it.
_ASSEMBLY = "_assembly"
_FORBIDDEN = {
    "ddeLink": Code.ACTIVE_CONTENT,
    "oleLink": Code.EXTERNAL_REFERENCE,
    "webPr": Code.EXTERNAL_REFERENCE,
    "webVideoPr": Code.EXTERNAL_REFERENCE,
    "ocx": Code.ACTIVE_CONTENT,
    "webextension": Code.ACTIVE_CONTENT,
    "taskpane": Code.ACTIVE_CONTENT,
}
_RUNNING_ACTIONS = ("ppaction://program", "ppaction://ole")
_MACRO_ACTION = "ppaction://macro"
# Shapes of VML, which may carry a link of their own.
_SHAPES = frozenset(
    [
        "shape",
        "shapetype",
        "group",
        "rect",
        "roundrect",
        "oval",
        "line",
        "polyline",
        "curve",
        "arc",
        "image",
    ]
)
_CALLBACKS = ("on", "get", "load")
# What a workbook's connections consist of.
_DATABASES = ("dbPr", "oledbPr", "dataFeedPr", "olapPr")
_TRUE = {"1", "true"}


class PartReader:
    """Walks one part. What it looks for may stand in any part under any name."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._fields = FieldReader(name)
        self._is_ribbon = False
        self._is_refreshed = False
        self._judges: dict[str, Callable[[Attributes], None]] = {
            "OLEObject": self._judge_ole_object,
            "cmd": self._judge_command,
            "connection": self._judge_connection,
            "textPr": self._judge_connection,
            **dict.fromkeys(_DATABASES, self._judge_database),
            "pivotCacheDefinition": self._note_pivot,
            "cacheSource": self._judge_pivot,
            "oleObject": self._judge_linked_object,
            "webPublishItem": self._judge_publishing,
            "property": self._judge_property,
            "schema": self._judge_schema,
            "entryMacro": self._judge_macro,
            "exitMacro": self._judge_macro,
            "macro": self._judge_macro,
            **dict.fromkeys(_WITH_FORMULA, self._judge_attributes),
            "connectString": self._judge_merge,
            "udl": self._judge_merge,
            "queryTable": self._judge_refresh,
            "volType": self._judge_volatile,
            "definedName": self._judge_defined_name,
            "imagedata": self._judge_picture,
            "fill": self._judge_picture,
            "stroke": self._judge_picture,
            **dict.fromkeys(_SHAPES, self._judge_shape),
            "hlinkClick": self._judge_link,
            "hlinkHover": self._judge_link,
            "hlinkMouseOver": self._judge_link,
            "customUI": self._note_ribbon,
        }
        self._wanted = FIELD_ELEMENTS.union(
            _FORMULAS, _FORBIDDEN, self._judges, {"HyperlinkBase"}
        )

    def read(self, content: bytes) -> None:
        """Raises Refusal at the first element that acts or reaches out."""
        wanted = None if b"customUI" in content.replace(b"\x00", b"") else self._wanted
        read_xml(content, self.name, self._start, wanted)
        self._fields.close()

    def _start(self, tag: str, attributes: Attributes) -> OnText | None:
        if tag in _FORBIDDEN:
            raise Refusal(_FORBIDDEN[tag], f"{tag} in {self.name!r}")
        if judge := self._judges.get(tag):
            judge(attributes)
        if self._is_ribbon:
            self._judge_callbacks(attributes)
        if tag in FIELD_ELEMENTS:
            return self._fields.start(tag, attributes)
        if tag == "HyperlinkBase":
            return self._judge_base
        return self._judge_formula if tag in _FORMULAS else None

    def _judge_formula(self, formula: str) -> None:
        judge_formula(formula, self.name)

    def _refuse(self, code: Code, what: str) -> None:
        raise Refusal(code, f"{what} in {self.name!r}")

    def _judge_ole_object(self, attributes: Attributes) -> None:
        if attributes.get("Type", "").lower() == "link":
            self._refuse(Code.EXTERNAL_REFERENCE, "a linked object")

    def _judge_command(self, attributes: Attributes) -> None:
        """PowerPoint starts embedded objects by "verb"; playing media is a "call"."""
        if attributes.get("type") == "verb":
            self._refuse(Code.ACTIVE_CONTENT, "an object started by an animation")

    def _judge_refresh(self, attributes: Attributes) -> None:
        if attributes.get("refreshOnLoad") in _TRUE:
            self._refuse(Code.EXTERNAL_REFERENCE, "data fetched on opening")

    def _judge_connection(self, attributes: Attributes) -> None:
        self._judge_refresh(attributes)
        for key in ("odcFile", "sourceFile"):
            if is_remote(attributes.get(key, "")):
                self._refuse(Code.EXTERNAL_REFERENCE, f"data from {attributes[key]}")

    def _judge_database(self, attributes: Attributes) -> None:
        for key in ("connection", "localConnection"):
            judge_source(attributes.get(key, ""), repr(self.name))

    def _note_pivot(self, attributes: Attributes) -> None:
        self._is_refreshed = attributes.get("refreshOnLoad") in _TRUE

    def _judge_pivot(self, attributes: Attributes) -> None:
        """A pivot table of the workbook's own cells may be made anew on opening."""
        if self._is_refreshed and attributes.get("type") == "external":
            self._refuse(Code.EXTERNAL_REFERENCE, "a pivot table fetched on opening")

    def _judge_linked_object(self, attributes: Attributes) -> None:
        if "link" in attributes or "oleUpdate" in attributes:
            self._refuse(Code.EXTERNAL_REFERENCE, "a linked object")

    def _judge_publishing(self, attributes: Attributes) -> None:
        judge_source(attributes.get("destinationFile", ""), repr(self.name))

    def _judge_property(self, attributes: Attributes) -> None:
        name = attributes.get("name", "")
        if name.lower().startswith(_ASSEMBLY):
            self._refuse(Code.ACTIVE_CONTENT, f"a program loaded by {name}")

    def _judge_schema(self, attributes: Attributes) -> None:
        """Word fetches what the library of schemas names (ECMA-376 part 1, 23)."""
        for key in ("manifestLocation", "schemaLocation"):
            if is_remote(attributes.get(key, "")):
                self._refuse(Code.EXTERNAL_REFERENCE, f"schema {attributes[key]}")

    def _judge_macro(self, attributes: Attributes) -> None:
        """What a form or a key calls (17.16.3, [MS-DOCX] 2.4.1)."""
        for key in ("val", "macroName"):
            if name := attributes.get(key, "").strip():
                self._refuse(Code.MACRO, f"a call of {name}")

    def _judge_base(self, base: str) -> None:
        judge_link(base, repr(self.name))

    def _judge_attributes(self, attributes: Attributes) -> None:
        for key in _FORMULA_KEYS:
            self._judge_formula(attributes.get(key, ""))

    def _judge_merge(self, attributes: Attributes) -> None:
        """Where a form letter takes its addresses from (17.14.8)."""
        value = attributes.get("val", "")
        if "\\\\" in value or "//" in value:
            self._refuse(Code.EXTERNAL_REFERENCE, f"addresses from {value}")

    def _judge_volatile(self, attributes: Attributes) -> None:
        if attributes.get("type") == "realTimeData":
            self._refuse(Code.ACTIVE_CONTENT, "a real-time data server")

    def _judge_defined_name(self, attributes: Attributes) -> None:
        name = attributes.get("name", "").lower().removeprefix("_xlnm.")
        if name.startswith(("auto_open", "auto_close", "auto_activate")):
            self._refuse(Code.MACRO, name)

    def _judge_picture(self, attributes: Attributes) -> None:
        for key in ("src", "href"):
            target = attributes.get(key, "")
            if is_remote(target):
                self._refuse(Code.EXTERNAL_REFERENCE, f"picture {target}")

    def _judge_shape(self, attributes: Attributes) -> None:
        judge_link(attributes.get("href", ""), repr(self.name))

    def _judge_link(self, attributes: Attributes) -> None:
        action = attributes.get("action", "").strip().lower()
        if action.startswith(_MACRO_ACTION):
            self._refuse(Code.MACRO, action)
        if action.startswith(_RUNNING_ACTIONS):
            self._refuse(Code.ACTIVE_CONTENT, action)

    def _note_ribbon(self, _: Attributes) -> None:
        self._is_ribbon = True

    def _judge_callbacks(self, attributes: Attributes) -> None:
        """A changed ribbon is harmless; one that calls code is not."""
        for key, value in attributes.items():
            if value and key.lower().startswith(_CALLBACKS):
                self._refuse(Code.ACTIVE_CONTENT, f"ribbon callback {key}")
