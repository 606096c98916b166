#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# roots.sh ROOT KERNEL   makes in $ROOTS what is missing of a root with its JDKs, and, unless KERNEL is "here", of the kernel and disk image that vm.sh boots.
# Everything comes from the Debian archive that this machine's apt is set up with. Part of release/matrix.sh. Needs root.
set -euo pipefail
shopt -s inherit_errexit
here=$(dirname "$(readlink -f "$0")")
root=$1 kernel=$2
export DEBIAN_FRONTEND=noninteractive PATH=$PATH:/usr/sbin:/sbin
case $root in
    bullseye) suite=bullseye arch=amd64 jdks='17' ;;
    trixie) suite=trixie arch=amd64 jdks='21 25' ;;
    forky) suite=forky arch=amd64 jdks='26 27 28' ;;
    arm64) suite=bookworm arch=arm64 jdks='17' ;;
    arm64-trixie) suite=trixie arch=arm64 jdks='21 25' ;;
    *) echo "rseq: unknown root $root" >&2 && exit 2 ;;
esac
keys=/usr/share/keyrings/debian-archive-keyring.gpg
r=$ROOTS/$root
boot=$ROOTS/boot
mkdir -p "$ROOTS/logs" "$boot"

need() {
    local missing=() package
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] || { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >>"$ROOTS/logs/host.log"
}

archive() {
    apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' 'Component: main' | head -n 1
}

in_root() {
    if [ "$arch" = arm64 ]; then emulated "$here/in.sh" "$root" "$ROOTS/logs" "$@"; else "$here/in.sh" "$root" "$ROOTS/logs" "$@"; fi
}

# Runs a command where aarch64 programs start under qemu. The binfmt_misc entry is in a user namespace of the command's own (Linux 6.7).
emulated() {
    local ready
    ready=$(mktemp -u)
    mkfifo "$ready"
    unshare -U --setgroups allow -- sh -c 'echo up >"$1"; read -r x <"$1"' sh "$ready" &
    local owner=$!
    read -r _ <"$ready"
    echo "0 0 4294967295" >"/proc/$owner/uid_map"
    echo "0 0 4294967295" >"/proc/$owner/gid_map"
    exec 9<"/proc/$owner/ns/user"
    echo done >"$ready"
    wait $owner || true
    rm -f "$ready"
    nsenter --user=/proc/self/fd/9 -- unshare -m --propagation private -- sh -c '
        exec 9<&-
        mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
        printf "%s" ":rseq-aarch64:M::\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00:\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:/usr/bin/qemu-aarch64-static:OCF" \
            >/proc/sys/fs/binfmt_misc/register
        exec "$@"' emulated "$@"
    exec 9<&-
}

bootstrap() {
    local script=/usr/share/debootstrap/scripts/$suite log=$ROOTS/logs/$root.log foreign=()
    [ -e "$script" ] || script=/usr/share/debootstrap/scripts/sid
    ! grep -qs " $r/" /proc/mounts || { echo "rseq: something is mounted under $r" >&2 && exit 1; }
    rm -rf --one-file-system "$r"
    [ "$arch" = amd64 ] || foreign=(--foreign)
    debootstrap --arch="$arch" "${foreign[@]}" --variant=minbase --keyring=$keys "$suite" "$r" "$(archive)" "$script" >"$log"
    if [ "$arch" = arm64 ]; then
        export r
        emulated unshare -m sh -c 'for shown in dev proc sys; do mount --rbind /$shown "$r/$shown"; done
            exec chroot "$r" /usr/bin/env -i container=lxc PATH=/usr/sbin:/usr/bin:/sbin:/bin /debootstrap/debootstrap --second-stage' >>"$log"
    fi
    printf '#!/bin/sh\nexit 101\n' >"$r/usr/sbin/policy-rc.d" # no service starts
    chmod 755 "$r/usr/sbin/policy-rc.d"
    {
        apt-config dump | grep -E '^Acquire::Check-' || true
        printf '%s "%s";\n' APT::Install-Recommends false APT::Sandbox::User root Acquire::Languages none
    } >"$r/etc/apt/apt.conf.d/90rseq"
    printf 'path-exclude=/usr/share/man/*\npath-exclude=/usr/share/doc/*\n' >"$r/etc/dpkg/dpkg.cfg.d/90rseq"
    touch "$r/etc/resolv.conf" "$r/etc/hosts"
    mkdir -p "$r/w" "$r/ctl" "$r/opt" "$r/usr/share/man/man1"
    touch "$r/.rig-base"
}

install_jdks() {
    local jdk missing=()
    for jdk in $jdks; do
        [ -e "$r/usr/lib/jvm/java-$jdk-openjdk-$arch/bin/java" ] || missing+=("openjdk-$jdk-jre-headless")
        ln -sfn "/usr/lib/jvm/java-$jdk-openjdk-$arch" "$r/opt/jdk$jdk"
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    in_root sh -ec 'apt-get update -qq; apt-get install -y -qq --no-install-recommends "$@"; apt-get clean' sh "${missing[@]}" >>"$ROOTS/logs/$root.log" 2>&1
    rm -f "$boot/rootfs-$root.img"
}

# The kernel, and an initrd with the modules that mount the disk and the two shared folders.
kernel_and_initrd() {
    local d=$boot/making apt image version parts module n=100 file found
    rm -rf "$d"
    mkdir -p "$d"/{lists/partial,cache/archives/partial,debs,tree} "$d"/initrd/{bin,dev,proc,sys,new,mod}
    echo "deb [arch=$arch signed-by=$keys] $(archive) $kernel main" >"$d/sources.list"
    apt=(-o "APT::Architecture=$arch" -o "APT::Architectures::=$arch" -o "Dir::Etc::sourcelist=$d/sources.list" -o Dir::Etc::sourceparts=/dev/null
        -o "Dir::State::lists=$d/lists" -o "Dir::Cache=$d/cache" -o Dir::State::status=/dev/null -o APT::Sandbox::User=root)
    apt-get "${apt[@]}" update -qq
    image=$(apt-cache "${apt[@]}" depends "linux-image-$arch" | sed -n "s/^ *Depends: \(linux-image-[0-9][^ ]*-$arch\)\$/\1/p" | head -n 1)
    version=${image#linux-image-}
    # Newer kernels come in parts: linux-binary-VERSION, linux-modules-VERSION.
    mapfile -t parts < <(apt-cache "${apt[@]}" depends "$image" | sed -n 's/^ *Depends: \(linux-[a-z]*-[0-9][^ ]*\)$/\1/p' | grep -F -e "-$version" | sort -u)
    (cd "$d/debs" && apt-get "${apt[@]}" download -qq "busybox-static:$arch" "$image:$arch" "${parts[@]/%/:$arch}")
    for file in "$d"/debs/*.deb; do dpkg-deb -x "$file" "$d/tree"; done
    [ -e "$d/tree/lib" ] || ln -s usr/lib "$d/tree/lib"
    depmod -b "$d/tree" "$version"
    for module in virtio_pci virtio_blk virtio_console ext4 9p 9pnet_virtio; do
        modprobe -d "$d/tree" -S "$version" --show-depends "$module"
    done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' >"$d/modules"
    while read -r file; do
        found=$(basename "$file")
        case $file in *.xz) xz -dc "$file" ;; *.zst) zstd -dcq "$file" ;; *) cat "$file" ;; esac >"$d/initrd/mod/$n-${found%.ko*}.ko"
        n=$((n + 1))
    done <"$d/modules"
    cp "$(find "$d/tree" -path '*/bin/busybox' | head -n 1)" "$d/initrd/bin/busybox"
    ln -s busybox "$d/initrd/bin/sh"
    cp "$here/init.sh" "$d/initrd/init"
    (cd "$d/initrd" && find . | cpio -o -H newc --quiet | gzip -1) >"$boot/initrd-$arch-$kernel"
    found=$(find "$d/tree/" -name 'vmlinuz*' -type f | head -n 1)
    if gzip -tq "$found" 2>/dev/null; then gzip -dc "$found"; else cat "$found"; fi >"$boot/vmlinuz-$arch-$kernel"
    rm -rf "$d"
}

disk_image() {
    mke2fs -q -F -t ext4 -O ^has_journal -d "$r" "$boot/rootfs-$root.new" "$(($(du -smx "$r" | cut -f1) * 13 / 10 + 200))M"
    mv "$boot/rootfs-$root.new" "$boot/rootfs-$root.img"
}

need debootstrap debian-archive-keyring
[ "$arch" = amd64 ] || need qemu-user-static
[ -e "$r/.rig-base" ] || bootstrap
install_jdks
[ "$kernel" != here ] || exit 0
need "$([ "$arch" = amd64 ] && echo qemu-system-x86 || echo qemu-system-arm)" kmod cpio e2fsprogs xz-utils zstd
[ -e "$boot/vmlinuz-$arch-$kernel" ] && [ -e "$boot/initrd-$arch-$kernel" ] || kernel_and_initrd
[ -e "$boot/rootfs-$root.img" ] || disk_image
