package io.caravan.support.net;

import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import javax.net.ssl.SSLException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.NoHttpResponseException;

/** Why a connection did not come about, in words for the dashboard: never a URL, whose query may name a patient. */
public final class ConnectionFailures {

    private static final String UNTRUSTED = "its certificate is not trusted, for no authority known here has signed it;"
            + " if one of your own has, name its certificate in " + TrustSettings.SETTING;

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
            return isUntrusted(t) ? UNTRUSTED : "TLS failed (%s)".formatted(t.getMessage());
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

    /** No path leads from the certificate to an authority; another fault of it has a message that says so. */
    private static boolean isUntrusted(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof CertPathBuilderException) {
                return true;
            }
        }
        return false;
    }
}
