"""Whose address a request came from, when proxies stand in between."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from continuum.errors import ImproperlyConfigured

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

UNIX = "unix"


class TrustedProxies:
    """Proxies whose ``X-Forwarded-For`` is believed.

    :param proxies: addresses and networks (``"10.0.0.0/8"``); ``"unix"``: whoever connects through
        a socket in the file system, where there is no address.
    :raises ImproperlyConfigured: one of them is neither.
    """

    def __init__(self, proxies: Iterable[str] = ()) -> None:
        if isinstance(proxies, str):
            raise ImproperlyConfigured(
                f"trusted_proxies is the text {proxies!r}, not a list of addresses",
                hint=f"Write trusted_proxies=[{proxies!r}].",
            )
        names = set(proxies)
        self._unix = UNIX in names
        self._networks: list[Network] = []
        for name in sorted(names - {UNIX}):
            try:
                self._networks.append(ipaddress.ip_network(name, strict=False))
            except ValueError as error:
                raise ImproperlyConfigured(
                    f"trusted_proxies names {name!r}, which is no address and no network",
                    hint='Name addresses ("10.0.0.7"), networks ("10.0.0.0/8") or "unix".',
                ) from error

    def client(self, peer: str | None, forwarded: Iterable[str]) -> str | None:
        """Return the address of the client.

        It is the last address that no trusted proxy has, seen from here; what stands before it
        was said by somebody who is not trusted.

        :param peer: who is connected, ``None`` when that is not known.
        :param forwarded: values of the ``X-Forwarded-For`` headers, in their order.
        """
        address = _parsed(peer or "")
        if address is None:
            # Names of test clients and of sockets are no addresses.
            if peer or not self._unix:
                return peer
        elif not self._trusts(address):
            return str(address)
        hops = [hop for value in forwarded for hop in value.split(",")]
        for hop in reversed(hops):
            found = _parsed(hop)
            if found is None:
                # What a proxy could not tell ("unknown"), nobody before it can.
                break
            address = found
            if not self._trusts(address):
                break
        return None if address is None else str(address)

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self._networks)


def _parsed(text: str) -> Address | None:
    """Return an address that may be followed by a port, ``None`` for anything else."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    # A server that listens on both families shows addresses of version 4 as such of version 6.
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
