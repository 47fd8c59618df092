"""Numbers as Java prints them."""

from __future__ import annotations

import math
import struct


def java_double(number: float) -> str:
    """A number as Java's Double.toString writes it: `1.25`, `2.0E8`, `9.9E-4`."""
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number == 0 or 1e-3 <= abs(number) < 1e7:
        text = repr(number)
        return text if "e" not in text else f"{number:.20f}".rstrip("0")
    return _java_scientific(number)


def _java_scientific(number: float) -> str:
    """Scientific form. Java wants two digits at least, the closest ones: 4.9E-324, not 5.0E-324."""
    shortest = repr(number)
    if "." not in shortest and float(f"{number:.1e}") == number:
        shortest = f"{number:.1e}"
    mantissa, _, exponent = shortest.partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, decimals = mantissa.lstrip("-").partition(".")
    power = int(exponent or 0) + len(whole) - 1
    digits = whole + decimals
    leading = len(digits) - len(digits.lstrip("0"))
    digits = digits[leading:].rstrip("0")
    return f"{sign}{digits[:1]}.{digits[1:] or '0'}E{power - leading}"


def java_float(number: float) -> str:
    """Return a number as Java's Float.toString writes it: the shortest decimal that is this float."""
    if math.isnan(number) or math.isinf(number):
        return java_double(number)
    packed = struct.pack(">f", number)
    for digits in range(1, 10):
        shorter = float(f"{number:.{digits}g}")
        if struct.pack(">f", shorter) == packed:
            return java_double(shorter)
    return java_double(number)
