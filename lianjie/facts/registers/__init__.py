"""Registers as files: template, whole-file check, all or nothing, and out again without loss.

register.py   what a register is: a sheet, what stands, the verb
in_kind.py, orders.py …   one short description for each register
bringing.py   a file in: every row checked, entered or refused as a whole
importing.py  a large file in, as a background task
taking.py     what stands, as the file it could have been read from
"""

from lianjie.facts.registers import (
    assembly,
    bonds,
    collective,
    experts,
    growing,
    home_work,
    in_kind,
    market,
    order_money,
    orders,
    rents,
    work,
)
from lianjie.facts.registers.register import Desk, Family, Register

FAMILIES: tuple[Family, ...] = (
    rents.FAMILY,
    orders.FAMILY,
    order_money.FAMILY,
    growing.FAMILY,
    experts.FAMILY,
    in_kind.FAMILY,
    work.FAMILY,
    home_work.FAMILY,
    market.FAMILY,
    collective.FAMILY,
    bonds.FAMILY,
    assembly.FAMILY,
)
BY_CODE = {family.code: family for family in FAMILIES}
REGISTERS = {register.code: register for family in FAMILIES for register in family.registers}
SHEETS = tuple(register.sheet for register in REGISTERS.values())

__all__ = ["BY_CODE", "FAMILIES", "REGISTERS", "SHEETS", "Desk", "Family", "Register"]
