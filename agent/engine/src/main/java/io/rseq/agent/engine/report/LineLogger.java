/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.report;

import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/**
 * One line per message: {@code rseq: } and, unless it is INFO, the level. An ERROR is a WARN that costs a feature.
 */
public final class LineLogger extends LegacyAbstractLogger {
    /** The one logger. */
    public static final LineLogger LOG = new LineLogger();

    private static final long serialVersionUID = 1;

    private LineLogger() {
        name = "rseq";
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level, Marker marker, String pattern, Object[] arguments, Throwable throwable) {
        StringBuilder line = new StringBuilder(160);
        line.append(arguments == null ? pattern : MessageFormatter.basicArrayFormat(pattern, arguments));
        if (throwable != null) line.append(": ").append(throwable);
        Log.write(level.toString(), line.toString());
    }

    @Override
    public boolean isTraceEnabled() {
        return false;
    }

    @Override
    public boolean isDebugEnabled() {
        return Log.shows(Log.Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
        return Log.shows(Log.Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return Log.shows(Log.Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
        return Log.shows(Log.Level.WARN);
    }

    @Override
    protected String getFullyQualifiedCallerName() {
        return null;
    }
}
