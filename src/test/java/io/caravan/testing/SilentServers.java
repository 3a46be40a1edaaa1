package io.caravan.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Servers, each on a port of its own, that take connections and requests and never answer, or answer each with 503; and
 * what they saw of how many were on their way at once.
 */
public final class SilentServers implements AutoCloseable {

    private static final byte[] BUSY =
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);

    private final boolean answering;
    private final List<ServerSocket> servers = new ArrayList<>();
    private final List<AtomicInteger> each = new ArrayList<>();
    private final AtomicInteger all = new AtomicInteger();
    private final AtomicInteger mostOfAll = new AtomicInteger();
    private final AtomicInteger mostOfOne = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "silent-server");
        thread.setDaemon(true);
        return thread;
    });

    private SilentServers(int count, boolean answering) {
        this.answering = answering;
        for (int i = 0; i < count; i++) {
            AtomicInteger own = new AtomicInteger();
            try {
                ServerSocket server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
                servers.add(server);
                each.add(own);
                threads.execute(() -> accept(server, own));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** They never answer. */
    public static SilentServers start(int count) {
        return new SilentServers(count, false);
    }

    /** They answer everything with 503, once they have read something of it. */
    public static SilentServers busy(int count) {
        return new SilentServers(count, true);
    }

    /** Ports to which nobody listens, and that nobody else gets. */
    public static final class Closed implements AutoCloseable {

        private final List<Socket> bound = new ArrayList<>();

        public Closed(int count) {
            try {
                for (int i = 0; i < count; i++) {
                    Socket socket = new Socket();
                    socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
                    bound.add(socket);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        public URI endpoint(int number) {
            return URI.create("http://127.0.0.1:" + bound.get(number).getLocalPort());
        }

        @Override
        public void close() {
            bound.forEach(SilentServers::quietly);
        }
    }

    public URI endpoint(int number) {
        return URI.create("http://127.0.0.1:" + servers.get(number).getLocalPort());
    }

    /** Connections that are open now, at all of them. */
    public int inFlight() {
        return all.get();
    }

    /** The most that were open at once, at all of them. */
    public int mostAtOnce() {
        return mostOfAll.get();
    }

    /** The most that were open at once at any one of them. */
    public int mostAtOnceAtOne() {
        return mostOfOne.get();
    }

    /** How many connections brought something. */
    public int requests() {
        return requests.get();
    }

    /** Ends all connections that are open now. */
    public void hangUp() {
        open.forEach(SilentServers::quietly);
    }

    private void accept(ServerSocket server, AtomicInteger own) {
        while (!server.isClosed()) {
            try {
                Socket connection = server.accept();
                threads.execute(() -> serve(connection, own));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket connection, AtomicInteger own) {
        boolean counted = true;
        open.add(connection);
        mostOfAll.accumulateAndGet(all.incrementAndGet(), Math::max);
        mostOfOne.accumulateAndGet(own.incrementAndGet(), Math::max);
        try (connection) {
            InputStream in = connection.getInputStream();
            byte[] buffer = new byte[64 * 1024];
            int n = in.read(buffer);
            requests.addAndGet(n > 0 ? 1 : 0);
            if (answering) {
                counted = false; // from the first byte of the answer on the client may send the next
                own.decrementAndGet();
                all.decrementAndGet();
                connection.getOutputStream().write(BUSY);
            }
            while (n >= 0) {
                n = in.read(buffer);
            }
        } catch (IOException e) {
            // the client gave up, or the server ends
        } finally {
            open.remove(connection);
            if (counted) {
                own.decrementAndGet();
                all.decrementAndGet();
            }
        }
    }

    @Override
    public void close() {
        servers.forEach(SilentServers::quietly);
        hangUp();
        threads.shutdownNow();
    }

    private static void quietly(AutoCloseable closed) {
        try {
            closed.close();
        } catch (Exception e) {
            throw new IllegalStateException("a socket does not close", e);
        }
    }
}
