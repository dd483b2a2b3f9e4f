"""Which addresses count as private, however they are wrapped."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.addresses import loopback, private

INSIDE = [
    *("127.0.0.1", "127.255.0.9", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254"),
    *("100.64.0.1", "100.127.255.255", "0.0.0.0", "0.1.2.3", "224.0.0.251", "239.1.1.1", "240.0.0.1"),
    *("255.255.255.255", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1"),
    *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "fec0::1", "2001:db8::1"),
]


@pytest.mark.parametrize("address", INSIDE)
def test_inside(address: str) -> None:
    assert private(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "1.1.1.1", "100.63.255.255", "2606:4700:4700::1111"])
def test_outside(address: str) -> None:
    assert not private(address)


@given(st.ip_addresses(v=4))
def test_an_address_wrapped_in_another_is_judged_by_what_is_inside(inner: ipaddress.IPv4Address) -> None:
    number = int(inner)
    prefixes = ("::ffff:0:0", "64:ff9b::", "64:ff9b:1::", "::ffff:0:0:0")
    wrapped = [ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) | number) for prefix in prefixes]
    wrapped.append(ipaddress.IPv6Address(int(ipaddress.IPv6Address("2002::")) | number << 80))
    if private(str(inner)):
        assert all(private(str(one)) for one in wrapped)


def test_this_machine() -> None:
    assert loopback("127.0.0.1")
    assert loopback("::1")
    assert loopback("::ffff:127.0.0.1")
    assert not loopback("10.0.0.1")
