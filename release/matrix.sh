#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# release/matrix.sh [CELL...]   runs matrix/Probe.java under the agent on other glibcs, kernels, JDKs, architectures and numbers of CPUs, with glibc's
#                               registration on and off; writes docs/appendix-support.md if no CELL is named, else prints the rows of those cells.
# Needs root, Debian, a build (mvn verify) and up to 10 GB in $ROOTS (~/.cache/rseq-matrix), which matrix/roots.sh fills. Half an hour the first time.
# What is not x86-64 or not this kernel runs on an emulated machine: it shows what is right, and nothing of what is fast.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
export ROOTS=${ROOTS:-${XDG_CACHE_HOME:-$HOME/.cache}/rseq-matrix}

# cell, root, kernel (here: this machine's, in a chroot), further options of qemu
cells() {
    cat <<'CELLS'
here         /             here
bullseye     bullseye      here
trixie       trixie        here
forky        forky         here
linux-6.1    trixie        bookworm  -smp 2
linux-6.12   trixie        trixie    -smp 2
linux-7.2    forky         forky     -smp 2
one-cpu      trixie        forky     -smp 1
three-cpus   trixie        forky     -smp 3
hotplug      trixie        bookworm  -smp 2,maxcpus=5
many-cpus    trixie        forky     -smp 48
aarch64-12   arm64         forky     -smp 2
aarch64-13   arm64-trixie  forky     -smp 2
CELLS
}

fail() {
    echo "rseq: $*" >&2
    exit 1
}

[ "$(id -u)" -eq 0 ] || fail "needs root, for chroots and mounts"
agent=$here/../agent/target/rseq-agent.jar
api=$(find "$here/../api/target" -maxdepth 1 -name 'rseq-api-*.jar' ! -name '*-sources.jar' ! -name '*-javadoc.jar' ! -name '*-tests.jar' | head -n 1)
[ -e "$agent" ] && [ -n "$api" ] || fail "no jars: run mvn verify before"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$agent" "$work/rseq-agent.jar"
cp "$api" "$work/rseq-api.jar"
cp "$here/matrix/cell.sh" "$work"
javac --release 17 -d "$work" -cp "$api" "$here/matrix/Probe.java"

# What runs cell.sh for each JDK of the root, and prints a row for each.
run() {
    local root=$1 kernel=$2
    shift 2
    if [ "$root" = / ]; then
        (cd "$work" && sh cell.sh '/usr/lib/jvm/*')
    elif [ "$kernel" = here ]; then
        "$here/matrix/in.sh" "$root" "$work" sh cell.sh '/opt/jdk*'
    else
        "$here/matrix/vm.sh" "$root" "$kernel" "$work" "$@" -- sh cell.sh '/opt/jdk*'
    fi
}

rows() {
    local cell root kernel options wanted
    while read -r cell root kernel options; do
        wanted=${*:-$cell}
        case " $wanted " in *" $cell "*) ;; *) continue ;; esac
        # shellcheck disable=SC2086
        { [ "$root" = / ] || "$here/matrix/roots.sh" "$root" "$kernel"; } >&2 && run "$root" "$kernel" $options </dev/null ||
            echo "| $root, $kernel |  |  |  |  |  |  |  | did not run |"
    done < <(cells)
}

if [ $# -gt 0 ]; then
    rows "$@"
    exit
fi
table=$(rows)
{
    echo "# What was tested where"
    echo
    echo "Written by \`release/matrix.sh\` on $(date -u +%F), with the agent of commit \`$(git -C "$here" rev-parse --short HEAD)\`. A row is one run of [a program](../release/matrix/Probe.java)"
    echo "whose threads use each structure, an adopted \`LongAdder\` and a woven method. Other architectures, other kernels and other numbers of CPUs are emulated."
    echo "\`2/5\` CPUs: 2 of 5 possible ones are there. What is not in the table was not tested: other distributions, musl, Linux before 6.1, real aarch64."
    echo
    echo "| architecture | Linux | glibc | CPUs | JDK | glibc registers | owner | structures commit by | result |"
    echo "|---|---|---|---|---|---|---|---|---|"
    echo "$table"
} >"$here/../docs/appendix-support.md"
! grep -q -e '| wrong' -e 'did not run' "$here/../docs/appendix-support.md" || fail "not all is right: docs/appendix-support.md"
