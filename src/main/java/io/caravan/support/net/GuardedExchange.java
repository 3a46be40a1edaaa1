package io.caravan.support.net;

import java.io.IOException;
import java.net.UnknownHostException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;

/** Before each request: its target is written as it should be, and behind a proxy resolves to what is allowed. */
final class GuardedExchange implements ExecChainHandler {

    private final NetworkGuard guard;
    private final DnsResolver system;

    GuardedExchange(NetworkGuard guard, DnsResolver system) {
        this.guard = guard;
        this.system = system;
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        if (request.getAuthority() != null && request.getAuthority().getUserInfo() != null) {
            throw new NetworkRefusedException("a URL must not contain a user name or password");
        }
        HttpHost target = scope.route.getTargetHost();
        guard.checkTarget(target.getSchemeName(), target.getHostName(), target.getPort());
        if (scope.route.getProxyHost() != null) {
            checkBehindProxy(target);
        }
        return chain.proceed(request, scope);
    }

    private void checkBehindProxy(HttpHost target) throws NetworkRefusedException {
        if (guard.allowsByName(target.getSchemeName(), target.getHostName(), target.getPort())) {
            return;
        }
        try {
            guard.check(
                    target.getSchemeName(),
                    target.getHostName(),
                    target.getPort(),
                    system.resolve(target.getHostName()));
        } catch (NetworkRefusedException e) {
            throw e;
        } catch (UnknownHostException e) {
            throw new NetworkRefusedException(
                    ("%1$s cannot be resolved here, so it is unknown where the proxy would go;"
                                    + " to leave that to the proxy, add %1$s to %2$s")
                            .formatted(target.getHostName(), AllowList.SETTING));
        }
    }
}
