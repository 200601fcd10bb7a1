"""Where something came from, as people are told: a network, not an address."""

import pytest

from accounts.networks import address_block


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("", ""),
        (None, ""),
    ],
)
def test_an_address_is_told_by_its_network(address, block):
    assert address_block(address) == block
