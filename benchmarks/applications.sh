#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# applications.sh JDK service [RATE]
# applications.sh JDK feed THREADS platform|virtual
#
# What the agent and adopt=all give applications that know nothing of them (package io.rseq.benchmarks.adopted): a service over HTTP, and the handler of a
# feed. Each runs without the agent, with it, and with adopt=all, in turn, ROUNDS times (default 4), for SECONDS_EACH (default 6) each after as long a time to
# warm up. A line is the round, the variant, and what one request or one message took. RATE is requests a second (default 2000; 0: as many as
# are answered). mvn -DskipTests package has built what it needs.
set -euo pipefail
export LC_ALL=C
here=$(dirname "$(readlink -f "$0")")

[ $# -ge 2 ] || { sed -n '3,/^set/{/^set/d;s/^# \{0,1\}//p}' "$0" >&2; exit 2; }
java=$1/bin/java
application=$2
shift 2
agent=$here/../agent/target/rseq-agent.jar
jar=$here/target/rseq-benchmarks.jar
seconds=${SECONDS_EACH:-6}
package=io.rseq.benchmarks.adopted
for file in "$java" "$agent" "$jar"; do
    [ -f "$file" ] || { echo "applications.sh: $file is missing; mvn -DskipTests package builds it" >&2; exit 2; }
done

start() {
    "$java" "${options[@]}" -Xms512m -Xmx512m -cp "$jar" "$@"
}

service() {
    coproc service { start $package.Service; }
    local from to pid=$service_PID port
    exec {from}<&"${service[0]}" {to}>&"${service[1]}"
    read -r port <&$from
    "$java" -XX:TieredStopAtLevel=1 -cp "$jar" $package.Load "$port" 16 "${1:-2000}" "$seconds" "$seconds"
    eval "exec ${service[1]}>&-"
    exec {to}>&- {from}<&-
    wait "$pid"
}

feed() {
    start $package.Feed "$1" "$2" "$seconds" "$seconds"
}

for round in $(seq "${ROUNDS:-4}"); do
    for variant in none agent all; do
        case $variant in
            none) options=() ;;
            agent) options=("-javaagent:$agent=log=warn") ;;
            all) options=("-javaagent:$agent=log=warn,adopt=all") ;;
        esac
        echo -n "$round $variant "
        "$application" "$@"
    done
done
