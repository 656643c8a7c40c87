"""What a bank would answer to a batch, for each kind of layout: shares no code with the reader."""

import io

import xlsxwriter

from lianjie.ledger.banks import BatchFile, Layout


def answer(of: Layout, sent: BatchFile, bad: dict[str, str]) -> bytes:
    """`bad`: identity -> reason; all others are paid."""
    if of.kind == "pain001":
        return _status_report(sent, bad)
    rows = [[title for title, _ in of.back]] if of.back_heading else []
    for seq, each in enumerate(sent.payments, 1):
        reason = bad.get(each.identity, "")
        cells = {
            "skip": str(seq), "identity": each.identity, "holder": each.holder, "number": each.number,
            "yuan": f"{each.amount_fen / 100:.2f}", "status": of.failed[0] if reason else of.settled[0],
            "reason": reason, "code": "",
        }  # fmt: skip
        rows.append([cells[tells] for _, tells in of.back])
    if of.kind == "text":
        return "".join(of.delimiter.join(row) + "\r\n" for row in rows).encode(of.encoding)
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet()
    sheet.write_string(0, 0, "批量处理结果")
    for line, row in enumerate(rows, 1):
        for at, cell in enumerate(row):
            sheet.write_string(line, at, cell)
    book.close()
    return file.getvalue()


def _status_report(sent: BatchFile, bad: dict[str, str]) -> bytes:
    parts = []
    for each in sent.payments:
        reason = bad.get(each.identity)
        status = "RJCT" if reason else "ACSC"
        why = (
            f"<StsRsnInf><Rsn><Cd>BE01</Cd></Rsn><AddtlInf>{reason}</AddtlInf></StsRsnInf>" if reason else ""
        )
        parts.append(
            f"<TxInfAndSts><OrgnlEndToEndId>{each.identity}</OrgnlEndToEndId>"
            f"<TxSts>{status}</TxSts>{why}</TxInfAndSts>"
        )
    return (
        '<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10">'
        "<CstmrPmtStsRpt>"
        f"<OrgnlPmtInfAndSts>{''.join(parts)}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    ).encode()
