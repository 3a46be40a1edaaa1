package io.caravan.support.net;

import org.apache.hc.client5.http.impl.DefaultClientConnectionReuseStrategy;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * Which connections are used again: none on which a request with a body was refused. A server may answer before it has read
 * the body, and then closes (RFC 9112, section 9.6), with or without saying so; whatever came next over it, perhaps to
 * another bucket with other credentials, would get no answer.
 */
final class SpentConnections extends DefaultClientConnectionReuseStrategy {

    @Override
    public boolean keepAlive(HttpRequest request, HttpResponse response, HttpContext context) {
        boolean refused = response.getCode() >= HttpStatus.SC_CLIENT_ERROR && hasBody(request);
        return !refused && super.keepAlive(request, response, context);
    }

    private static boolean hasBody(HttpRequest request) {
        return request.containsHeader("Content-Length") && !lengthIsZero(request)
                || request.containsHeader("Transfer-Encoding");
    }

    private static boolean lengthIsZero(HttpRequest request) {
        return "0".equals(request.getFirstHeader("Content-Length").getValue());
    }
}
