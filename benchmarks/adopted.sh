#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# adopted.sh JDK WORD BENCHMARK [JMH's own options]
#
# Runs a JMH benchmark of code that names nothing of ours, with the agent and with adopt=WORD beside it, in turn, ROUNDS times (default 3), and prints a
# line for each result: the round, "none" or WORD, JMH's line; before these, of each benchmark the quartile of its iterations that was the fastest, which
# a machine that does something else now and then moves least. Such as
#   adopted.sh /usr/lib/jvm/java-25 jackson AdoptedJackson.virtualThreadEach -prof gc
#   adopted.sh /usr/lib/jvm/java-25 jackson AdoptedJackson.platform -t 2
#   adopted.sh /usr/lib/jvm/java-25 adders AdoptedLibraries -t 16
# mvn -DskipTests package has built what it needs.
set -euo pipefail
export LC_ALL=C
here=$(dirname "$(readlink -f "$0")")

[ $# -ge 3 ] || { sed -n '3,/^set/{/^set/d;s/^# \{0,1\}//p}' "$0" >&2; exit 2; }
java=$1/bin/java
word=$2
shift 2
agent=$here/../agent/target/rseq-agent.jar
jar=$here/target/rseq-benchmarks.jar
for file in "$java" "$agent" "$jar"; do
    [ -f "$file" ] || { echo "adopted.sh: $file is missing; mvn -DskipTests package builds it" >&2; exit 2; }
done
for round in $(seq "${ROUNDS:-3}"); do
    for adopted in none "$word"; do
        "$java" -cp "$jar" org.openjdk.jmh.Main "$@" -jvmArgsAppend "-javaagent:$agent=adopt=$adopted,log=warn" 2>&1 |
            awk -v "which=$round $adopted" '
                /^# Benchmark: / { sub(/.*\./, "", $3); name = $3; parameters = ""; n = 0 }
                /^# Parameters: / { sub(/^# Parameters: /, ""); parameters = $0 }
                /^Iteration / { for (i = ++n; i > 1 && values[i - 1] > $3 + 0; i--) values[i] = values[i - 1]; values[i] = $3 + 0 }
                /^Result / { print which, name, parameters, "quartile", values[int((n + 3) / 4)] }
                /^Benchmark / { found = 1; next }
                found && NF && !/gc.(count|time)/ { print which, $0 }
                /ERROR|rseq:/ { print }'
    done
done
