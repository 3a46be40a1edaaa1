package io.caravan.source;

import io.caravan.support.net.NetworkRefusedException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;

/** What an I/O failure means, in words for the dashboard: never a URL, whose query may name a patient. */
final class Causes {

    private Causes() {}

    static String describe(IOException e) {
        if (e instanceof NetworkRefusedException refused) {
            return refused.getMessage();
        }
        if (e instanceof UnknownHostException) {
            return "its host name does not resolve";
        }
        if (e instanceof ConnectException) {
            return "it refuses connections";
        }
        if (e instanceof NoRouteToHostException) {
            return "there is no route to it";
        }
        if (e instanceof SSLException) {
            return "TLS failed (%s)".formatted(e.getMessage());
        }
        return "the connection broke (%s)".formatted(e.getClass().getSimpleName());
    }
}
