"""How a party is searched for: by name, by the beginning of its code, by pinyin or its first letters.

And what whoever signed in is called.
"""

import re
from typing import Any

from django.db.models import Q


def user_name(user: Any) -> str:
    """The full name of an account, or the name it signs in by; "" for none."""
    return (user.get_full_name() or user.get_username()) if user else ""


def named_like(field: str, text: str) -> Q:
    """Parties whose name holds `text`, whose code begins with it, or whose pinyin it is: zhangsan, zs.

    field  path to the party from the row searched, "" when the row is the party
    """
    at = f"{field}__" if field else ""
    text = text.strip()
    found = Q(**{f"{at}name__contains": text}) | Q(**{f"{at}code__istartswith": text})
    letters = text.lower().replace(" ", "")
    if re.fullmatch(r"[a-zü]+", letters):
        # The key keeps a space between syllables: "zhang san". Each letter may begin one.
        syllables = " ".join(f"{letter}[a-zü]*" for letter in letters)
        found |= Q(**{f"{at}sort_key__contains": text.lower()})
        # SQLite hands every row it cannot rule out before to Python.
        begins = Q(**{f"{at}sort_key__startswith": letters[0]})
        initials = begins
        for letter in letters[1:]:
            initials &= Q(**{f"{at}sort_key__contains": f" {letter}"})
        found |= initials & Q(**{f"{at}sort_key__regex": f"^{syllables}"})
        found |= begins & Q(**{f"{at}sort_key__regex": "^" + " ?".join(letters)})
    return found
