#!/bin/sh
# build.sh build   compiles the native libraries into target/linux-ARCH
# build.sh test    compiles and runs the C tests, plainly and with AddressSanitizer and UndefinedBehaviorSanitizer
# build.sh once    compiles and runs them plainly alone
# Called by Maven; JAVA_HOME must be a JDK. CC and CFLAGS are obeyed.
set -eu
cd "$(dirname "$(readlink -f "$0")")"

die() {
    echo "rseq: $*" >&2
    exit 1
}

need() {
    command -v "$1" >/dev/null 2>&1 || die "$1 is missing; install it (Debian, Ubuntu: apt-get install $2; Fedora: dnf install $3)"
}

need "${CC:-cc}" gcc gcc
need cmake cmake cmake
need make make make
[ -n "${JAVA_HOME:-}" ] && [ -f "$JAVA_HOME/include/jni.h" ] || die "no include/jni.h in JAVA_HOME '${JAVA_HOME:-}'; point it at a JDK, not a JRE"

case $(uname -m) in
    x86_64) platform=linux-x86-64 ;;
    aarch64) platform=linux-aarch64 ;;
    *) die "no rseq for $(uname -m): x86-64 or aarch64 is needed" ;;
esac
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

# configure FOLDER OPTION...: quiet when all is well, everything when not.
configure() {
    folder=$1
    shift
    log=$(cmake -S . -B "$folder" -DRSEQ_JAVA_HOME="$JAVA_HOME" "$@" 2>&1) || {
        echo "$log" >&2
        die "cmake could not configure the native part; the lines above say why"
    }
}

# compile PLATFORM FOLDER OPTION...: leaves the stripped libraries in target/PLATFORM, and those with sequences that do not restart, which
# tests must catch, in target/broken-PLATFORM.
compile() {
    to=target/$1
    from=$2
    shift 2
    configure "$from" -DBUILD_TESTING=OFF -DCMAKE_INSTALL_PREFIX="$PWD/$to" "$@"
    cmake --build "$from" --parallel "$jobs"
    cmake --install "$from" --strip
    cmake --install "$from" --strip --component broken --prefix "$PWD/target/broken-${to#target/}"
}

# compile_and_test FOLDER OPTION...: runs ctest in the folder itself, because --test-dir came with CMake 3.20, and --no-tests=error with 3.17.
compile_and_test() (
    configure "$@" -DBUILD_TESTING=ON
    cmake --build "$1" --parallel "$jobs"
    cd "$1"
    ctest --show-only | grep -q '^Total Tests: [1-9]' || die "there are no C tests in native/$1"
    ctest --output-on-failure
)

case ${1:-build} in
    build)
        compile "$platform" target/cmake
        # A jar for both architectures, where the cross compiler is installed (Debian: apt-get install gcc-aarch64-linux-gnu).
        if [ "$platform" = linux-x86-64 ] && command -v aarch64-linux-gnu-gcc >/dev/null 2>&1; then
            compile linux-aarch64 target/cmake-aarch64 -DCMAKE_TOOLCHAIN_FILE="$PWD/cmake/aarch64-linux-gnu.cmake"
        fi
        ;;
    once)
        compile_and_test target/cmake-test
        ;;
    test)
        compile_and_test target/cmake-test
        compile_and_test target/cmake-asan -DRSEQ_SANITIZE=ON
        # What was built for the other architecture can't run here, but it can be looked at.
        library=target/linux-aarch64/librseq_jvm.so
        if [ "$platform" != linux-aarch64 ] && [ -e "$library" ]; then
            test/exported_symbols.sh jvm "$library" || [ $? = 77 ] || die "$library is not as it should be; the line above says why"
        fi
        ;;
    *) die "usage: build.sh build|test|once" ;;
esac
