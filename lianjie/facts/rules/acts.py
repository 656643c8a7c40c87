"""What people do, in words: every verb an act may have."""

from lianjie.base.words import N_

VERBS = {
    "enter": N_("entered facts"),
    "assign": N_("gave a role"),
    "end-role": N_("ended a role"),
    "account:make": N_("made an account"),
    "account:change": N_("changed an account"),
    "account:link": N_("made a link for a new password"),
    "account:password": N_("changed a password"),
    "account:second-factor": N_("set up codes for signing in"),
    "account:codes": N_("made new recovery codes"),
    "account:reset": N_("took codes for signing in off an account"),
    "account:end-session": N_("ended a session"),
    "account:unlock": N_("opened a locked account"),
    "adopt": N_("adopted a plan"),
    "settle:draft": N_("began a settlement"),
    "settle:plan": N_("changed the plan of a settlement"),
    "settle:try": N_("kept a trial"),
    "settle:accept": N_("accepted a finding"),
    "settle:disclose": N_("disclosed a settlement"),
    "settle:object": N_("raised an objection"),
    "settle:answer": N_("answered an objection"),
    "settle:decide": N_("recorded the assembly's vote"),
    "settle:post": N_("booked a settlement"),
    "settle:pay": N_("paid out"),
    "settle:paid": N_("marked a settlement as paid"),
    "settle:close": N_("closed a settlement"),
    "settle:withdraw": N_("withdrew a settlement"),
    "settle:reverse": N_("reversed a settlement"),
    "rule:approved": N_("approved"),
    "rule:rejected": N_("rejected"),
    "pay:make": N_("made a batch of payments"),
    "pay:approved": N_("approved a batch"),
    "pay:rejected": N_("rejected a batch"),
    "pay:exported": N_("took a batch's file for the bank"),
    "pay:again": N_("took a batch's file again"),
    "pay:answer": N_("read a bank's answer"),
    "pay:settle": N_("entered payments as paid"),
    "pay:fail": N_("entered a payment as failed"),
    "pay:closed": N_("closed a batch"),
    "backup": N_("made a backup"),
    "restore": N_("restored a backup"),
}
"""Verb -> words. A new verb of `facts.actions.audit.note` is entered here; a test holds both together."""

DOORS = {"page": N_("on a page"), "command": N_("by command"), "job": N_("by a job")}
