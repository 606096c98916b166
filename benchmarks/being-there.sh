#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# being-there.sh JDK [--quick] [MEASURE]...
#
# What the agent costs a whole process that is not about it: start-up, class loading, threads, memory, steady state. Each of them without an
# agent, with an empty one, with the empty one again (how far it is from itself is the noise), and with ours. Each round runs every variant
# once, each round beginning with another one, and all is compared within rounds: what else the machine does then falls on all alike. The
# claims are about wall time; the CPU time beside it is what to look at where the machine was busy. That something is unchanged is decided by the
# interval in which the effect lies: where that is wider than the bound, nothing is decided, and the page says what effect the run could have seen.
# Raw figures and the page, benchmarks.md, are in benchmarks/target/results. Exit status 1: a claim was missed (not decided is not missed); 2: something did not run.
#   --quick   few rounds, and short ones
#   MEASURE   measures only those anew: hello one many classes platform virtual rss steady
set -euo pipefail
export LC_ALL=C
here=$(dirname "$(readlink -f "$0")")

die() {
    echo "being-there.sh: $*" >&2
    exit 2
}

jdk=${1:?being-there.sh: name a JDK}
shift
quick=
wanted=()
for argument; do
    case $argument in
        --quick) quick=yes ;;
        hello | one | many | classes | platform | virtual | rss | steady) wanted+=("$argument") ;;
        *) die "$argument is no measure" ;;
    esac
done
[ ${#wanted[@]} -gt 0 ] || wanted=(hello one many classes platform virtual rss steady)

java=$jdk/bin/java
agent=$here/../agent/target/rseq-agent.jar
empty=$(echo "$here"/target/rseq-benchmarks-*-empty-agent.jar)
for file in "$java" "$agent" "$empty"; do
    [ -f "$file" ] || die "$file is missing; run.sh builds it"
done
version=$(sed -n 's/^JAVA_VERSION="\(.*\)"/\1/p' "$jdk/release")
feature=${version%%.*}
results=$here/target/results
started=$here/target/started
package=io.rseq.benchmarks.startup
# Only what is started: were the empty agent's class on the class path as well, it would be taken from there, and the JVM would never
# open its jar, as it must open every other agent's.
rm -rf "$started/classes"
mkdir -p "$results" "$started/classes"
(cd "$here/target/classes" && find io/rseq/benchmarks/startup -name '*.class' ! -name 'EmptyAgent*' -print0 | xargs -0 cp --parents -t "$started/classes")

plain=10000
annotated=500
# generated TEMPLATE COUNT JAR: makes the jar, unless it is there and newer than the template.
generated() {
    [ "$3" -nt "$here/target/classes/io/rseq/benchmarks/startup/${1}000000.class" ] ||
        "$java" -cp "$started/classes" $package.GeneratedClasses "$1" "$2" "$3"
}
generated Plain $plain "$started/plain.jar"
generated Annotated $annotated "$started/annotated.jar"

# options_of MEASURE VARIANT: sets the JVM's options.
options_of() {
    case $2 in
        none) options=() ;;
        ours) options=("-javaagent:$agent") ;;
        *) if [ "$1" = classes ]; then options=("-javaagent:$empty=transformer"); else options=("-javaagent:$empty"); fi ;;
    esac
    # A heap that need not grow: how often a collector adapts it is no agent's doing, and moves a dozen pauses about.
    [ "$1" != classes ] || options+=(-Xms1g -Xmn768m -XX:MetaspaceSize=256m)
}

# Of a thread's own work there is none. On one CPU: how long another one takes to wake up is most of what would be measured otherwise, and
# none of it is the agent's. Many short rounds: most of them fit into one turn on that CPU, whatever else wants it.
cpu=$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')
turns=1001
[ -z "$quick" ] || turns=401
start_of() {
    case $1 in
        hello) "$java" "${options[@]}" -cp "$started/classes" $package.Hello ;;
        one) "$java" "${options[@]}" -cp "$started/classes" $package.AnnotatedHello ;;
        many) "$java" "${options[@]}" -cp "$started/classes:$started/annotated.jar" $package.LoadedClasses Annotated $annotated ;;
        classes) "$java" "${options[@]}" -cp "$started/classes:$started/plain.jar" $package.LoadedClasses Plain $plain ;;
        platform) taskset -c "$cpu" "$java" "${options[@]}" -cp "$started/classes" $package.ThreadStarts 20 225 ;;
        virtual) taskset -c "$cpu" "$java" "${options[@]}" -cp "$started/classes" $package.VirtualThreads 40 "$turns" ;;
        steady) "$java" "${options[@]}" -cp "$started/classes" $package.Unconcerned 101 ;;
        rss) resident ;;
    esac
}

# The memory of a process that has said hello, and waits: KiB resident, at most resident, and of the former what is no file's.
resident() {
    coproc idle { exec "$java" "${options[@]}" -cp "$started/classes" $package.IdleHello; }
    # Copies: the shell takes its own back when the process ends.
    local from to pid=$idle_PID line
    exec {from}<&"${idle[0]}" {to}>&"${idle[1]}"
    read -r line <&$from
    sleep 0.4
    sed -n 's/^\(VmRSS\|VmHWM\|RssAnon\):[^0-9]*\([0-9]*\).*/\1 \2/p' "/proc/$pid/status" | sort -r | awk '{ line = line $2 " " } END { print line }'
    eval "exec ${idle[1]}>&-"
    exec {to}>&- {from}<&-
    wait "$pid"
}

# The figures mean nothing unless the agent was in force, and wove.
options_of hello ours
start_of hello 2>&1 | grep -q 'owner=' || die "the agent says no start line"
start_of one 2>/dev/null | grep -qx 'hello, woven' || die "the annotated class was not woven"
start_of many 2>/dev/null | grep -q "^[0-9]* [0-9]* $annotated " || die "the annotated classes were not woven"

# Rounds: a quick look, and what the claims want. The smaller the difference that a claim is about, the more.
rounds_of() {
    local few many
    case $1 in
        hello | one) few=4 many=31 ;;
        steady) few=2 many=21 ;;
        many) few=2 many=11 ;;
        rss) few=1 many=15 ;;
        classes) few=1 many=21 ;;
        *) few=2 many=15 ;;
    esac
    if [ -n "$quick" ]; then echo $few; else echo $many; fi
}

TIMEFORMAT='%3R %3U %3S'
variants=(none empty again ours)
output=$(mktemp)
trap 'rm -f "$output"' EXIT
for measure in "${wanted[@]}"; do
    [ "$measure" != virtual ] || [ "$feature" -ge 21 ] || continue
    raw=$results/being-there-jdk$feature-$measure.txt
    : >"$raw"
    rounds=$(rounds_of "$measure")
    [ -t 2 ] || echo "being-there.sh: JDK $feature, $measure, $rounds rounds" >&2
    for ((round = 0; round < rounds; round++)); do
        for ((i = 0; i < ${#variants[@]}; i++)); do
            [ ! -t 2 ] || printf '\r%s %d/%d ' "$measure" $((round + 1)) "$rounds" >&2
            variant=${variants[$(((round + i) % ${#variants[@]}))]}
            options_of "$measure" "$variant"
            times=$({ time start_of "$measure" >"$output" 2>/dev/null; } 2>&1) || die "$measure did not run, variant $variant"
            echo "$variant $times $(tr '\n' ' ' <"$output")" >>"$raw"
        done
    done
done
[ ! -t 2 ] || printf '\r%30s\r' '' >&2
"$java" -cp "$here/target/classes" io.rseq.benchmarks.BeingThere "$version" "$results"
