"""The only reads offered to other rooms: frozen dataclasses, never model objects."""
