"""CIDR functions."""

import ipaddress
from decimal import Decimal

from muster.nomad.domain.hcl.functions.signature import Function, FunctionError, function
from muster.nomad.domain.hcl.values import Value

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _network(prefix: str) -> _Network:
    try:
        return ipaddress.ip_network(prefix, strict=False)
    except ValueError as error:
        raise FunctionError(f"invalid CIDR expression: {error}") from error


def _host(prefix: str, number: Decimal) -> Value:
    network = _network(prefix)
    if not -network.num_addresses <= number < network.num_addresses:
        raise FunctionError(f"prefix of {network.prefixlen} does not accommodate a host numbered {number}")
    return str(network[int(number)])


def _netmask(prefix: str) -> Value:
    return str(_network(prefix).netmask)


def _subnet(prefix: str, bits: Decimal, number: Decimal) -> Value:
    network = _network(prefix)
    length = network.prefixlen + int(bits)
    if not network.prefixlen <= length <= network.max_prefixlen or not 0 <= number < 2**bits:
        raise FunctionError(f"prefix extension of {bits} does not accommodate a subnet numbered {number}")
    start = int(network.network_address) + (int(number) << (network.max_prefixlen - length))
    return f"{type(network.network_address)(start)}/{length}"


def _subnets(prefix: str, *bits: Decimal) -> Value:
    network = _network(prefix)
    start, found = int(network.network_address), list[Value]()
    for extra in bits:
        length = network.prefixlen + int(extra)
        if not network.prefixlen < length <= network.max_prefixlen:
            raise FunctionError("must extend prefix by at least one bit, and not beyond the address")
        size = 1 << (network.max_prefixlen - length)
        start = -(-start // size) * size
        if start + size > int(network.broadcast_address) + 1:
            raise FunctionError(f"not enough remaining address space for a subnet with a prefix of {length} bits")
        found.append(f"{type(network.network_address)(start)}/{length}")
        start += size
    return tuple(found)


NETWORK_FUNCTIONS: dict[str, Function] = {
    "cidrhost": function(_host, "prefix: string", "hostnum: number"),
    "cidrnetmask": function(_netmask, "prefix: string"),
    "cidrsubnet": function(_subnet, "prefix: string", "newbits: number", "netnum: number"),
    "cidrsubnets": function(_subnets, "prefix: string", rest="newbits: number"),
}
