package io.caravan.testing;

import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.gaul.shaded.org.eclipse.jetty.http.HttpHeader;
import org.gaul.shaded.org.eclipse.jetty.http.MetaData;
import org.gaul.shaded.org.eclipse.jetty.io.Content;
import org.gaul.shaded.org.eclipse.jetty.io.EofException;
import org.gaul.shaded.org.eclipse.jetty.server.Handler;
import org.gaul.shaded.org.eclipse.jetty.server.HttpStream;
import org.gaul.shaded.org.eclipse.jetty.server.Request;
import org.gaul.shaded.org.eclipse.jetty.server.Response;
import org.gaul.shaded.org.eclipse.jetty.util.Callback;

/** Stands before S3Proxy's own handler: writes down every request with its answer, and refuses or holds uploads. */
final class S3Front extends Handler.Wrapper {

    private final List<S3Request> requests = new CopyOnWriteArrayList<>();
    private int failing;
    private int failure;
    private int wait;
    private int breaking;
    private boolean holding;
    private boolean closed;
    private int held;

    List<S3Request> requests() {
        return List.copyOf(requests);
    }

    void forgetRequests() {
        requests.clear();
    }

    synchronized void failPuts(int status, int times) {
        failure = status;
        failing = times;
    }

    /** What refusals ask to wait, in seconds; 0: nothing. */
    synchronized void askToWait(int seconds) {
        wait = seconds;
    }

    synchronized void breakPuts(int times) {
        breaking = times;
    }

    /** Whether this upload is broken off. */
    private synchronized boolean nextBreaks() {
        if (breaking == 0) {
            return false;
        }
        breaking--;
        return true;
    }

    synchronized void hold() {
        holding = true;
    }

    synchronized void release() {
        holding = false;
        notifyAll();
    }

    synchronized int held() {
        return held;
    }

    /** Refuses what is held, and holds nothing any more. */
    synchronized void refuseHeld() {
        closed = true;
        notifyAll();
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        S3Request asked = asked(request);
        request.addHttpStreamWrapper(stream -> new Recorded(stream, asked));
        if (!asked.isPut()) {
            return super.handle(request, response, callback);
        }
        if (!awaitRelease()) {
            fail(response, callback, 503);
            return true;
        }
        if (nextBreaks()) {
            request.read(); // some of it
            request.getConnectionMetaData().getConnection().getEndPoint().close();
            callback.failed(new EofException("told to break off"));
            return true;
        }
        int status = nextFailure();
        if (status > 0) {
            // A body left unread would close the connection, perhaps before the client has read the answer.
            Content.Source.consumeAll(request);
            askToWait(response);
            fail(response, callback, status);
            return true;
        }
        return super.handle(request, response, callback);
    }

    /** Whether the upload was let go to be stored; not if the server closed under it. */
    private synchronized boolean awaitRelease() throws InterruptedException {
        while (holding && !closed) {
            held++;
            try {
                wait();
            } finally {
                held--;
            }
        }
        return !holding;
    }

    /** 0: none. */
    private synchronized int nextFailure() {
        if (failing == 0) {
            return 0;
        }
        failing--;
        return failure;
    }

    private synchronized void askToWait(Response response) {
        if (wait > 0) {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, Integer.toString(wait));
        }
    }

    private static void fail(Response response, Callback callback, int status) {
        String code = status == 503 ? "SlowDown" : status == 403 ? "AccessDenied" : "InternalError";
        String body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>%s</Code><Message>%s</Message></Error>"
                .formatted(code, "the server was told to answer " + status);
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/xml");
        response.write(true, ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)), callback);
    }

    private static S3Request asked(Request request) {
        String[] path = request.getHttpURI().getPath().split("/", 3);
        String query = request.getHttpURI().getQuery();
        return new S3Request(
                Instant.now(),
                request.getMethod(),
                path.length > 1 ? decode(path[1]) : "",
                path.length > 2 ? decode(path[2]) : "",
                query == null ? "" : query,
                0);
    }

    private static String decode(String path) {
        return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** Writes a request down before the first byte of its answer leaves: no client knows more than the ledger. */
    private final class Recorded extends HttpStream.Wrapper {

        private final S3Request asked;
        private boolean recorded;

        Recorded(HttpStream stream, S3Request asked) {
            super(stream);
            this.asked = asked;
        }

        @Override
        public void send(
                MetaData.Request request,
                MetaData.Response response,
                boolean last,
                ByteBuffer content,
                Callback callback) {
            // An interim answer (100) is none yet, and an error behind an answer never leaves.
            if (!recorded && response != null && response.getStatus() >= 200) {
                recorded = true;
                requests.add(asked.answered(response.getStatus()));
            }
            super.send(request, response, last, content, callback);
        }
    }
}
