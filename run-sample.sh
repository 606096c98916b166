#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run-sample.sh [option...]   builds what is missing or out of date, then runs the sample application under the agent.
# The options go to the sample; --help lists them. JAVA_HOME is obeyed, else the java on the PATH. Linux only.
set -eu

die() {
    echo "rseq: $*" >&2
    exit 1
}

here=$(dirname "$(readlink -f "$0")")
agent=$here/agent/target/rseq-agent.jar
sample=$here/sample-app/target/rseq-sample-app.jar

if [ -n "${JAVA_HOME:-}" ]; then
    java=$JAVA_HOME/bin/java
    [ -x "$java" ] || die "no bin/java in JAVA_HOME '$JAVA_HOME'; point it at a JDK 17 or newer"
else
    java=$(command -v java) || die "java is missing; install a JDK 17 or newer, or point JAVA_HOME at one (Debian, Ubuntu: apt-get install openjdk-17-jdk-headless; Fedora: dnf install java-21-openjdk-devel)"
fi

need() {
    command -v "$1" >/dev/null 2>&1 || die "$1 is missing, and the sample must be built first; install it (Debian, Ubuntu: apt-get install $2; Fedora: dnf install $3)"
}

settings=$("$java" -XshowSettings:properties -version 2>&1) || die "'$java' does not run; point JAVA_HOME at a JDK 17 or newer"
version=$(printf '%s\n' "$settings" | sed -n 's/^ *java\.specification\.version = //p')
case $version in
    1.* | 9 | 1[0-6]) die "'$java' is Java $version; point JAVA_HOME at a JDK 17 or newer" ;;
esac

# True when a jar is missing, or anything that it is made of is newer than the older of the two.
stale() {
    [ -f "$agent" ] && [ -f "$sample" ] || return 0
    oldest=$agent
    [ "$sample" -ot "$agent" ] && oldest=$sample
    [ -n "$(find "$here/pom.xml" "$here/native" "$here/api" "$here/agent" "$here/sample-app" \
        -name target -prune -o -path '*/src/test' -prune -o -type f -newer "$oldest" -print)" ]
}

if stale; then
    [ "$(uname -s)" = Linux ] || die "this is $(uname -s); the agent builds on Linux only"
    home=$(printf '%s\n' "$settings" | sed -n 's/^ *java\.home = //p')
    [ -x "$home/bin/javac" ] && [ -f "$home/include/jni.h" ] || die "'$home' is not a whole JDK (bin/javac, include/jni.h), and the sample must be built first; point JAVA_HOME at one"
    need mvn maven maven
    need "${CC:-cc}" gcc gcc
    need cmake cmake cmake
    need make make make
    echo "rseq: building the agent and the sample, once; some minutes where Maven must download its plugins" >&2
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    if ! JAVA_HOME=$home mvn -q -B -f "$here/pom.xml" -DskipTests -pl sample-app -am package >"$log" 2>&1; then
        cat "$log" >&2
        die "the build failed; the lines above say why"
    fi
    rm -f "$log"
    trap - EXIT
    # A jar whose content did not change keeps its time; what was built just now is not out of date.
    touch "$agent" "$sample"
fi

exec "$java" -javaagent:"$agent" -jar "$sample" "$@"
