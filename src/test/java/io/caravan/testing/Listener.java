package io.caravan.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/** Takes connections on a socket, a thread for each; whatever is under way breaks off when it closes. */
final class Listener implements AutoCloseable {

    /** What happens on one connection, which is closed behind it. */
    interface Service {
        void serve(Socket connection) throws IOException;
    }

    private final ServerSocket socket;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads;

    /** Bound, and not yet answering. */
    Listener(String name, ServerSocket socket) {
        this.socket = socket;
        threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    int port() {
        return socket.getLocalPort();
    }

    void start(Service service) {
        threads.execute(() -> accept(service));
    }

    private void accept(Service service) {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                open.add(connection);
                threads.execute(() -> serve(service, connection));
            } catch (IOException | RejectedExecutionException e) {
                closeConnections(); // closing, and this one may have come in between
            }
        }
    }

    private void serve(Service service, Socket connection) {
        try (connection) {
            service.serve(connection);
        } catch (IOException | RejectedExecutionException e) {
            // whoever is on the other side went away, or this one is closing
        } finally {
            open.remove(connection);
        }
    }

    /** From now on passes on to another server what comes in, while the caller passes back what that one answers. */
    void passOn(InputStream in, Socket server) {
        open.add(server);
        threads.execute(() -> pass(in, server));
    }

    private static void pass(InputStream in, Socket server) {
        try {
            in.transferTo(server.getOutputStream());
            server.shutdownOutput();
        } catch (IOException e) {
            close(server); // whoever reads the other way notices, too
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        closeConnections();
        threads.shutdownNow();
    }

    private void closeConnections() {
        open.forEach(Listener::close);
    }

    private static void close(Socket connection) {
        try {
            connection.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
