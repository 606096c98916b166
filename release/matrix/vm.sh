#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# vm.sh ROOT KERNEL FOLDER [OPTION...] -- COMMAND...   boots $ROOTS/ROOT with that kernel under qemu, runs the command in it, where FOLDER is /w, and
# the folder that it starts in, and powers it off. Ends with the command's status, or 125. Part of release/matrix.sh.
set -eu
root=$1 kernel=$2 folder=$3 options=()
shift 3
while [ "$1" != -- ]; do options+=("$1") && shift; done
shift
case $root in
    arm64*) of=arm64 machine=(qemu-system-aarch64 -M virt,gic-version=3 -cpu neoverse-n1 -accel tcg,thread=multi) console=ttyAMA0 ;;
    # One after the other: HotSpot patches code under threads that run it, and an emulated x86 CPU may then execute half of the patch.
    *) of=amd64 machine=(qemu-system-x86_64 -M q35 -cpu max -accel tcg,thread=single) console=ttyS0 ;;
esac
boot=$ROOTS/boot
control=$(mktemp -d)
trap 'rm -rf "$control"' EXIT
{
    printf 'cd /w\nexport ROUNDS=%q\n' "${ROUNDS:-2000}" # emulated CPUs are slow
    printf '%q ' "$@"
    echo
} >"$control/cmd"
timeout -k 5 1500 "${machine[@]}" -m 3072 "${options[@]}" -display none -nodefaults -no-reboot -nic none \
    -kernel "$boot/vmlinuz-$of-$kernel" -initrd "$boot/initrd-$of-$kernel" -append "console=$console quiet panic=-1" \
    -serial "file:$control/console" -device virtio-serial -chardev stdio,id=c,signal=off -device virtconsole,chardev=c \
    -drive "file=$boot/rootfs-$root.img,format=raw,if=none,id=d,snapshot=on" -device virtio-blk,drive=d \
    -fsdev "local,id=w,path=$folder,security_model=none,multidevs=remap" -device virtio-9p,fsdev=w,mount_tag=w \
    -fsdev "local,id=ctl,path=$control,security_model=none" -device virtio-9p,fsdev=ctl,mount_tag=ctl </dev/null || true
[ ! -s "$control/rc" ] || exit "$(cat "$control/rc")"
echo "rseq: the machine ended without a result; its console:" >&2
tail -n 20 "$control/console" >&2
exit 125
