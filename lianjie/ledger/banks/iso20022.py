"""ISO 20022: customer credit transfers out (pain.001.001.09), payment status reports back (pain.002).

Elements stand in the order of the official schema, which the tests hold every file against.
"""

from decimal import Decimal
from xml.etree import ElementTree as Xml

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from lianjie.ledger.rules.payment_file import BatchFile, Payment, ReturnUnreadable, Status, Told

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
STATUS: dict[str, Status] = {
    "ACSC": "settled",
    "ACCC": "settled",
    "RJCT": "failed",
    "CANC": "failed",
    "ACCP": "waiting",
    "ACSP": "waiting",
    "ACTC": "waiting",
    "ACWC": "waiting",
    "PDNG": "waiting",
    "RCVD": "waiting",
    "PATC": "waiting",
    "PART": "waiting",
}
"""Status codes of transactions: what is not final yet stays waiting."""


def write(batch: BatchFile) -> bytes:
    """One message with one payment block: the same batch gives the same bytes."""
    root = Xml.Element("Document", xmlns=NAMESPACE)
    message = Xml.SubElement(root, "CstmrCdtTrfInitn")
    head = Xml.SubElement(message, "GrpHdr")
    count, total = str(len(batch.payments)), _yuan(batch.total_fen)
    _put(head, "MsgId", batch.name)
    _put(head, "CreDtTm", f"{batch.day:%Y-%m-%d}T00:00:00+08:00")
    _put(head, "NbOfTxs", count)
    _put(head, "CtrlSum", total)
    _put(head, "InitgPty/Nm", batch.payer.name[:140])
    block = Xml.SubElement(message, "PmtInf")
    _put(block, "PmtInfId", batch.name)
    _put(block, "PmtMtd", "TRF")
    _put(block, "BtchBookg", "true")
    _put(block, "NbOfTxs", count)
    _put(block, "CtrlSum", total)
    _put(block, "ReqdExctnDt/Dt", f"{batch.day:%Y-%m-%d}")
    _put(block, "Dbtr/Nm", batch.payer.name[:140])
    _put(block, "DbtrAcct/Id/Othr/Id", batch.payer.number)
    _agent(block, "DbtrAgt", batch.payer.bank_code, batch.payer.bank)
    for each in batch.payments:
        _transfer(block, each, batch.note)
    Xml.indent(root, " ")
    return Xml.tostring(root, encoding="utf-8", xml_declaration=True)


def read(data: bytes) -> list[Told]:
    """The transactions of a status report of any version; one about the group alone is refused."""
    try:
        root = fromstring(data, forbid_dtd=True)
    except (Xml.ParseError, DefusedXmlException, ValueError) as problem:
        raise ReturnUnreadable(text=str(problem)[:80]) from None
    if "pain.002" not in root.tag:
        raise ReturnUnreadable(text=root.tag[:80])
    told = []
    for row, each in enumerate(root.iterfind(".//{*}TxInfAndSts"), 1):
        code = each.findtext("{*}TxSts", "").strip()
        if code not in STATUS:
            raise ReturnUnreadable(text=f"TxSts {code}")
        reason = each.find("{*}StsRsnInf")
        why = (
            reason.findtext("{*}Rsn/{*}Cd", "") or reason.findtext("{*}Rsn/{*}Prtry", "")
            if reason is not None
            else ""
        )
        words = " ".join(e.text or "" for e in reason.iterfind("{*}AddtlInf")) if reason is not None else ""
        told.append(
            Told(
                row,
                STATUS[code],
                identity=each.findtext("{*}OrgnlEndToEndId", "").strip(),
                code=why[:12],
                reason=(words or why)[:200],
            )
        )
    if not told:
        raise ReturnUnreadable(text="TxInfAndSts")
    return told


def _transfer(block: Xml.Element, each: Payment, note: str) -> None:
    transfer = Xml.SubElement(block, "CdtTrfTxInf")
    _put(transfer, "PmtId/InstrId", each.identity)
    _put(transfer, "PmtId/EndToEndId", each.identity)
    amount = _put(transfer, "Amt/InstdAmt", _yuan(each.amount_fen))
    amount.set("Ccy", "CNY")
    _agent(transfer, "CdtrAgt", each.bank_code, each.bank)
    _put(transfer, "Cdtr/Nm", each.holder[:140])
    _put(transfer, "CdtrAcct/Id/Othr/Id", each.number)
    if note:
        _put(transfer, "RmtInf/Ustrd", note[:140])


def _agent(parent: Xml.Element, name: str, code: str, bank: str) -> None:
    at = f"{name}/FinInstnId"
    if len(code) == 12 and code.isdigit():
        _put(parent, f"{at}/ClrSysMmbId/ClrSysId/Cd", "CNAPS")
        _put(parent, f"{at}/ClrSysMmbId/MmbId", code)
    elif code:
        _put(parent, f"{at}/BICFI", code)
    _put(parent, f"{at}/Nm", bank[:140] or "-")


def _put(parent: Xml.Element, path: str, text: str) -> Xml.Element:
    """The element at `path` below `parent`: the last made anew, those before it when missing."""
    *before, last = path.split("/")
    for name in before:
        found = parent.find(name)
        parent = Xml.SubElement(parent, name) if found is None else found
    made = Xml.SubElement(parent, last)
    made.text = text
    return made


def _yuan(fen: int) -> str:
    return f"{Decimal(fen) / 100:.2f}"
