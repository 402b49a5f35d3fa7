"""Go's date layouts, cut into literal text and fields by the reference date's parts."""

from __future__ import annotations

from helmpy.gocompat.memo import memo
from helmpy.gocompat.pattern import Pattern


class Field:
    """What a part of a layout stands for; most are called what the layout has there."""

    LONG_MONTH = "January"
    MONTH = "Jan"
    NUMBER_MONTH = "1"
    ZERO_MONTH = "01"
    LONG_WEEKDAY = "Monday"
    WEEKDAY = "Mon"
    DAY = "2"
    PADDED_DAY = "_2"
    ZERO_DAY = "02"
    PADDED_YEARDAY = "__2"
    ZERO_YEARDAY = "002"
    HOUR = "15"
    HOUR12 = "3"
    ZERO_HOUR12 = "03"
    MINUTE = "4"
    ZERO_MINUTE = "04"
    SECOND = "5"
    ZERO_SECOND = "05"
    LONG_YEAR = "2006"
    YEAR = "06"
    UPPER_PM = "PM"
    LOWER_PM = "pm"
    ZONE_NAME = "MST"
    OFFSET = "offset"  # -0700 and its kin; with Z for UTC where the text begins with Z
    FRACTION = "0"  # .000
    SHORT_FRACTION = "9"  # .999, without zeros at the end


_TOKEN = Pattern(
    r"January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|0[1-6]|002|15|1|2006|2|__2|_2(?!006)|3|4|5|PM|pm"
    r"|[-Z]07(?:0000|:00:00|00|:00)?|[.,](?:0++|9++)(?![0-9])"
)

# The literal text before a field, the field, and the layout's own text of it.
Part = tuple[str, str | None, str]


@memo(256)
def parts(layout: str) -> tuple[Part, ...]:
    """Cut ``layout``; the last part has no field and holds the text after all fields."""
    found: list[Part] = []
    at = 0
    for token in _TOKEN.finditer(layout):
        text = token[0]
        found.append((layout[at : token.start()], _field(text), text))
        at = token.end()
    return (*found, (layout[at:], None, ""))


def _field(text: str) -> str:
    if text[0] in "-Z":
        return Field.OFFSET
    if text[0] in ".,":
        return Field.FRACTION if text[1] == "0" else Field.SHORT_FRACTION
    return text
