"""The pages of devices: the list, claiming, one device, and its release."""
