"""A programme admin looks after the programme, told in a browser."""

import re
from secrets import choice
from string import digits

from playwright.sync_api import expect

from tests.journeys.people import Person

ADMIN, USER = "admin@cpor.example", "user@nordwind.example"
PASSWORD = "a lantern over wet slate"  # noqa: S105
WHY = "Agreed in the meeting of 20 November."


def changes(person: Person, link: str, button: str, **typed: str) -> None:
    """Open a form by its link or path, fill it, say why and press its button."""
    if link.startswith("/"):
        person.opens(link)
    else:
        person.page.get_by_role("link", name=link).first.click()
    form = person.page.locator("main form").last
    for name, value in {**typed, "why": WHY}.items():
        control = form.locator(f"[name={name}]")
        kind = control.first.get_attribute("type")
        if kind == "radio":
            form.locator(f"[name={name}][value='{value}']").check(force=True)
        elif kind == "checkbox":
            control.set_checked(value == "on", force=True)
        else:
            control.fill(value)
    person.finds_no_serious_barrier()
    form.get_by_role("button", name=button).click()
    person.page.wait_for_load_state()


def test_a_company_is_registered_and_its_first_admin_lets_herself_in(stage):
    ada, name = stage.person(ADMIN), f"Fabrik Lindau {stage.width}"
    address = f"first{stage.width}@lindau.example"

    ada.opens("/administration/partners/")
    changes(ada, "Add a company", "Add the company", name=name)
    ada.sees("The company is registered.")
    ada.page.get_by_role("link", name=name).first.click()
    partner_id = "".join(choice(digits) for _digit in range(7))
    changes(
        ada,
        "Add a location",
        "Add the location",
        partner_id=partner_id,
        name="Lindau",
        is_enrolled="on",
    )
    ada.sees(partner_id)
    changes(
        ada,
        "Invite a person",
        "Send the invitation",
        email=address,
        role="incentives_admin",
    )
    ada.sees("The invitation is on its way.")

    first = stage.stranger()
    first.opens(stage.product.link_to_join(address))
    first.sees(f"Join {name}")
    first.finds_no_serious_barrier()
    first.page.get_by_label("Name", exact=True).fill("Frieda Erste")
    for field in ("password1", "password2"):
        first.page.locator(f"[name={field}]").fill(PASSWORD)
    first.page.get_by_role("button", name="Create the account").click()
    first.page.wait_for_url(stage.product.url("/"))
    first.opens("/claims/new/")
    first.finds_no_serious_barrier()


def test_a_retired_workload_cannot_be_claimed_until_it_is_offered_again(stage):
    ada, nora = stage.person(ADMIN), stage.person(USER)
    code, name = f"LAB-{stage.width}", f"Laboratory {stage.width}"
    nora.begins("Laboratory", f"Labor{stage.width}")
    products, box = nora.page.url, nora.page.locator(f"[name=products][value={code}]")
    expect(box).to_have_count(0)

    changes(
        ada,
        "/administration/catalogue/new/",
        "Add the product",
        code=code,
        name=name,
        area="MWS",
        keyed_by="tenant",
    )
    nora.opens(products)
    expect(box).to_have_count(1)

    ada.opens("/administration/catalogue/")
    ada.page.get_by_role("link", name=re.compile(name)).first.click()
    changes(ada, "Retire", "Retire the product")
    nora.opens(products)
    expect(box).to_have_count(0)

    changes(ada, "Offer again", "Offer it again")
    nora.opens(products)
    expect(box).to_have_count(1)


def test_a_day_of_ones_own_and_a_number_stand_with_their_reasons(stage):
    ada, name = stage.person(ADMIN), f"Outing {stage.width}"

    ada.opens("/administration/calendars/")
    ada.page.get_by_role("link", name="Calendar of the programme").click()
    day = "2027-06-14" if stage.width > 1000 else "2027-06-15"
    changes(ada, "Add a day", "Add the day", on=day, kind="holiday", name=name)
    ada.opens(ada.page.url.split("?")[0] + "?year=2027")
    ada.sees(name)
    ada.sees(WHY)
    ada.finds_no_serious_barrier()

    changes(ada, "/administration/settings/review_days/", "Change", value="13")
    ada.sees("The change is in force.")
    changes(ada, "/administration/settings/review_days/reset/", "Back to the default")
    ada.sees("The default is in force.")
    ada.opens("/administration/settings/review_days/")
    ada.sees(WHY)
