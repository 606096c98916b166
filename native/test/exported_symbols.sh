#!/bin/sh
# exported_symbols.sh area|jvm LIBRARY: what the library shows to the process, and what it asks of the C library.
# SPDX-License-Identifier: Apache-2.0
set -eu
export LC_ALL=C
kind=$1
library=$2
sources=$(dirname "$0")/../src

for tool in objdump readelf; do
    if ! command -v $tool >/dev/null 2>&1; then
        echo "skipped: no $tool here (binutils)" >&2
        exit 77
    fi
done

die() {
    echo "$library: $*" >&2
    exit 1
}

# Names of defined dynamic symbols, one a line, the linker's own excepted.
defined=$(readelf --dyn-syms --wide "$library" | awk '$1 ~ /^[0-9]+:$/ && $7 != "UND" && $5 != "LOCAL" { print $5, $8 }' |
    grep -v -E ' (_init|_fini|_edata|_end|__bss_start)$' | sort)

newest=$(objdump -T "$library" | grep -o 'GLIBC_[0-9][0-9.]*' | sed s/GLIBC_// | sort -u -V | tail -n 1)
[ -z "$newest" ] || [ "$(printf '%s\n2.17\n' "$newest" | sort -V | tail -n 1)" = 2.17 ] ||
    die "needs GLIBC_$newest: $(objdump -T "$library" | grep "GLIBC_$newest" | awk '{ print $NF }' | tr '\n' ' ')"

# Built with glibc 2.38 or later these would be __isoc23_*@GLIBC_2.38; a build with an older one is to find them as well.
renamed=$(objdump -T "$library" | awk '/UND/ { print $NF }' | grep -E '(^|_)((str|wcs)to(u?ll?|[iu]max)|v?[fs]?w?scanf)$' | tr '\n' ' ' || true)
[ -z "$renamed" ] || die "asks for what glibc 2.38 renamed: $renamed"

case $kind in
    area)
        expected=$(printf '%s\n' 'GLOBAL rseq_agent_own_area' 'GLOBAL rseq_agent_own_area_alone' 'GLOBAL rseq_agent_own_refcount' \
            'WEAK __rseq_abi' 'WEAK __rseq_refcount' 'WEAK tcmalloc_rseq' 'WEAK tcmalloc_sampler' 'WEAK tcmalloc_slabs' | sort)
        [ "$defined" = "$expected" ] || die "exports
$defined
instead of
$expected"
        readelf --dyn-syms --wide "$library" | grep -q 'TLS .*WEAK .* __rseq_abi$' || die "__rseq_abi is not a TLS symbol"
        alignment=$(readelf --program-headers --wide "$library" | awk '$1 == "TLS" { print $NF }')
        [ "$((alignment))" -ge 64 ] || die "its TLS is aligned to $alignment, the kernel wants 64"
        readelf --dynamic --wide "$library" | grep -q STATIC_TLS || die "its TLS is not initial-exec (no DF_STATIC_TLS)"
        ;;
    jvm)
        [ -n "$newest" ] || die "asks for no versioned glibc symbol at all; is this the right file?"
        echo "$defined" | grep -q ' Java_java_lang__00024Rseq_open0$' || die "no native methods"
        echo "$defined" | grep -q ' Java_java_lang_' || die "no Java_java_lang_*"
        for function in Opening_layout0 Opening_open0 Opening_reason0 Opening_fence0 Opening_fenceAgain0 Opening_fenceIsRefused0 Opening_restarts0 Memory_allocate0 Memory_free0 Memory_allocated0 \
            Calls_address0 Calls_area0 Calls_cpus0 Calls_four0 Calls_five0 Calls_six0; do
            echo "$defined" | grep -q "^GLOBAL Java_java_lang__00024Rseq$function\$" || die "no $function"
        done
        # A text relocation, or a stack that can be executed, is what assembly brings along unasked.
        if readelf --dynamic --wide "$library" | grep -q TEXTREL; then die "has text relocations"; fi
        readelf --program-headers --wide "$library" | grep -q 'GNU_STACK.* RW ' || die "asks for an executable stack"
        for function in rseq_agent_register_current_thread rseq_agent_unregister_current_thread; do
            echo "$defined" | grep -q " $function\$" || die "no $function"
        done
        # A profiler finds a sequence by a symbol that is a function, has a size, and is there without the file; none but the sequences is shown.
        for function in enter $(grep '^    X(' "$sources/sequences.h" | grep -o 'X([a-z_]*)' | tr -d 'X()'); do
            readelf --dyn-syms --wide "$library" | grep -q " [1-9][0-9]* FUNC  *GLOBAL PROTECTED .* rseq_sequence_$function\$" ||
                die "rseq_sequence_$function is no protected function with a size"
        done
        strays=$(echo "$defined" | grep -v -E ' (Java_[A-Za-z0-9_]+|rseq_agent_[a-z_]+|rseq_sequence_[a-z_]+)$' || true)
        [ -z "$strays" ] || die "exports more than it should: $strays"
        if readelf --program-headers --wide "$library" | grep -q '^ *TLS '; then die "has a TLS segment"; fi
        ;;
    *) die "area or jvm, not '$kind'" ;;
esac
