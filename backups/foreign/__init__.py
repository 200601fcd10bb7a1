"""Files of other programs, read into what the importer of plans understands."""
