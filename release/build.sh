#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# release/build.sh VERSION   builds what is published, twice, from the commit that is checked out, in two folders; compares the two bit by bit;
#                            has a project of its own resolve the first and run; leaves it in target/release/repository, with SHA256SUMS.
# Tests are not run: run mvn verify before. MAVEN_OPTS is obeyed; with -Dgpg.keyname=KEY in RELEASE_OPTS the first build is signed.
set -eu
version=${1:?give a version, such as 0.1.0}
here=$(dirname "$(dirname "$(readlink -f "$0")")")
to=$here/target/release
published=bom,api,agent,adapters$(printf ',adapters/%s' hdrhistogram jackson log4j micrometer prometheus)
commit=$(git -C "$here" rev-parse HEAD)
rm -rf "$to"
mkdir -p "$to"

# build NAME OPTION...: a clone, at another path than the other one, as the version.
build() {
    clone=$to/$1
    shift
    git clone -q --no-checkout "$here" "$clone"
    git -C "$clone" checkout -q --detach "$commit"
    find "$clone" -name pom.xml -exec sed -i "s/0\.1\.0-SNAPSHOT/$version/g" {} +
    mvn -q -B -f "$clone/pom.xml" -Prelease -DskipTests -DskipITs -Dmaven.install.skip=true -pl "$published" -am "$@" \
        -DaltDeploymentRepository="release::file:$clone/target/repository" deploy
    # Times of the deployment, which no two have in common, and Maven asks for no release.
    find "$clone/target/repository" -name 'maven-metadata.xml*' -delete
}

build first ${RELEASE_OPTS:-}
build a/folder/further/down/second
first=$to/first/target/repository
second=$to/a/folder/further/down/second/target/repository
find "$first" -type f ! -name '*.asc*' | sort >"$to/files"
[ "$(find "$first" -name '*.jar' | wc -l)" -ge 21 ] || { echo "rseq: jars are missing in $first" >&2; exit 1; }
diff -r --exclude='*.asc*' "$first" "$second"
echo "rseq: two builds, $(wc -l <"$to/files") files each, are equal bit by bit"

mv "$first" "$to/repository"
(cd "$to/repository" && find . -type f -name "*$version*" ! -name '*.md5' ! -name '*.sha1' | sort | xargs sha256sum) >"$to/SHA256SUMS"
mvn -q -B -f "$here/release/consumer/pom.xml" -Drseq.version="$version" -Drseq.repository="file:$to/repository" \
    -Dmaven.repo.local="$to/consumer-repository" -DbuildDirectory="$to/consumer" verify
echo "rseq: a project of its own resolved rseq-bom $version and ran under the agent"
