"""What a page of the list shows."""

import re

NUMBER = re.compile(r'class="row-link" href="/claims/(CPOR-[0-9-]+)/"')


def numbers(client, query=""):
    page = client.get(f"/claims/{query}")
    assert page.status_code == 200
    return NUMBER.findall(page.text)


def export_count(page):
    found = re.search(r"Export (\d+) claim", page.text)
    return int(found[1]) if found else 0
