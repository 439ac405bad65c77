"""Money, prices and counts as a person would write them."""

import math

CENTS, SMALL = 0.1, 1e-3  # dollars from which cents are written, and digits instead of a power
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
UNITS = ((1e6, "tn"), (1e3, "bn"), (1.0, "m"))
ABSURD = 1e10  # M$, from which on there is no word


def money(millions: float) -> str:
    """An amount in M$: $1.2tn, $216bn, $4.5bn, $370m, $0.3m; no data where there is none."""
    if not math.isfinite(millions):
        return "no data"
    sign, size = ("−" if millions < 0 else ""), abs(millions)
    if size >= ABSURD:
        return f"{sign}${power(1e6 * size, 1)}"
    for unit, name in UNITS:
        if size >= 0.9995 * unit:
            return f"{sign}${three_digits(size / unit)}{name}"
    return f"{sign}${size:.1f}m" if size >= 0.05 else "$0"


def three_digits(value: float) -> str:
    """A number of at least one with the digits that count: 1.2, 2, 12, 120."""
    return f"{value:.1f}".removesuffix(".0") if value < 9.95 else f"{value:,.0f}"


def many(count: float) -> str:
    """A large number of things in words: 100 thousand, 45.4 million."""
    for unit, name in ((1e9, "billion"), (1e6, "million"), (1e3, "thousand")):
        if count >= 0.9995 * unit:
            return f"{three_digits(count / unit)} {name}"
    return f"{count:,.3g}"


def price(dollars: float) -> str:
    """A price: cents from ten cents on, two digits that count below, then powers of ten."""
    if dollars >= CENTS:
        return f"${dollars:,.2f}"
    return f"${dollars:.2g}" if dollars >= SMALL or dollars <= 0 else f"${power(dollars, 1)}"


def power(value: float, digits: int) -> str:
    """A number as a power of ten: 4.2×10⁻⁵; without its factor where that is one."""
    factor, exponent = f"{value:.{digits}e}".split("e")
    raised = "10" + str(int(exponent)).translate(RAISED)
    return raised if float(factor) == 1 and digits == 0 else f"{factor}×{raised}"


def price_tick(dollars: float) -> str:
    """A round price on an axis."""
    return f"${dollars:,g}" if dollars >= SMALL else f"${power(dollars, 0)}"
