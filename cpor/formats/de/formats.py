"""How a German reader meets dates."""

# Our own names, read by the filters in cpor/templatetags/cpor.py.
MOMENT_FORMAT = r"D., j. N Y, H:i \U\h\r"
SHORT_MOMENT_FORMAT = r"D., j. N, H:i \U\h\r"
DAY_FORMAT = "D., j. N Y"
SHORT_DAY_FORMAT = "D., j. N"

DATE_FORMAT = "j. N Y"
DATETIME_FORMAT = r"j. N Y, H:i \U\h\r"
TIME_FORMAT = "H:i"
SHORT_DATE_FORMAT = "d.m.Y"
SHORT_DATETIME_FORMAT = "d.m.Y, H:i"
FIRST_DAY_OF_WEEK = 1

# ISO stands first because browsers' date fields speak nothing else.
DATE_INPUT_FORMATS = ["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%d. %b %Y", "%d. %B %Y"]
