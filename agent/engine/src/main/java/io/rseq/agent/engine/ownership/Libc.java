/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.ownership;

import com.sun.jna.Function;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import io.rseq.agent.engine.report.Reason;

/**
 * What the C library says of itself, asked through JNA: a second source, independent of our own native code, for the command line, the
 * ledger and the debug log. Nothing hot comes here, and nothing that an application's start waits for: JNA takes 100 ms to start, and it
 * starts {@code java.util.logging}.
 */
public final class Libc {
    /** Auxiliary vector (include/uapi/linux/auxvec.h, Linux 6.3). */
    private static final int AT_RSEQ_FEATURE_SIZE = 27;

    private static final int AT_RSEQ_ALIGN = 28;

    private static Libc instance;
    private static String unavailable;

    private static final Pointer RTLD_DEFAULT = null;

    /**
     * All that is taken from our own code is where dlsym is. JNA's NativeLibrary would find it, too, but its initialiser runs {@code
     * ldconfig} in a process of its own.
     */
    private final Function dlsym = Function.getFunction(new Pointer($Rseq.dlsymFunction()));

    private Libc() {}

    /**
     * Starts JNA at the first call.
     *
     * @throws IllegalStateException with the reason when JNA is not available in this process
     */
    public static synchronized Libc open() {
        if (instance != null) return instance;
        if (unavailable != null) throw new IllegalStateException(unavailable); // a second try fails for other reasons
        try {
            JnaModule.define();
            instance = JnaModule.start(Libc::new);
            return instance;
        } catch (Throwable failure) { // of another version's native half it throws a plain Error
            unavailable = "JNA can't start here (" + Reason.of(failure) + "); " + advice();
            throw new IllegalStateException(unavailable);
        }
    }

    private static String advice() {
        return ModuleLayer.boot().findModule("java.logging").isPresent()
                ? "if the temporary folder is mounted noexec, set -Djna.tmpdir to another"
                : "this runtime image lacks the module java.logging; add it with jlink";
    }

    /** {@code gnu_get_libc_version()}; {@code "?"} where the C library is not glibc. */
    public String version() {
        Function function = function("gnu_get_libc_version");
        return function == null ? "?" : function.invokeString(new Object[0], false);
    }

    /** {@code __rseq_size}, -1 where glibc has no such symbol (before 2.35). */
    public long rseqSize() {
        Pointer size = symbol("__rseq_size");
        return size == null ? -1 : Integer.toUnsignedLong(size.getInt(0));
    }

    /** {@code __rseq_offset}, 0 where glibc has no such symbol. */
    public long rseqOffset() {
        Pointer offset = symbol("__rseq_offset");
        return offset == null ? 0 : offset.getLong(0);
    }

    /** {@code AT_RSEQ_FEATURE_SIZE}, 0 on a kernel before 6.3. */
    public long featureSize() {
        return auxiliary(AT_RSEQ_FEATURE_SIZE);
    }

    /** {@code AT_RSEQ_ALIGN}, 0 on a kernel before 6.3. */
    public long alignment() {
        return auxiliary(AT_RSEQ_ALIGN);
    }

    /** {@code sched_getcpu()} of the calling thread. */
    public int currentCpu() {
        return function("sched_getcpu").invokeInt(new Object[0]);
    }

    @Override
    public String toString() {
        return "libc glibc=" + version() + " rseq_size=" + rseqSize() + " rseq_offset=" + rseqOffset()
                + " feature_size=" + featureSize() + " align=" + alignment() + " sched_getcpu=" + currentCpu();
    }

    private long auxiliary(long type) {
        Object[] arguments = {new NativeLong(type)};
        return ((NativeLong) function("getauxval").invoke(NativeLong.class, arguments)).longValue();
    }

    private Function function(String name) {
        Pointer address = symbol(name);
        return address == null ? null : Function.getFunction(address);
    }

    private Pointer symbol(String name) {
        Object[] arguments = {RTLD_DEFAULT, name};
        return dlsym.invokePointer(arguments);
    }
}
