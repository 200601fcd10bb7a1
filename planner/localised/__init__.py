"""How Django itself writes days and times, as its admin does, by language."""
