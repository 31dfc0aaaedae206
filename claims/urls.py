"""The addresses of the claims' pages."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from accounts.opaque import converter
from claims.views import evidence, files, keeping, pages, papers, wizard
from claims.views.claim import claim_page
from claims.views.clocks import clock, foresee, rehearse
from claims.views.consent import consent_page
from claims.views.extend import extend
from claims.views.held import decide_held, stopped_clocks
from claims.views.lists import claims_export, claims_page, view_delete, view_save
from claims.views.postponements import outages, recalculate
from claims.views.steps import step_page


class ClaimNumber(StringConverter):
    """A number such as CPOR-2026-000123; all else is no claim's address."""

    regex = r"CPOR-[0-9]{4}-[0-9]{6,9}"


register_converter(ClaimNumber, "number")
register_converter(converter("view"), "view")

urlpatterns = [
    path("claims/", claims_page, name="claims"),
    path("claims/export.csv", claims_export, name="claims-export"),
    path("claims/views/", view_save, name="claims-view-save"),
    path("claims/views/<view:pk>/delete/", view_delete, name="claims-view-delete"),
    path("claims/new/", wizard.new_claim, name="claim-new"),
    path("claims/<number:number>/", claim_page, name="claim"),
    path("claims/<number:number>/again/", wizard.claim_again, name="claim-again"),
    path("claims/<number:number>/edit/", wizard.go_on, name="claim-continue"),
    path(
        "claims/<number:number>/edit/<slug:part>/",
        wizard.part_page,
        name="claim-wizard",
    ),
    path(
        "claims/<number:number>/edit/<slug:part>/notices/",
        wizard.part_notices,
        name="claim-notices",
    ),
    path("claims/<number:number>/evidence/", evidence.upload, name="evidence-upload"),
    path(
        "claims/<number:number>/evidence/<uuid:public_id>/",
        files.download,
        name="evidence",
    ),
    path(
        "claims/<number:number>/evidence/<uuid:public_id>/state/",
        evidence.state,
        name="evidence-state",
    ),
    path(
        "claims/<number:number>/evidence/<uuid:public_id>/pages/",
        pages.viewer,
        name="evidence-pages",
    ),
    path(
        "claims/<number:number>/evidence/<uuid:public_id>/pages/<int:page>-<slug:size>.webp",
        pages.picture,
        name="evidence-page",
    ),
    path("claims/<number:number>/receipt/", wizard.receipt_page, name="claim-receipt"),
    path(
        "claims/<number:number>/receipt.pdf",
        papers.receipt_as_paper,
        name="claim-receipt-paper",
    ),
    path(
        "claims/<number:number>/poe-form-<str:language>.pdf",
        papers.poe_form_paper,
        name="claim-poe-form",
    ),
    path("claims/<number:number>/steps/<slug:step>/", step_page, name="claim-step"),
    path("claims/<number:number>/extend/", extend, name="claim-extend"),
    path("claims/<number:number>/erase/", keeping.erase, name="claim-erase"),
    path("watch/files/", keeping.file_watch, name="file-watch"),
    path("files/<str:token>/", files.linked, name="file-link"),
    path("claims/<number:number>/clock/", decide_held, name="claim-held"),
    path("clocks/stopped/", stopped_clocks, name="stopped-clocks"),
    path("clocks/", foresee, name="foresee"),
    path("clocks/dry-run/", rehearse, name="clocks-dry-run"),
    path("clocks/outages/", outages, name="outages"),
    path("clocks/<slug:name>/", clock, name="clock"),
    path("calendars/<int:pk>/recalculate/", recalculate, name="calendar-recalculate"),
    path("c/<str:token>/", consent_page, name="consent"),
]
