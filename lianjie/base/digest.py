"""One name for one content."""

import hashlib


def sha256(*texts: str) -> str:
    """SHA-256 of the texts, in hex; several are kept apart."""
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()
