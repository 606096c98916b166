#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# cell.sh PATTERN   runs Probe on each JDK whose folder matches, with glibc's registration on and off, and prints a row of release/matrix.sh's table for each. Part of it.
glibc=$(getconf GNU_LIBC_VERSION | cut -d' ' -f2)
registers='yes no'
case $glibc in 2.2?|2.30|2.31|2.32|2.33|2.34) registers=none ;; esac # registration came with 2.35
# shellcheck disable=SC2086
for jdk in $1; do
    [ -x "$jdk/bin/java" ] && [ ! -L "$jdk" -o "${jdk#/opt}" != "$jdk" ] || continue
    version=$("$jdk/bin/java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.version = //p')
    for on in $registers; do
        case $on in
            no) export GLIBC_TUNABLES=glibc.pthread.rseq=0 ;;
            *) unset GLIBC_TUNABLES ;;
        esac
        "$jdk/bin/java" -javaagent:rseq-agent.jar=adopt=adders -Drounds="${ROUNDS:-20000}" -cp .:rseq-api.jar Probe >out 2>&1
        code=$?
        field() { sed -n "s/^rseq: owner=.* $1=\([^ ]*\).*/\1/p" out | head -n 1; }
        owner=$(sed -n 's/^rseq: owner=\(.*\) area=.*/\1/p' out | head -n 1)
        committer=$(sed -n 's/^committer=//p' out | head -n 1)
        result=$(sed -n -e 's/^exact$/exact/p' -e 's/^first wrong: /wrong: /p' out | head -n 1)
        [ "$code" -eq 0 ] && [ -n "$result" ] || result="wrong: ended with $code"
        warned=$(grep -c -e WARN -e ERROR out)
        [ "$warned" -eq 0 ] || result="$result, warnings: $(sed -n 's/^rseq: WARN //p' out | head -n 1)"
        echo "| $(uname -m) | $(field kernel) | $glibc | $(field cpus) | $version | $on | $owner | $committer | $result |"
        case $result in exact) ;; *) cat out >&2 ;; esac
    done
done
