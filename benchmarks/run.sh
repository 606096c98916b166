#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# run.sh [--quick] [--jdk PATH]... [--rounds N] [--threads N,N,..] [--page] [--publish] [JMH's own options]
# run.sh --charts
#
# Builds what is missing, runs the JMH benchmarks on each JDK at each thread count, and writes benchmarks/target/results/benchmarks.md with its
# charts, which it also prints; then being-there.sh on each JDK adds its part. Without --jdk: JAVA_HOME (or the JDK of the javac on the path),
# and the JDKs (17 and newer) that lie beside it. Raw JSON is kept beside the page. The exit status is 1 when one of the project's own claims was
# missed, 2 when something did not run.
#   --quick      under 3 minutes on 2 CPUs: the newest of those JDKs (or those named), one short round at 1 thread and as many as CPUs (virtual threads: as
#                many carriers), few starts; neither Jackson 3 nor a lock that is written; every claim about those thread counts
#   --rounds N   how often every benchmark is run, on every JDK in turn (default 3; with --quick 1)
#   --threads    thread counts (default 1, and 1, 4, 8 and 16 times the CPUs; on virtual threads: the number of carriers)
#   --page       JMH measures nothing: the page is made again, of the raw JSON that earlier runs left in benchmarks/target/results
#   --publish    also copies page and charts to docs/
#   --charts     measures nothing: the charts of docs/ are drawn again, of the tables in docs/appendix-benchmarks.md
set -euo pipefail
export LC_ALL=C
here=$(dirname "$(readlink -f "$0")")
root=$(dirname "$here")

die() {
    echo "run.sh: $*" >&2
    exit 2
}

# feature PATH: the feature version of the JDK there, nothing when it is none.
feature() {
    [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 0
    sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

quick=
charts=
named=
publish=
rounds=
jdks=()
jmh=()
threads=()
while [ $# -gt 0 ]; do
    case $1 in
        --quick) quick=yes ;;
        --jdk) [ $# -gt 1 ] || die "--jdk needs a path"; jdks+=("$2"); named=yes; shift ;;
        --rounds) [ $# -gt 1 ] || die "--rounds needs a number"; rounds=$2; shift ;;
        --threads) [ $# -gt 1 ] || die "--threads needs a list"; threads=(--threads "$2"); shift ;;
        --page) rounds=0 ;;
        --publish) publish=yes ;;
        --charts) charts=yes ;;
        -h | --help) sed -n '3,/^set/{/^set/d;s/^# \{0,1\}//p}' "$0"; exit 0 ;;
        *) jmh+=("$1") ;;
    esac
    shift
done

if [ ${#jdks[@]} -eq 0 ]; then
    if [ -z "${JAVA_HOME:-}" ]; then
        javac=$(command -v javac) || die "set JAVA_HOME, or name a JDK with --jdk PATH"
        JAVA_HOME=$(dirname "$(dirname "$(readlink -f "$javac")")")
    fi
    seen=
    for jdk in "$JAVA_HOME" "$(dirname "$(readlink -f "$JAVA_HOME")")"/*; do
        path=$(readlink -f "$jdk")
        version=$(feature "$path")
        [ -n "$version" ] && [ "$version" -ge 17 ] || continue
        case $seen in *":$path:"*) continue ;; esac
        seen="$seen:$path:"
        jdks+=("$path")
    done
fi
newest=
for jdk in "${jdks[@]}"; do
    [ -n "$(feature "$jdk")" ] || die "$jdk is not a JDK"
    { [ -n "$newest" ] && [ "$(feature "$newest")" -ge "$(feature "$jdk")" ]; } || newest=$jdk
done
[ -z "$quick" ] || [ -n "$named" ] || jdks=("$newest")

agent=$root/agent/target/rseq-agent.jar
jar=$here/target/rseq-benchmarks.jar
if [ ! -f "$agent" ] || [ ! -f "$jar" ]; then
    echo "run.sh: building $agent and $jar" >&2
    (cd "$root" && JAVA_HOME=${JAVA_HOME:-${jdks[0]}} mvn -q -DskipTests package -pl benchmarks -am)
fi

if [ -n "$charts" ]; then
    rm -rf "$root/docs/charts"
    exec "${jdks[0]}/bin/java" -cp "$jar" io.rseq.benchmarks.Chart "$root/docs/appendix-benchmarks.md"
fi

results=$here/target/results
mkdir -p "$results"
arguments=(--agent "$agent" --results "$results")
limits=$here/target/add_loop
case $(uname -m) in
    aarch64) sequences=$root/native/src/sequences_aarch64.S ;;
    *) sequences=$root/native/src/sequences_x86_64.S ;;
esac
if "${CC:-cc}" -O2 -pthread -o "$limits" "$here/src/main/c/add_loop.c" "$sequences" && "$limits" >/dev/null; then
    arguments+=(--limits "$limits")
else
    echo "run.sh: the sequences in C, for comparison, are left out: they need glibc 2.35 and its registration" >&2
fi
sampler=$here/target/disturbance
if "${CC:-cc}" -O2 -pthread -o "$sampler" "$here/src/main/c/disturbance.c"; then
    arguments+=(--disturbance "$sampler")
else
    echo "run.sh: no iteration is left out for what disturbed the machine: that needs a C compiler" >&2
fi
being_there=()
if [ -n "$quick" ]; then
    rounds=${rounds:-1}
    case " ${jmh[*]} " in
        *" -wi "* | *" -i "*) ;;
        *) jmh+=(-f 1 -wi 3 -w 120ms -i 6 -r 25ms) ;;
    esac
    jmh+=(-p writes=0)
    [ ${#threads[@]} -gt 0 ] || threads=(--quick)
    being_there=(--quick)
fi
for jdk in "${jdks[@]}"; do arguments+=(--jdk "$jdk"); done
missed=0
"${jdks[0]}/bin/java" -jar "$jar" "${arguments[@]}" --rounds "${rounds:-3}" "${threads[@]}" "${jmh[@]}" || { [ $? -eq 3 ] || die "JMH did not run to its end"; missed=1; }
for jdk in "${jdks[@]}"; do
    "$here/being-there.sh" "$jdk" "${being_there[@]}" || { [ $? -eq 1 ] || die "being-there.sh did not run to its end"; missed=1; }
done
if [ -n "$publish" ]; then
    rm -rf "$root/docs/charts"
    cp -r "$results/charts" "$root/docs/charts"
    cp "$results/benchmarks.md" "$root/docs/appendix-benchmarks.md"
fi
exit $missed
