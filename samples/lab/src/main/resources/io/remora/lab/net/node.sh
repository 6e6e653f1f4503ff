#!/bin/bash
# First process of a node: the bridge that its pods hang on. The uplink is wired from outside.
set -eu
. "$1/common.sh"
private_run
hostname "$NAME"
sysctls
setting net/bridge/bridge-nf-call-iptables 1    # what pods of one node send each other passes the Service rules too
setting net/bridge/bridge-nf-call-ip6tables 1
ip link set lo up
# With an address of its own; otherwise it takes over that of a port, and changes it under its neighbours as pods come and go.
ip link add cni0 address 02:00:00:00:00:01 type bridge
ip addr add "$GATEWAY" dev cni0
[ "$IPV6" = 0 ] || ip addr add "$GATEWAY6" dev cni0 nodad
ip link set cni0 up
stay
