#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# startup.sh JDK [STARTS [THREAD_RUNS]]
#
# What the agent costs a whole process: the wall time of a hello world, and of starting and joining threads, without an agent, with an
# empty one, with ours. Each round runs every variant once, each round beginning with another one, and the differences are taken within
# rounds: what else the machine does then falls on all alike. The claims are about wall time; the CPU time beside it is what to look at
# where the machine was busy. Milliseconds; Markdown; raw figures in benchmarks/target/results.
# STARTS rounds of hello world (default 31), THREAD_RUNS rounds of thread starts (default 15). Exit status 1: a claim was missed.
set -euo pipefail
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
jdk=${1:?startup.sh: name a JDK}
starts=${2:-31}
thread_runs=${3:-15}
java=$jdk/bin/java
classes=$here/target/startup-classes
package=io.rseq.benchmarks.startup
agent=$here/../agent/target/rseq-agent.jar
empty=$(echo "$here"/target/rseq-benchmarks-*-empty-agent.jar)
version=$(sed -n 's/^JAVA_VERSION="\(.*\)"/\1/p' "$jdk/release")
results=$here/target/results
# Only what is started: were the empty agent's class on the class path as well, it would be taken from there, and the JVM would never
# open its jar, as it must open every other agent's.
mkdir -p "$results" "$classes"
(cd "$here/target/classes" && find io/rseq/benchmarks/startup -name '*.class' ! -name 'EmptyAgent*' -print0 | xargs -0 cp --parents -t "$classes")
for file in "$java" "$agent" "$empty"; do
    [ -f "$file" ] || { echo "startup.sh: $file is missing; run.sh builds it" >&2; exit 2; }
done

no_agent=()
empty_agent=("-javaagent:$empty")
our_agent=("-javaagent:$agent")

variants=(none empty ours ours_weaving)
TIMEFORMAT='%3R %3U %3S'
run_none() { "$java" "${no_agent[@]}" -cp "$classes" $package.Hello; }
run_empty() { "$java" "${empty_agent[@]}" -cp "$classes" $package.Hello; }
run_ours() { "$java" "${our_agent[@]}" -cp "$classes" $package.Hello; }
run_ours_weaving() { "$java" "${our_agent[@]}" -cp "$classes" $package.AnnotatedHello; }

# The figures mean nothing unless the agent was in force, and wove.
run_ours 2>&1 | grep -q 'owner=' || { echo "startup.sh: the agent says no start line" >&2; exit 2; }
run_ours_weaving 2>/dev/null | grep -qx 'hello, woven' || { echo "startup.sh: the annotated class was not woven" >&2; exit 2; }

# in_turn ROUNDS COUNT: for each round the numbers 0..COUNT-1, rotated.
in_turn() {
    local round i
    for ((round = 0; round < $1; round++)); do
        for ((i = 0; i < $2; i++)); do echo $(((round + i) % $2)); done
    done
}

progress() {
    [ ! -t 2 ] || printf '\r%s %d/%d ' "$1" "$2" "$3" >&2
}

raw=$results/startup-jdk${version%%.*}.txt
: >"$raw"
done_runs=0
for variant in $(in_turn "$starts" ${#variants[@]}); do
    name=${variants[$variant]}
    echo "$name $({ time "run_$name" >/dev/null 2>&1; } 2>&1)" >>"$raw"
    done_runs=$((done_runs + 1))
    progress "hello world" $done_runs $((starts * ${#variants[@]}))
done

# Of a thread's own work there is none: start and join of an empty platform thread, nanoseconds per thread, median of each run's rounds.
# On one CPU: how long another one takes to wake up is most of what would be measured otherwise, and none of it is the agent's.
threads_per_round=500
rounds_per_run=9
cpu=$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')
raw_threads=$results/threads-jdk${version%%.*}.txt
: >"$raw_threads"
done_runs=0
for variant in $(in_turn "$thread_runs" 2); do
    if [ "$variant" = 0 ]; then name=empty options=("${empty_agent[@]}"); else name=ours options=("${our_agent[@]}"); fi
    echo "$name $(taskset -c "$cpu" "$java" "${options[@]}" -cp "$classes" $package.ThreadStarts $threads_per_round $rounds_per_run 2>/dev/null)" >>"$raw_threads"
    done_runs=$((done_runs + 1))
    progress "thread starts" $done_runs $((thread_runs * 2))
done
[ ! -t 2 ] || printf '\r%30s\r' '' >&2

# The k-th figure of one variant belongs to the k-th of every other: one round.
median='
function median(list, count,    i, j, hold, sorted) {
    for (i = 1; i <= count; i++) sorted[i] = list[i]
    for (i = 2; i <= count; i++) {
        hold = sorted[i]
        for (j = i - 1; j > 0 && sorted[j] > hold; j--) sorted[j + 1] = sorted[j]
        sorted[j + 1] = hold
    }
    return count % 2 ? sorted[(count + 1) / 2] : (sorted[count / 2] + sorted[count / 2 + 1]) / 2
}
function of(name,    i) { for (i = 1; i <= count[name]; i++) one[i] = value[name, i]; return median(one, count[name]) }
'
missed=0
echo
awk -v version="$version" "$median"'
{ count[$1]++; value[$1, count[$1]] = $2 * 1000; cpu[$1, count[$1]] = ($3 + $4) * 1000 }
function above(name, base,    i) {
    for (i = 1; i <= count[name]; i++) one[i] = value[name, i] - value[base, i]
    return median(one, count[name])
}
function cpu_above(name, base,    i) {
    for (i = 1; i <= count[name]; i++) one[i] = cpu[name, i] - cpu[base, i]
    return median(one, count[name])
}
function row(text, name) {
    printf "| %s | %.1f | %+.1f | %+.1f | %+.1f |\n", text, of(name), above(name, "none"), above(name, "empty"), cpu_above(name, "empty")
}
function claim(text, figure, limit) {
    printf "%s JDK %s: %s, %+.1f ms\n", text, version, figure <= limit ? "held" : "MISSED", figure
    if (figure > limit) missed = 1
}
END {
    printf "| hello world, JDK %s, ms, medians of %d | wall | over no agent | over an empty agent | CPU time over an empty agent |\n|---|--:|--:|--:|--:|\n", version, count["none"]
    row("no agent", "none"); row("empty agent", "empty")
    row("rseq agent, nothing annotated", "ours"); row("rseq agent, one annotated class", "ours_weaving")
    print ""
    claim("start_costs_at_most_30_ms_more_than_an_empty_agent", above("ours", "empty"), 30)
    claim("start_costs_at_most_60_ms_more_with_one_annotated_class", above("ours_weaving", "empty"), 60)
    exit missed
}' "$raw" || missed=1
awk -v version="$version" "$median"'
{ value[$1, ++count[$1]] = $2 }
END {
    for (i = 1; i <= count["ours"]; i++) one[i] = value["ours", i] / value["empty", i]
    ratio = median(one, count["ours"])
    printf "thread_start_and_join_costs_at_most_5_percent_more JDK %s: %s, %+.1f %% (%.1f us with an empty agent, %.1f us with ours)\n", \
        version, ratio <= 1.05 ? "held" : "MISSED", (ratio - 1) * 100, of("empty") / 1000, of("ours") / 1000
    exit ratio > 1.05
}' "$raw_threads" || missed=1
exit $missed
