package io.caravan.support.net;

import java.io.IOException;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;

/** Before each request: its target is written as it should be, and behind a proxy resolves to what is allowed. */
final class GuardedExchange implements ExecChainHandler {

    private final NetworkGuard guard;
    private final TargetLookup lookup;

    GuardedExchange(NetworkGuard guard, TargetLookup lookup) {
        this.guard = guard;
        this.lookup = lookup;
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        if (request.getAuthority() != null && request.getAuthority().getUserInfo() != null) {
            throw new NetworkRefusedException("a URL must not contain a user name or password");
        }
        HttpHost target = scope.route.getTargetHost();
        guard.checkTarget(target.getSchemeName(), target.getHostName(), target.getPort());
        if (scope.route.getProxyHost() != null) { // else whoever connects looks it up, and connects to what was checked
            lookup.find(target.getSchemeName(), target.getHostName(), target.getPort());
        }
        return chain.proceed(request, scope);
    }
}
