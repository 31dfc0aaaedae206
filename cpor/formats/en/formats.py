"""How an English reader meets dates: day before month, the clock with 24 hours."""

# Our own names, read by the filters in cpor/templatetags/cpor.py.
MOMENT_FORMAT = "D j M Y, H:i"
SHORT_MOMENT_FORMAT = "D j M, H:i"
DAY_FORMAT = "D j M Y"
SHORT_DAY_FORMAT = "D j M"

DATE_FORMAT = "j M Y"
DATETIME_FORMAT = "j M Y, H:i"
TIME_FORMAT = "H:i"
MONTH_DAY_FORMAT = "j F"
SHORT_DATE_FORMAT = "j M Y"
SHORT_DATETIME_FORMAT = "j M Y, H:i"
FIRST_DAY_OF_WEEK = 1

# ISO stands first because browsers' date fields speak nothing else.
DATE_INPUT_FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %b %Y", "%d %B %Y"]
