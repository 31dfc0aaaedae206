"""Recognises programs, scripts and archives, by content and by name."""

import re

from claims.inspection.finding import Code, Refusal

_MAGICS = (
    (b"\x7fELF", "ELF program"),
    (b"\xfe\xed\xfa\xce", "Mach-O program"),
    (b"\xfe\xed\xfa\xcf", "Mach-O program"),
    (b"\xce\xfa\xed\xfe", "Mach-O program"),
    (b"\xcf\xfa\xed\xfe", "Mach-O program"),
    (b"\xca\xfe\xba\xbe", "Java class"),
    (b"dex\n", "Android program"),
    (b"\x00asm", "WebAssembly"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "Windows shortcut"),
    (b"MSCF", "cabinet archive"),
    (b"ITSF", "compiled help"),
    (b"Rar!\x1a\x07", "RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip archive"),
    (b"\x1f\x8b\x08", "gzip archive"),
    (b"\xfd7zXZ\x00", "xz archive"),
    (b"BZh", "bzip2 archive"),
    (b"\x28\xb5\x2f\xfd", "zstd archive"),
    (b"!<arch>\n", "archive"),
    (b"{\\rt", "RTF document"),
)
# Also the first letters of words; a film has a NUL in the length that follows.
_WITH_NUL = ((b"MZ", "Windows program"), *((b"%cWS" % c, "Flash") for c in b"FCZ"))
_BINARY_WINDOW = 256
_TEXT_WINDOW = 4096
_SCRIPT = re.compile(
    rb"\s*(?:#!\s*/|@echo\s+off|<\s*(?:!doctype\s+html|html|script|hta:|job\b|package>)"
    rb"|<\?php|<%@|\[InternetShortcut\]|Windows Registry Editor|REGEDIT4)",
    re.IGNORECASE,
)

# Marks too long to be chance, so that they may be looked for in any bytes.
_ANYWHERE = re.compile(
    rb"\x7fELF[\x01\x02]{2}\x01|\xcf\xfa\xed\xfe[\x07\x0c]\x00\x00\x01"
    rb"|Rar!\x1a\x07[\x00\x01]|7z\xbc\xaf\x27\x1c"
    rb"|PK\x03\x04[\x00-\x3f]\x00"
)
# "MZ", and 60 bytes on a small number: where "PE" stands.
_WINDOWS = re.compile(rb"MZ(?=[\x00-\xff]{58}([\x00-\xff]{2})\x00\x00)")
_CONTROLS = bytes(range(9))

_EXTENSIONS = """
    ade adp apk app appinstaller application appref-ms appx appxbundle asp aspx asx
    bas bat bundle cab cdxml chm class cmd cnt com command cpl csh dex
    deb diagcab dll dmg docm dotm drv elf exe fon fxp gadget grp hlp hpj hta htc iqy
    img inf ins iso isp its jar jnlp js jse jsp ksh lib library-ms lnk mad maf mag mam
    maq mar mas mat mau mav maw mcf mda mdb mde mdt mdw mdz mht mhtml mmc msc msh msh1
    msh2 mshxml msi msix msixbundle msp mst msu ocx odc one ops osd out pcd php pif pkg
    pl plg potm ppam ppa ppsm pptm prf prg printerexport ps1 ps1xml ps2 ps2xml psc1
    psc2 psd1 psdm1 psm1 pst py pyc pyo pyw pyz pyzw rb reg rpm run scf scr sct
    search-ms settingcontent-ms sh shb shs slk sldm so swf sys theme url vb vbe
    vbp vbs vhd vhdx vsmacros vsw vxd wasm webpnp website ws wsb wsc wsf wsh xbap xla
    xlam xll xlm xlsb xlsm xltm xnk xpi
"""
EXTENSIONS = frozenset(_EXTENSIONS.split())


def program_in(data: bytes) -> str:
    """What kind of program, script or archive the bytes are, or ""."""
    head = data[:_BINARY_WINDOW]
    for magic, what in (*_MAGICS, *(_WITH_NUL if b"\x00" in head else ())):
        if head.startswith(magic):
            return what
    text = data[:_TEXT_WINDOW].lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\x00", b"")
    return "script or web page" if _SCRIPT.match(text) else ""


def has_program_name(name: str) -> bool:
    """Would a computer run a file of this name?"""
    return name.rpartition(".")[2].strip(". ").lower() in EXTENSIONS


def refuse_program(data: bytes, name: str) -> None:
    """Refuse an enclosed file that is a program by content or by name."""
    what = program_in(data)
    if what or has_program_name(name):
        raise Refusal(Code.EMBEDDED_OBJECT, f"{name!r} is a {what or 'program'}")


def refuse_hidden_program(notes: bytes, where: str) -> None:
    """Refuse a program or archive among the notes of a picture.

    Notes often begin with a heading that ends in NUL, as in "Exif".
    """
    body = notes.partition(b"\x00")[2].lstrip(_CONTROLS)
    what = program_in(notes) or program_in(body) or _program_within(notes)
    if what:
        raise Refusal(Code.EMBEDDED_OBJECT, f"a {what} in {where}")


def _program_within(data: bytes) -> str:
    if _ANYWHERE.search(data):
        return "program or archive"
    for found in _WINDOWS.finditer(data):
        at = found.start() + int.from_bytes(found[1], "little")
        if data.startswith(b"PE\x00\x00", at):
            return "Windows program"
    return ""
