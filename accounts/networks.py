"""Networks of addresses, as people are told where something came from."""

from ipaddress import ip_address, ip_network


def address_block(address: str | None) -> str:
    """Return the network that an IP address belongs to, as people are told: enough to know a place.

    256 addresses of IPv4, the site of an IPv6 address (RFC 6177); "" for none.
    """
    if not address:
        return ""
    found = ip_address(address)
    found = getattr(found, "ipv4_mapped", None) or found
    return str(ip_network((found, 24 if found.version == 4 else 48), strict=False))
