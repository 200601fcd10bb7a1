"""English: the day first, months in short, 24 hours; a column of a list holds it in one line."""

DATE_FORMAT = "j M Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j M Y, H:i"
