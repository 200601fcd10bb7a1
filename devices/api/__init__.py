"""The API of devices and of their people."""
