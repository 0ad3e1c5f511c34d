"""Filters for addresses, ports and configuration text. None of them raises on what a person typed."""  # noqa: INP001

import ipaddress
import re
from collections.abc import Callable
from typing import Any

LARGEST_RANGE = 96


def network_of_vlan(vlan: Any) -> str:
    """The /24 that the address plan gives a VLAN: 465 has 10.46.5.0/24."""
    tens, ones = divmod(int(vlan), 10)
    return f"10.{tens % 256}.{ones + 10 * (tens // 256)}.0/24"


def network(text: Any) -> str:
    """The network of an address such as 10.46.5.1/24; empty if it cannot be read."""
    try:
        return str(ipaddress.ip_network(str(text).strip(), strict=False))
    except ValueError:
        return ""


def address(text: Any) -> str:
    """The address alone, of 10.46.5.1 or 10.46.5.1/24; empty if it cannot be read."""
    try:
        return str(ipaddress.ip_interface(str(text).strip()).ip)
    except ValueError:
        return ""


def first_host(text: Any) -> str:
    """The first usable address of a network: 10.46.5.1 of 10.46.5.0/24."""
    return str(next(ipaddress.ip_network(str(text)).hosts()))


def netmask(text: Any) -> str:
    """255.255.255.0 of 10.46.5.0/24."""
    return str(ipaddress.ip_network(str(text)).netmask)


def overlapping(text: Any, known: list[dict[str, str]]) -> list[dict[str, str]]:
    """Those of `known` ({owner, network}) that share addresses with a network."""
    wanted = ipaddress.ip_network(str(text))
    return [each for each in known if _shares(wanted, ipaddress.ip_network(str(each["network"])))]


def _shares(one: Any, other: Any) -> bool:
    return bool(one.version == other.version and one.overlaps(other))


def port_list(text: Any) -> list[int]:
    """[3, 4, 5, 11] of "3-5, 11"; empty if it cannot be read."""
    ports: set[int] = set()
    for piece in str(text).split(","):
        match = re.fullmatch(r"\s*(\d{1,3})\s*(?:-\s*(\d{1,3})\s*)?", piece)
        if match is None:
            return []
        first, last = int(match[1]), int(match[2] or match[1])
        if not 0 < first <= last <= LARGEST_RANGE:
            return []
        ports.update(range(first, last + 1))
    return sorted(ports)


def one_line(text: Any) -> str:
    """Free text fit for one line of configuration: no line break, and nothing that a device reads as a command."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())


def chosen(answer: Any) -> bool:
    """Whether a yes-or-no question was answered with true or yes."""
    return str(answer).lower() in {"true", "yes"}


class FilterModule:
    """What Ansible looks for in a plugin file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "network_of_vlan": network_of_vlan,
            "network": network,
            "address": address,
            "first_host": first_host,
            "netmask": netmask,
            "overlapping": overlapping,
            "port_list": port_list,
            "one_line": one_line,
            "chosen": chosen,
        }
