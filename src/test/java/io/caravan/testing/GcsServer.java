package io.caravan.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.LoggerFactory;

/**
 * Google Cloud Storage's JSON API on 127.0.0.1, as far as it is needed and as strict: tokens only for assertions that a service
 * account's key signed, requests only with such a token, uploads in one request or in sessions of parts, digests checked, generations
 * counted, errors as Google words them. There is no emulator of it that could be had.
 */
public final class GcsServer implements CloudServer {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final PutFaults faults = new PutFaults();
    private final GcsStore store = new GcsStore();
    private final GcsAccounts accounts;
    private final GcsUploads uploads;

    private GcsServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        accounts = new GcsAccounts(endpoint() + "/token");
        uploads = new GcsUploads(endpoint(), store, faults);
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    /** Starts on any free port, without buckets. */
    public static GcsServer start() {
        try {
            return new GcsServer();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String vendor() {
        return "gcs";
    }

    @Override
    public String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The key file of the service account. */
    @Override
    public Map<String, String> credentials() {
        return Map.of("service_account_json", accounts.keyFile());
    }

    /** A key file of the same account with a key that Google does not know. */
    public Map<String, String> strangersCredentials() {
        return Map.of("service_account_json", accounts.keyFileOfAStranger());
    }

    /** What of the key file is secret, in pieces without line ends. */
    public List<String> secrets() {
        return accounts.secrets();
    }

    /** Sends uploads from now on to another server, as one that was taken over could. */
    public void sendUploadsTo(URI elsewhere) {
        uploads.sendTo(elsewhere);
    }

    @Override
    public void rotate() {
        accounts.rotate();
    }

    @Override
    public void createBucket(String bucket) {
        store.create(bucket);
    }

    @Override
    public void deleteBucket(String bucket) {
        store.delete(bucket);
    }

    @Override
    public List<String> keys(String bucket, String prefix) {
        return store.keys(bucket, prefix);
    }

    @Override
    public byte[] bytes(String bucket, String key) {
        return store.get(bucket, key).content();
    }

    @Override
    public void failPuts(int status, int times) {
        faults.fail(status, times);
    }

    @Override
    public void truncatePuts(int times) {
        faults.truncate(times);
    }

    @Override
    public void hold() {
        faults.hold();
    }

    @Override
    public void release() {
        faults.release();
    }

    @Override
    public int held() {
        return faults.held();
    }

    @Override
    public void askToWait(int seconds) {
        faults.askToWait(seconds);
    }

    @Override
    public List<Instant> putsAt() {
        return faults.puts();
    }

    @Override
    public void close() {
        faults.close();
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            GcsCall call = GcsCall.of(exchange);
            try {
                answer(exchange, route(call));
            } catch (GcsError e) {
                answer(exchange, e.answer());
            } catch (RuntimeException e) {
                LoggerFactory.getLogger(GcsServer.class).error("the server does not understand a request", e);
                answer(exchange, new GcsError(501, "notImplemented", "this server does not understand that").answer());
            }
        }
    }

    private GcsReply route(GcsCall call) {
        if (call.path().equals("/token")) {
            return accounts.token(call);
        }
        accounts.requireToken(call);
        if (call.path().startsWith("/upload/storage/v1/b/")) {
            return uploads.handle(call);
        }
        String[] names = call.names("/storage/v1/b/");
        store.require(names[0]);
        if (names.length == 1) {
            return store.list(names[0], call.query("prefix"));
        }
        return switch (call.method()) {
            case "GET" -> store.read(names[0], names[1], "media".equals(call.query("alt")));
            case "DELETE" -> store.remove(names[0], names[1]);
            default -> throw new GcsError(405, "methodNotAllowed", "Method Not Allowed");
        };
    }

    private static void answer(HttpExchange exchange, GcsReply reply) throws IOException {
        reply.headers().forEach(exchange.getResponseHeaders()::set);
        byte[] body = body(reply);
        if (reply.body() != null && !(reply.body() instanceof byte[])) {
            exchange.getResponseHeaders().set("Content-Type", "application/json; charset=UTF-8");
        }
        exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    private static byte[] body(GcsReply reply) {
        try {
            return reply.body() == null
                    ? new byte[0]
                    : reply.body() instanceof byte[] bytes ? bytes : JSON.writeValueAsBytes(reply.body());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
