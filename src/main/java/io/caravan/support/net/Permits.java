package io.caravan.support.net;

import java.io.IOException;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.springframework.stereotype.Component;

/**
 * What the work of a thread has to be allowed before each request that the thread sends. It is asked when the request's
 * connection is there, and so is the last thing that happens before its first byte leaves, whichever client makes it: the
 * parts of an upload, a look afterwards, a token fetched in between are requests that whoever carries out the work never sees.
 */
@Component
public final class Permits {

    private final ThreadLocal<Runnable> ofThread = new ThreadLocal<>();

    /** From now on this is asked before each request of this thread; it throws where that may not be sent. */
    public void require(Runnable permit) {
        ofThread.set(permit);
    }

    /** The requests of this thread need none any more. */
    public void end() {
        ofThread.remove();
    }

    ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        Runnable permit = ofThread.get();
        if (permit != null) {
            try {
                permit.run();
            } catch (RuntimeException refused) {
                scope.execRuntime.discardEndpoint();
                throw refused;
            }
        }
        return chain.proceed(request, scope);
    }
}
