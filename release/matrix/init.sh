#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The first process of a machine that vm.sh boots: mounts the disk and the shared folders, runs /ctl/cmd, leaves its status in /ctl/rc, powers off.
b=/bin/busybox
$b mount -t devtmpfs none /dev
$b mount -t proc none /proc
$b mount -t sysfs none /sys
for module in /mod/*.ko; do $b insmod "$module" || echo "insmod $module failed"; done
tries=0
while [ ! -b /dev/vda ] && [ $tries -lt 50 ]; do
    $b sleep 0.1
    tries=$((tries + 1))
done
$b mount -t ext4 -o noatime /dev/vda /new || $b poweroff -f
for shown in dev proc sys; do $b mount --move /$shown /new/$shown; done
$b mkdir -p /new/dev/shm /new/dev/pts /new/w /new/ctl
$b mount -t tmpfs none /new/dev/shm
$b mount -t devpts none /new/dev/pts
$b mount -t tmpfs none /new/tmp
options=trans=virtio,version=9p2000.L,msize=524288
$b mount -t 9p -o $options,cache=mmap w /new/w
$b mount -t 9p -o $options,cache=none ctl /new/ctl
$b ip link set lo up
$b stty -F /new/dev/hvc0 raw -echo
$b chroot /new /usr/bin/env -i HOME=/root LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    /bin/bash /ctl/cmd </new/dev/null >/new/dev/hvc0 2>&1
echo $? >/new/ctl/rc
$b sync
$b sleep 0.3
$b poweroff -f
