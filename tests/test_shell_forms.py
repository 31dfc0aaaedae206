"""Fields come dressed: label, help, error, all tied to the field they belong to."""

import pytest
from django import forms
from django.template.loader import render_to_string
from django.utils import timezone, translation
from pytest_django.asserts import assertHTMLEqual

from cpor.samples import SampleForm


@pytest.fixture(autouse=True)
def english_in_utc():
    """Another test's reader may have left their language and time behind."""
    with translation.override("en"), timezone.override("UTC"):
        yield


@pytest.fixture
def faulty():
    form = SampleForm({"tenant": "nonsense", "location": "1"}, label_suffix=":")
    form.is_valid()
    return form


def test_a_field_is_tied_to_its_error_and_its_help(faulty):
    field = faulty["tenant"].as_field_group()

    assert 'aria-describedby="id_tenant_helptext id_tenant_error"' in field
    assert 'id="id_tenant_helptext"' in field
    assert 'id="id_tenant_error"' in field
    assert 'aria-invalid="true"' in field
    assert field.index("<input") < field.index('id="id_tenant_error"')


def test_a_label_marks_what_is_required_and_ends_without_a_colon(faulty):
    assert (
        '<label class="form-label required " for="id_name">Claim name</label>'
        in faulty["name"].as_field_group()
    )
    assert (
        '<label class="form-label " for="id_signed_on">Signed on</label>'
        in faulty["signed_on"].as_field_group()
    )


def test_a_check_box_stands_before_its_label():
    field = SampleForm()["agreed"].as_field_group()

    assert field.index('class="form-check-input') < field.index("form-check-label")


def test_a_date_is_written_as_browsers_want_it():
    field = str(SampleForm(initial={"signed_on": "2027-01-12"})["signed_on"])

    assert 'type="date"' in field
    assert 'value="2027-01-12"' in field


def test_choices_can_say_a_sentence_each():
    field = SampleForm()["role"].as_field_group()

    assert "<fieldset" in field
    assert "<legend" in field
    assert "Gives recognition only." in field
    assert 'class="choices choice-cards" id="id_role"' in field


def test_a_hidden_field_is_not_dressed():
    class Hiding(forms.Form):
        version = forms.IntegerField(widget=forms.HiddenInput, initial=3)

    assertHTMLEqual(
        str(Hiding()), '<input type="hidden" name="version" value="3" id="id_version">'
    )


def test_what_was_typed_is_escaped():
    form = SampleForm({"name": '"><script>', "comment": "</textarea><script>"})

    assert "<script>" not in str(form)


def test_the_summary_links_to_every_field_that_is_wrong(faulty):
    summary = render_to_string("parts/_errors.html", {"form": faulty})

    assert "4 things are still in the way" in summary
    for name in ("name", "tenant", "role", "agreed"):
        assert f'href="#id_{name}"' in summary
        assert f'id="id_{name}"' in str(faulty)


def test_a_form_without_errors_has_no_summary():
    assert render_to_string("parts/_errors.html", {"form": SampleForm()}).strip() == ""
