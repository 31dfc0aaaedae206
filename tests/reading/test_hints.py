"""What is found in a text: names, domains, IDs, products and days, as people write."""

import pytest

from claims.hints import days_in, found_in

TENANT = "0f0e0d0c-0b0a-4908-8706-050403020100"


def finds(name, value, text):
    return found_in([text], {name: value})[name] == [1]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Contoso", "for contoso, Berlin"),
        ("Contoso GmbH", "CONTOSO\nGmbH"),
        ("Contoso GmbH & Co. KG", "signed by Contoso."),
        ("Contoso", "Contoso GmbH & Co. KG"),
        ("Müller & Söhne AG", "MUELLER und mehr: Mueller & Soehne"),
        ("Straßenbau Groß", "STRASSENBAU GROSS"),
        ("Łódź Sp. z o.o.", "łódź"),
        ("Office Ltd", "the oﬃce"),
        ("AG", "the AG"),
    ],
)
def test_a_company_is_found_however_its_name_is_written(name, text):
    assert finds("customer", name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Contoso", "Contosomania"),
        ("Contoso", "Fabrikam"),
        ("Contoso Nord GmbH", "Contoso GmbH"),
        ("GmbH", "Contoso"),
        ("…", "… and more"),
    ],
)
def test_another_name_is_not_found(name, text):
    assert not finds("customer", name, text)


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("contoso.example", True),
        ("mail to jane@Contoso.Example.", True),
        ("https://www.contoso.example/path", True),
        ("mycontoso.example", False),
        ("contoso.example.evil", False),
        ("contoso-example", False),
    ],
)
def test_a_domain_is_found_whole(text, is_found):
    assert finds("domain", "contoso.example", text) is is_found


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        (TENANT, True),
        (f"tenant:{TENANT.upper()};", True),
        (TENANT.replace("-", ""), True),
        (f"{TENANT[:20]}\n{TENANT[20:]}", True),
        (TENANT.replace("0f", "1f", 1), False),
    ],
)
def test_a_tenant_is_found_in_any_spelling(text, is_found):
    assert finds("tenant", TENANT, text) is is_found


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("we set up Exchange  Online", True),
        ("workload: EXO.", True),
        ("exotic", False),
        ("the exo planet", False),
        ("Exchange Server", False),
    ],
)
def test_a_product_is_found_by_name_or_code(text, is_found):
    assert finds("product:EXO", "Exchange Online", text) is is_found


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-03",
        "3.11.2026",
        "03. 11. 2026",
        "3. November 2026",
        "3 Nov. 2026",
        "3rd of November, 2026",
        "Nov 3, 2026",
        "NOVEMBER 3RD 2026",
        "03/11/2026",
        "11/03/2026",
        "am 3.11.2026 in Berlin",
    ],
)
def test_a_day_is_read_as_english_and_german_write_it(written):
    assert ("2026-11-03", 1) in days_in([written])


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("15. März 2026", "2026-03-15"),
        ("1. Jänner 2026", "2026-01-01"),
        ("May 5 2026", "2026-05-05"),
        ("31. Dezember 2025", "2025-12-31"),
        ("24 okt 2026", "2026-10-24"),
    ],
)
def test_months_are_known_in_both_languages(written, day):
    assert days_in([written]) == [(day, 1)]


@pytest.mark.parametrize(
    "written",
    ["31.02.2026", "2026-13-01", "1.2.3", "99.99.9999", "2026", "12.11.20266"],
)
def test_what_is_no_day_is_none(written):
    assert days_in([written]) == []


def test_days_come_latest_first_each_with_its_first_page():
    pages = ["1.1.2026", "", "5.5.2026 and 1.1.2026"]
    assert days_in(pages) == [("2026-05-05", 3), ("2026-01-01", 1)]


def test_every_page_of_a_fact_is_named():
    pages = ["Contoso", "nothing", "contoso gmbh"]
    assert found_in(pages, {"customer": "Contoso"}) == {"customer": [1, 3]}


def test_nothing_is_found_in_a_text_that_was_made_to_be_slow():
    text = "a." * 200_000 + "1. " * 100_000
    assert found_in([text], {"domain": "contoso.example"}) == {"domain": []}
    assert days_in([text]) == []
