package io.caravan.support.net;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;

/**
 * A guarded client that bounds the time and the size of whole exchanges. Time-outs of sockets do not: a peer that sends a
 * byte now and then keeps them from ever running out.
 */
@Component
public final class BoundedHttp implements AutoCloseable {

    private static final int CHUNK = 64 * 1024;
    // What a peer announces is not yet what it sends: beyond this the buffer grows with what arrives.
    private static final long FIRST_BUFFER = 1 << 20;

    private final CloseableHttpClient http;
    private final ScheduledExecutorService deadlines;

    public BoundedHttp(GuardedHttpClients clients) {
        this.http = clients.create();
        this.deadlines = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "http-deadlines");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Makes a value of an answer, while its connection is held. */
    public interface Reader<T> {
        T read(Answer answer) throws IOException;
    }

    /** An answer whose head has arrived. What it repeats of the request's {@link Proofs} is not in what is read of it. */
    public static final class Answer {

        private final HttpUriRequestBase request;
        private final ClassicHttpResponse response;
        private final Proofs proofs;

        private Answer(HttpUriRequestBase request, ClassicHttpResponse response) {
            this.request = request;
            this.response = response;
            this.proofs = Proofs.of(request);
        }

        public int status() {
            return response.getCode();
        }

        /** The first of that name; null where there is none. */
        public String header(String name) {
            Header header = response.getFirstHeader(name);
            return header == null || header.getValue() == null ? null : proofs.takenFrom(header.getValue());
        }

        /** Shows each header with its value, in the order they came in. */
        public void eachHeader(BiConsumer<String, String> listener) {
            for (Header header : response.getHeaders()) {
                listener.accept(header.getName(), proofs.takenFrom(header.getValue()));
            }
        }

        public boolean hasBody() {
            return response.getEntity() != null;
        }

        /** The rest of the body is not wanted: closing the stream of a connection that lives would read it. */
        public void abandon() {
            request.cancel();
        }

        /**
         * The body; empty where there is none.
         *
         * @throws AnswerTooLargeException where it has more bytes than that, decompressed
         */
        public byte[] body(DataSize limit) throws IOException {
            HttpEntity entity = response.getEntity();
            if (entity == null) {
                return new byte[0];
            }
            long announced = Math.min(entity.getContentLength(), FIRST_BUFFER);
            ByteArrayOutputStream out = new ByteArrayOutputStream((int) Math.max(CHUNK, announced));
            copyTo(out, limit);
            return proofs.takenFrom(out.toByteArray());
        }

        /**
         * The body, as it arrives and with all that it repeats.
         *
         * @throws AnswerTooLargeException where it has more bytes than that, decompressed; the first of them are written
         */
        public void copyTo(OutputStream out, DataSize limit) throws IOException {
            HttpEntity entity = response.getEntity();
            if (entity == null) {
                return;
            }
            if (entity.getContentLength() > limit.toBytes()) {
                abandon();
                throw new AnswerTooLargeException();
            }
            try (InputStream in = entity.getContent()) {
                byte[] chunk = new byte[CHUNK];
                long left = limit.toBytes();
                for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                    left -= n;
                    if (left < 0) {
                        abandon();
                        throw new AnswerTooLargeException();
                    }
                    out.write(chunk, 0, n);
                }
            }
        }
    }

    /**
     * Who is connected to.
     *
     * @param host a name or an address; one of IPv6 with its brackets, or without
     * @param port -1 where it is the scheme's own
     */
    public static HttpHost host(String scheme, String host, int port) {
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return new HttpHost(scheme, bare, port);
    }

    /**
     * What the reader makes of the answer.
     *
     * @param limit from connecting to the last byte
     * @throws ExchangeOverdueException where that took longer
     * @throws IOException where there was no whole answer; {@link ConnectionFailures} has words for it
     */
    public <T> T exchange(HttpHost host, HttpUriRequestBase request, Duration limit, Reader<T> reader)
            throws IOException {
        ScheduledFuture<?> deadline = deadlines.schedule(request::cancel, limit.toMillis(), TimeUnit.MILLISECONDS);
        try {
            return http.execute(host, request, response -> reader.read(new Answer(request, response)));
        } catch (AnswerTooLargeException e) {
            throw e;
        } catch (IOException e) {
            throw request.isCancelled() ? new ExchangeOverdueException() : e;
        } finally {
            deadline.cancel(false);
        }
    }

    @Override
    public void close() throws IOException {
        deadlines.shutdownNow();
        http.close();
    }
}
