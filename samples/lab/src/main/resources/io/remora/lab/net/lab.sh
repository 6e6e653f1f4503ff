#!/bin/bash
# First process of a lab: it holds the lab's namespaces and the machine in their middle. It ends when the JVM that started
# it closes standard input, be it on purpose or because it died; the kernel then ends every process of its pid namespace,
# and with the last of them go the namespaces.
set -eu
. "$1/common.sh"
private_run
hostname lab
sysctls
ip link set lo up
# See node.sh for the address.
ip link add uplink address 02:00:00:00:00:02 type bridge
ip addr add 172.30.0.1/24 dev uplink
[ "$IPV6" = 0 ] || ip addr add fd00:172:30::1/64 dev uplink nodad
ip link set uplink up
echo ready
while read -r _; do :; done
