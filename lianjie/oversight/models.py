"""Findings, cases and published figures come with supervision; disclosure needs no table of its own."""
