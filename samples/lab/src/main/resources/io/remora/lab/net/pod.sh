#!/bin/bash
# First process of a pod, as the pause container is: it holds the namespaces and collects ended processes.
set -eu
. "$1/common.sh"
private_run
hostname "$NAME"
setting net/ipv4/conf/default/arp_notify 1      # an address that moved to this pod is learnt at once
setting net/ipv6/conf/default/ndisc_notify 1
setting net/ipv6/conf/default/accept_dad 0
setting net/ipv6/conf/default/accept_ra 0
setting net/ipv4/ip_unprivileged_port_start 0   # as container runtimes set it
ip link set lo up
stay
