#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Builds the site in target/site: README, docs/, and the Javadoc of API and adapters. Follows its links.
# SITE_BASE=/path/ is where it will lie on its host, if not at the root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for command in node npm mvn; do
    command -v "$command" >/dev/null || { echo "site/build.sh: it needs node 20 or newer, npm, and Maven; there is no $command" >&2; exit 1; }
done

npm --prefix site ci --silent --no-audit --no-fund
npm --prefix site run --silent build

modules=api
for main in adapters/*/src/main; do modules+=,${main%/src/main}; done
mvn -q -pl "$modules" compile dependency:build-classpath -Dmdep.outputFile=target/classpath
"${JAVA_HOME:+$JAVA_HOME/bin/}javadoc" -quiet -Xdoclint:none -notimestamp --add-stylesheet site/javadoc.css \
    -windowtitle 'rseq for the JVM' -header '<a href="{@docRoot}/../index.html">rseq for the JVM</a>' \
    -cp "api/target/classes:$(paste -d: api/target/classpath adapters/*/target/classpath)" -d target/site/javadoc \
    api/src/main/java/io/rseq/*.java $(find adapters/*/src/main -name '*.java')

node site/links.mjs target/site
