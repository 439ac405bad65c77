"""Codes of providers in one-byte columns: 0 to 13 are named providers."""

NAMED = 14
OPEN = 14
NONE = 15
CODES = 16
OPEN_NAME = "OPEN"
