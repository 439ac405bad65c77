"""Codes: of segments on the first axis of offers and bills, of providers in one-byte columns."""

CODING, ENTERPRISE, CONSUMER = 0, 1, 2  # in the order of `simulation.columns.SEGMENTS`

# Providers: 0 to 13 are named ones.
NAMED = 14
OPEN = 14
NONE = 15
CODES = 16
OPEN_NAME = "OPEN"

# Who holds shares of providers beside the investors of the config, the last columns of `stakes`.
HOLDERS = ("other investors", "founders", "public")
OTHERS, FOUNDERS, PUBLIC = -3, -2, -1  # their columns
