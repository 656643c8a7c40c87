"""Why one recipient gets nothing by a step: not in its group, nothing to count by, or it did not run."""

import ast
from collections.abc import Iterator

from lianjie.base.words import N_, Say, label_in
from lianjie.ledger.rules import terms
from lianjie.ledger.rules.expression import parse
from lianjie.ledger.rules.given import Recipient
from lianjie.ledger.rules.meaning import Meaning, _OfOne
from lianjie.ledger.rules.outcome import Outcome, StepResult
from lianjie.ledger.rules.plan import Plan, Quantification, Step
from lianjie.ledger.rules.wording import Wording

WHOSE = {
    "household": N_("this household"),
    "person": N_("this person"),
}
OTHERWISE = N_("this account")


def whose(one: Recipient, say: Say) -> str:
    """How a recipient is spoken of in its own account."""
    return say(WHOSE.get(one.kind, OTHERWISE))


class Nothing:
    """Tells reasons under one outcome. `meaning` must already hold what its steps decided."""

    def __init__(self, plan: Plan, outcome: Outcome, meaning: Meaning, wording: Wording) -> None:
        self.plan, self.outcome, self.meaning = plan, outcome, meaning
        self.wording, self.say = wording, wording.say

    def why(self, step: str, recipient: str) -> str:
        """The reason, in a sentence in the reader's language."""
        rule = self.plan.step(step) or next(memo for memo in self.plan.quantifications if memo.name == step)
        result = self.outcome.step(step)
        title = label_in(rule.label, self.wording.language, rule.name)
        one = self.meaning.recipients.get(recipient)
        if one is None:
            return self.say(N_("{code} is not in this settlement.")).format(code=recipient)
        line = result.by_recipient.get(recipient)
        if line is not None and line.amount_fen:
            text = self.say(N_("{title} gives {whose} {amount}."))
            amount = self.wording.fen(line.amount_fen)
            return text.format(title=title, whose=whose(one, self.say), amount=amount)
        if not result.ran and isinstance(rule, Step):
            text = self.say(N_("{title} was not carried out, because this does not hold: {test}."))
            return text.format(title=title, test=self.wording.condition(rule.when))
        return self._why_not_in(rule, result, one, title)

    def _why_not_in(self, rule: Step | Quantification, result: StepResult, one: Recipient, title: str) -> str:
        if not rule.among:
            return self.say(N_("{title} gives nothing to single recipients.")).format(title=title)
        scope = _OfOne(self.meaning, one)
        group = self.plan.group(rule.among)
        if group is not None and not parse(group.where).truth(scope):
            return self._not_in_group(rule.among, one, title)
        if rule.by != terms.EQUALLY and not scope.value(rule.by):
            text = self.say(N_("{title} is shared by {label}, and {whose} has none of it."))
            return text.format(title=title, label=self.wording.name(rule.by), whose=whose(one, self.say))
        if not result.amount_fen:
            return self.say(N_("{title} had nothing to give.")).format(title=title)
        text = self.say(N_("By {title}, the part of {whose} is less than what is rounded to."))
        return text.format(title=title, whose=whose(one, self.say))

    def _not_in_group(self, group: str, one: Recipient, title: str) -> str:
        declared = self.plan.group(group)
        assert declared is not None, group
        text = self.say(N_("{title} is for “{group}” only, and this does not hold for {whose}: {test}."))
        failed = self.say(N_("; ")).join(self._failed(declared.where, one))
        return text.format(
            title=title, group=self.wording.name(group), whose=whose(one, self.say), test=failed
        )

    def _failed(self, where: str, one: Recipient) -> Iterator[str]:
        """Those of the conditions joined by `and` that do not hold, in words."""
        scope = _OfOne(self.meaning, one)
        for part in _joined(parse(where).tree):
            text = ast.unparse(part)
            if not parse(text).truth(scope):
                yield self.wording.condition(text)


def _joined(tree: ast.expr) -> list[ast.expr]:
    if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And):
        return [part for each in tree.values for part in _joined(each)]
    return [tree]
