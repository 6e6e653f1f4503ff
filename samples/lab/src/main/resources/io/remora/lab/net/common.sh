# Sourced by the first processes of lab, nodes and pods.

# /run holds the xtables lock: one of its own for each, as containers have.
private_run() { mount -t tmpfs -o mode=755 tmpfs /run && mkdir -m 1777 /run/lock; }

# A kernel without the setting has no need of it.
setting() { [ ! -e "/proc/sys/$1" ] || echo "$2" >"/proc/sys/$1"; }

# The lab's middle and the nodes forward; an address is usable at once; answers may take another way than requests.
sysctls() {
  setting net/ipv4/ip_forward 1
  setting net/ipv6/conf/all/forwarding 1
  setting net/ipv6/conf/default/forwarding 1
  setting net/ipv6/conf/default/accept_dad 0
  setting net/ipv4/conf/all/rp_filter 0
  setting net/ipv4/conf/default/rp_filter 0
}

# Bash collects the processes that it inherits while it waits.
stay() { echo ready; while :; do sleep 1000000 & wait $! || :; done; }
