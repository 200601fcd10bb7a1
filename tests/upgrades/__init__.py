"""Whether an upgrade may run while the code of the release before it serves."""
