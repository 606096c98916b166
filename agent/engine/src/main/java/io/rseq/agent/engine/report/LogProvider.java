/* SPDX-License-Identifier: Apache-2.0 */
package io.rseq.agent.engine.report;

import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * The engine's SLF4J provider, for whatever behind the engine's class loader asks LoggerFactory. The engine itself takes {@link
 * LineLogger#LOG} directly: LoggerFactory would obey the application's {@code -Dslf4j.provider}, and search for what is known.
 */
public final class LogProvider implements SLF4JServiceProvider, ILoggerFactory {
    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter contexts = new NOPMDCAdapter();

    @Override
    public Logger getLogger(String name) {
        return LineLogger.LOG;
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return this;
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return contexts;
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0.99";
    }

    @Override
    public void initialize() {}
}
