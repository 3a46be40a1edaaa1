package io.caravan.support.net;

import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.NoHttpResponseException;

/** Why a connection did not come about, in words for the dashboard: never a URL, whose query may name a patient. */
public final class ConnectionFailures {

    private ConnectionFailures() {}

    /** The first known reason among the failure and its causes. */
    public static String describe(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            String reason = reason(t);
            if (reason != null) {
                return reason;
            }
        }
        return "the connection broke (%s)".formatted(failure.getClass().getSimpleName());
    }

    private static String reason(Throwable t) {
        if (t instanceof NetworkRefusedException) {
            return t.getMessage();
        }
        if (t instanceof UnknownHostException) {
            return "its host name does not resolve";
        }
        if (t instanceof ConnectException) {
            return "it refuses connections";
        }
        if (t instanceof NoRouteToHostException) {
            return "there is no route to it";
        }
        if (t instanceof SSLException) {
            return "TLS failed (%s)".formatted(t.getMessage());
        }
        if (t instanceof SocketException) {
            return "the connection was reset";
        }
        if (t instanceof NoHttpResponseException) {
            return "it closed the connection without an answer";
        }
        if (t instanceof ConnectionClosedException) {
            return "it closed the connection before its answer was whole";
        }
        return t instanceof InterruptedIOException ? "it did not answer in time" : null;
    }
}
