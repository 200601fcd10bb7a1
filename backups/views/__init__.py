"""The pages of a plan, split by subject; all are of the chosen device and carry no device id."""
