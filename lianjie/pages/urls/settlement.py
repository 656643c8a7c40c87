"""A year settled: settlements, statements, disclosure."""

from django.urls import path

from lianjie.pages import (
    disclosure,
    forms_of_year,
    plans,
    plans_editor,
    settlement,
    settlement_carrying,
    settlement_comparison,
    settlement_disclosing,
    settlement_files,
    settlement_journal,
    settlement_trial,
    statement,
)

ONE = "o/<str:code>/settlements/<int:year>/<int:turn>/"

urlpatterns = [
    path("o/<str:code>/settlements/", settlement.listing, name="settlements"),
    path(ONE, settlement.way, name="settlement"),
    path(f"{ONE}plan/", settlement.change_plan, name="settlement-plan"),
    path(f"{ONE}trial/", settlement_trial.trial, name="settlement-trial"),
    path(f"{ONE}findings/<path:key>/", settlement_trial.acceptance, name="settlement-finding"),
    path(f"{ONE}comparison/", settlement_comparison.comparison, name="settlement-comparison"),
    path(f"{ONE}comparison.svg", settlement_comparison.plot, name="settlement-plot"),
    path(f"{ONE}disclosing/", settlement_disclosing.disclosing, name="settlement-disclosing"),
    path(f"{ONE}objections/", settlement_disclosing.objections, name="settlement-objections"),
    path(f"{ONE}objections/<int:number>/", settlement_disclosing.answer, name="settlement-answer"),
    path(f"{ONE}decision/", settlement_disclosing.decision, name="settlement-decision"),
    path(f"{ONE}booking/", settlement_carrying.booking, name="settlement-booking"),
    path(f"{ONE}payments/", settlement_carrying.payments, name="settlement-payments"),
    path(f"{ONE}payments/list/", settlement_carrying.signing_list, name="settlement-signing"),
    path(f"{ONE}closing/", settlement_carrying.closing, name="settlement-closing"),
    path(f"{ONE}withdrawal/", settlement.withdrawal, name="settlement-withdrawal"),
    path(f"{ONE}reversal/", settlement.reversal, name="settlement-reversal"),
    path(f"{ONE}files/", settlement_files.files, name="settlement-files"),
    path(f"{ONE}files/all.zip", settlement_files.archive, name="settlement-archive"),
    path(f"{ONE}files/<str:name>", settlement_files.one, name="settlement-file"),
    path(f"{ONE}files/statements/<str:party>.pdf", settlement_files.statement, name="statement-pdf"),
    path(f"{ONE}why/<str:party>/", statement.why, name="settlement-why"),
    path("o/<str:code>/statements/<str:party>/<int:year>/", statement.statement, name="statement"),
    path("o/<str:code>/plans/", plans.listing, name="plans"),
    path("o/<str:code>/plans/editor/", plans_editor.editor, name="plan-editor"),
    path("o/<str:code>/plans/editor/live/", plans_editor.live, name="plan-live"),
    path("o/<str:code>/plans/<str:plan_code>/<int:version>/", plans.plan, name="plan"),
    path("o/<str:code>/plans/<str:plan_code>/<int:version>.toml", plans.toml, name="plan-toml"),
    path(
        "o/<str:code>/plans/<str:plan_code>/<int:version>/differences/<int:before>/",
        plans.differences,
        name="plan-differences",
    ),
    path("o/<str:code>/journal/", settlement_journal.page, name="journal"),
    path("o/<str:code>/forms/", forms_of_year.page, name="forms"),
    path("o/<str:code>/forms/<int:year>/", forms_of_year.page, name="forms-of-year"),
    path("o/<str:code>/disclosure/<int:year>/<int:turn>/", disclosure.disclosure, name="disclosure"),
]
