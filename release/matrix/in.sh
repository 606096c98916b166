#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# in.sh ROOT FOLDER COMMAND...   runs the command in $ROOTS/ROOT, where FOLDER is /w, and the folder that it starts in. Part of release/matrix.sh.
# The mounts are in a mount namespace of the command's own, so nothing stays mounted.
set -eu
export root=$ROOTS/$1 folder=$2
shift 2
exec unshare --mount --propagation private -- bash -c '
    set -e
    mkdir -p "$root/w"
    for shown in proc sys dev; do mount --rbind "/$shown" "$root/$shown"; done
    mount --bind "$folder" "$root/w"
    for file in resolv.conf hosts; do
        [ ! -f "/etc/$file" ] || [ ! -f "$root/etc/$file" ] || mount --bind "/etc/$file" "$root/etc/$file"
    done
    exec chroot "$root" /usr/bin/env -i HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive ${ROUNDS:+ROUNDS="$ROUNDS"} \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin /bin/sh -c '\''cd /w && exec "$@"'\'' sh "$@"
' in.sh "$@"
