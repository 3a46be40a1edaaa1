package io.caravan.support.net;

import java.io.IOException;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;

/**
 * For a proxy HttpClient writes the target of an http request anew, and encodes it again or refuses it. What goes out must
 * be the bytes that a source named or a signature holds for: so it is given another, and the true one is put back after.
 */
final class UntouchedTarget {

    private static final String NAME = UntouchedTarget.class.getName();

    private UntouchedTarget() {}

    /** Before HttpClient's own handling of the request. */
    static ClassicHttpResponse take(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        if (scope.route.getProxyHost() != null && !scope.route.isTunnelled()) {
            scope.clientContext.setAttribute(NAME, request.getPath());
            request.setPath("/");
        }
        return chain.proceed(request, scope);
    }

    /** After it; an {@link ExecChainHandler} as the other. */
    static ClassicHttpResponse putBack(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        if (scope.clientContext.removeAttribute(NAME) instanceof String path) {
            request.setPath(path);
        }
        return chain.proceed(request, scope);
    }
}
