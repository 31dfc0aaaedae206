"""Each refusal has a sentence of its own that says what to do."""

import subprocess
import sys

from claims.inspection import Code
from claims.inspection.codes import CHOICES, SENTENCES, sentence


def test_each_code_has_a_sentence_of_its_own() -> None:
    texts = [str(text) for text in SENTENCES.values()]

    assert set(SENTENCES) == set(Code)
    assert len(set(texts)) == len(texts)
    assert [value for value, _ in CHOICES] == list(Code)


def test_no_sentence_begs_or_blames() -> None:
    for code in Code:
        words = str(sentence(code)).lower()
        assert not {"please", "invalid", "oops", "successfully"} & set(words.split())


def test_the_inspection_starts_without_django() -> None:
    program = (
        "import sys; import claims.inspection.inspector; "
        "sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
