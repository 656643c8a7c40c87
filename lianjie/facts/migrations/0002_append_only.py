from django.db import migrations

from lianjie.facts.append_only import operation

TABLES: dict[str, tuple[str, ...]] = {
    f"facts_{name}": ()
    for name in (
        "source",
        "correction",
        "residence",
        "registeredstatus",
        "post",
        "organisationlink",
        "membership",
        "shareagreement",
        "contribution",
        "parcel",
        "lease",
        "leasechange",
        "rentterms",
        "delivery",
        "tally",
        "yearfigure",
        "accountbalance",
        "announcedfigure",
        "lot",
        "loan",
        "loanreturn",
        "loandeferral",
        "loanloss",
        "loandecision",
        "lotloss",
        "inputissue",
        "pricerecord",
        "offtakecontract",
        "offtakepromise",
        "calloff",
        "offtakedelivery",
        "workshop",
        "recognition",
        "wagefloor",
        "workagreement",
        "workdone",
        "payroll",
        "payrollline",
        "wagepayment",
        "growingbase",
        "plot",
        "season",
        "stepdone",
        "yieldestimate",
        "weighin",
        "deliverydispute",
        "disputeanswer",
        "expertcase",
        "casestep",
    )
}

class Migration(migrations.Migration):
    """A fact is never updated or deleted; a correction is a new fact."""

    dependencies = [("facts", "0001_initial")]
    operations = [operation(TABLES)]
