"""The whole settlement for machines: canonical JSON, the same bytes on every rerun.

docs/reference/settlement-json.md describes it. Exact numbers are text ("370370/3"), money is whole fen.
"""

from dataclasses import asdict
from typing import Any

from lianjie.ledger.documents.papers import Papers
from lianjie.ledger.rules.explanation import Explanation
from lianjie.ledger.rules.expression import plain
from lianjie.ledger.rules.given import Recipient, canonical
from lianjie.ledger.rules.outcome import StepResult

FORMAT = "lianjie-settlement"
FORMAT_VERSION = 1


def settlement_json(papers: Papers) -> str:
    """One line of JSON: keys sorted, no spaces, no floats, a line feed at the end."""
    outcome = papers.outcome
    body = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "language": papers.language,
        "issuer": _issuer(papers),
        "plan": {
            "code": papers.plan.code,
            "version": papers.plan.version,
            "title": dict(papers.plan.title),
            "text": papers.plan_text,
            "sha256": papers.plan_sha256,
        },
        "given": {
            "sha256": papers.given_sha256,
            "period": [str(papers.given.period.start), str(papers.given.period.until or "")],
            "figures": {
                name: {"value": plain(each.value), "unit": each.unit, "source": each.source}
                for name, each in papers.given.figures.items()
            },
            "recipients": [_recipient(each) for each in papers.recipients],
        },
        "outcome": {
            "sha256": outcome.digest,
            "figures": {name: plain(value) for name, value in outcome.figures.items()},
            "steps": [_step(papers, each) for each in outcome.steps],
            "memos": [_step(papers, each) for each in outcome.memos],
            "left": dict(outcome.left),
            "totals": dict(outcome.totals),
            "findings": [
                {
                    "code": each.code,
                    "severity": each.severity,
                    "where": each.where,
                    "law": each.law,
                    "text": each.say(papers.say, papers.language),
                }
                for each in outcome.findings
            ],
        },
    }
    return canonical(body) + "\n"


def _issuer(papers: Papers) -> dict[str, Any]:
    issuer = asdict(papers.issuer)
    days = {name: str(issuer[name] or "") for name in ("disclosed_day", "objections_until", "notice_until")}
    return issuer | days


def _recipient(each: Recipient) -> dict[str, Any]:
    return {
        "code": each.code,
        "name": each.name,
        "kind": each.kind,
        "measures": dict(each.measures),
        "sources": {name: list(references) for name, references in each.sources.items()},
    }


def _step(papers: Papers, result: StepResult) -> dict[str, Any]:
    step = papers.plan.step(result.name)
    return {
        "name": result.name,
        "label": papers.named(result.name),
        "legal_basis": papers.plan.legal_basis_of(step) if step else "",
        "law": step.law if step else "",
        "ran": result.ran,
        "asked_fen": plain(result.asked_fen),
        "amount_fen": result.amount_fen,
        "pool_fen": result.pool_fen,
        "short_fen": result.short_fen,
        "residual_fen": result.residual_fen,
        "residual_to": result.residual_to,
        "parts": dict(result.parts),
        "parties": dict(result.parties),
        "whole": plain(result.whole),
        "lines": [_line(papers, result, line.recipient) for line in result.lines],
    }


def _line(papers: Papers, result: StepResult, code: str) -> dict[str, Any]:
    line = result.by_recipient[code]
    explained: Explanation = papers.explainer.explain(result.name, code)
    return {
        "recipient": code,
        "amount_fen": line.amount_fen,
        "cash_fen": explained.cash_fen,
        "goods_fen": line.goods_fen,
        "quantity": line.quantity,
        "contribution_fen": line.contribution_fen,
        "weight": plain(line.weight),
        "quota_fen": plain(line.quota_fen),
        "bound": line.bound,
        "sources": list(explained.sources),
        "reasons": list(explained.sentences),
    }
