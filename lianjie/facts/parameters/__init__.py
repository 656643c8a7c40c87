"""Dated, sourced data the rules of facts read (TOML)."""

from functools import cache
from importlib.resources import files


@cache
def text(name: str) -> str:
    """The text of one parameter file, by its name without the ending."""
    return files(__name__).joinpath(f"{name}.toml").read_text("utf-8")
