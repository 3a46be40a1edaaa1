package io.caravan.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/** A server that lets nobody in, and repeats in its refusals what it was sent: address, headers and all. */
public final class EchoServer implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private volatile Refusal refusal;

    /**
     * How it refuses.
     *
     * @param status 0: not at all, the connection ends
     * @param body with {@code %s} where the request is repeated
     */
    public record Refusal(int status, String contentType, String body) {

        /** The connection ends without an answer. */
        public static final Refusal NONE = new Refusal(0, "", "");
    }

    private EchoServer(Refusal refusal) throws IOException {
        this.refusal = refusal;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    /** Starts on any free port. */
    public static EchoServer start(Refusal refusal) {
        try {
            return new EchoServer(refusal);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** From now on it refuses like this. */
    public void refuse(Refusal next) {
        refusal = next;
    }

    /** Each request's address and headers. */
    public List<String> seen() {
        return List.copyOf(seen);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            Map<Boolean, String> headers = exchange.getRequestHeaders().entrySet().stream()
                    .map(header -> header.getKey() + ": " + String.join(", ", header.getValue()))
                    .collect(Collectors.partitioningBy(EchoServer::isProof, Collectors.joining(" | ")));
            // What is looked for comes first: messages are kept up to a length.
            String request = headers.get(true) + " | " + exchange.getRequestURI() + " | " + headers.get(false);
            seen.add(request);
            Refusal now = refusal;
            if (exchange.getRequestMethod().equals("HEAD") && now.status() != 0) {
                exchange.sendResponseHeaders(200, -1); // whose refusal would have no body
            } else if (now.status() != 0) {
                byte[] body = now.body()
                        .replace("%s", request.replace("&", "&amp;").replace("\"", "'"))
                        .getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("Content-Type", now.contentType());
                exchange.sendResponseHeaders(now.status(), body.length);
                exchange.getResponseBody().write(body);
            }
        }
    }

    private static boolean isProof(String header) {
        return header.matches("(?i)(authorization|x-amz-security-token):.*");
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
