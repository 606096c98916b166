/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.it.programs;

/** Drives another party of the process that uses rseq(2): a library {@code peer_*.c}, by its handle. All for the calling thread. */
final class Peer {
    private Peer() {}

    /** dlopen; 0 when it failed, which then says why on stderr. */
    static native long open(String path, boolean global);

    /** dlclose; whether the library is gone. */
    static native boolean close(long library, String path);

    /** 0, or the errno value. */
    static native int register(long library);

    /** 0, or the errno value. */
    static native int unregister(long library);

    /** On a thread that the JVM does not know: 0, or the errno value of what failed first. */
    static native int useOnNativeThread(long library);

    static native long area(long library);

    static native int cpuId(long library);

    /** -1: it has none. */
    static native long refcount(long library);

    /** Whether the kernel holds a registration at this address. */
    static native boolean kernelHolds(long area);

    /** Whether the kernel holds any. */
    static native boolean isRegistered();

    static native int threadId();

    /** What a library would bind to that is loaded now; 0 for nothing. */
    static native long globalArea();

    static native long globalRefcount();

    static native void setGlobalRefcount(long value);

    /** The agent's C API, found as native code would find it. */
    static native int agentRegister();

    static native int agentUnregister();
}
