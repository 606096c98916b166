/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.weave;

/**
 * Whether this process has, or is making, an MBean server and a flight recorder: known by a class of each, which the JVM shows to a transformer when
 * it is loaded. To ask for either would make it.
 */
public final class JdkServices {
    /** The JVM loads it when it makes the first MBean server. */
    private static final String MBEAN_SERVER = "com/sun/jmx/mbeanserver/JmxMBeanServer";

    /** The JVM loads it when it makes the flight recorder, for the first recording. */
    private static final String FLIGHT_RECORDER = "jdk/jfr/internal/PlatformRecorder";

    private volatile boolean mbeanServer;
    private boolean flightRecorder;

    /** A class of the JDK's is being loaded, or was there before the agent; named as in its file. */
    void saw(String name) {
        if (MBEAN_SERVER.equals(name)) mbeanServer = true;
        else if (FLIGHT_RECORDER.equals(name)) flightRecorderCame();
    }

    public boolean hasMBeanServer() {
        return mbeanServer;
    }

    public synchronized boolean hasFlightRecorder() {
        return flightRecorder;
    }

    /** Waits until then, and no longer than that. */
    public synchronized void awaitFlightRecorder(long milliseconds) throws InterruptedException {
        if (!flightRecorder) wait(milliseconds);
    }

    /** Ends the wait for it now: there is something to do. */
    public synchronized void wakeHousekeeper() {
        notifyAll();
    }

    private synchronized void flightRecorderCame() {
        flightRecorder = true;
        notifyAll();
    }
}
