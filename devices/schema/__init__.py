"""What the API's document says about devices and their people."""

from devices.schema import devices, members

__all__ = ["devices", "members"]
