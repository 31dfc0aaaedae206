"""The throw-away process: reads one file from its input, writes one line, ends."""

import encodings
import importlib
import io
import json
import os
import sys

from claims.inspection import limits
from claims.inspection.confinement import confine, limit_use
from claims.inspection.process import READY

# Texts in mails and XML name their coding; once confined, nothing can be loaded.
CODINGS = """
    ascii base64_codec big5 charmap cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256
    cp1257 cp1258 cp437 cp850 cp866 cp874 cp932 cp936 cp949 cp950 euc_jp euc_kr gb18030
    gb2312 gbk hz idna iso2022_jp iso2022_kr iso8859_1 iso8859_10 iso8859_13 iso8859_14
    iso8859_15 iso8859_16 iso8859_2 iso8859_3 iso8859_4 iso8859_5 iso8859_6 iso8859_7
    iso8859_8 iso8859_9 koi8_r koi8_u latin_1 mac_roman punycode quopri_codec
    raw_unicode_escape shift_jis unicode_escape utf_16 utf_16_be utf_16_le utf_32
    utf_32_be utf_32_le utf_7 utf_8 utf_8_sig uu_codec
"""


def main(name: str) -> None:
    """Inspect the standard input as a file of this name (JSON) and print the finding.

    Never returns: the process ends without tidying up, which is what it is for.
    """
    limit_use()
    inspector = importlib.import_module("claims.inspection.inspector")
    for coding in CODINGS.split():
        encodings.search_function(coding)
    data = sys.stdin.buffer.read(limits.FILE_BYTES + 1)
    confine()
    os.write(1, READY)
    finding = inspector.inspect_here(io.BytesIO(data), json.loads(name))
    answer = (finding.content_type, finding.code, finding.detail)
    os.write(1, json.dumps(answer).encode())
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
