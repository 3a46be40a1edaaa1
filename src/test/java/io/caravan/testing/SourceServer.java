package io.caravan.testing;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

/**
 * HTTP/1.1 on 127.0.0.1, with a thread for each connection. Servers in libraries parse the request's target, and refuse
 * one with a {@code |} in it; this one takes every byte as it came, and lets an answer break off wherever it is told to.
 */
final class SourceServer implements AutoCloseable {

    private static final int BUFFER = 64 * 1024;

    private final ServerSocket socket;
    private final Function<SourceMessage, SourceAnswer> answers;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "source-simulator");
        thread.setDaemon(true);
        return thread;
    });

    /** Bound, and not yet answering. */
    SourceServer(int port, Function<SourceMessage, SourceAnswer> answers) {
        this.answers = answers;
        try {
            socket = new ServerSocket(port, 200, InetAddress.getByName("127.0.0.1"));
        } catch (IOException e) {
            throw new UncheckedIOException("no port for the source simulator", e);
        }
    }

    int port() {
        return socket.getLocalPort();
    }

    void start() {
        threads.execute(this::accept);
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                open.add(connection);
                threads.execute(() -> serve(connection));
            } catch (IOException | RejectedExecutionException e) {
                closeConnections(); // closing, and this one may have come in between
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(connection.getInputStream(), BUFFER);
            OutputStream out = new BufferedOutputStream(connection.getOutputStream(), BUFFER);
            boolean more = true;
            while (more) {
                SourceMessage message = SourceMessage.read(in, out);
                more = message != null && answers.apply(message).sendTo(out, message);
                out.flush();
            }
        } catch (IOException e) {
            // the client went away, or an answer was told to break off
        } finally {
            open.remove(connection);
        }
    }

    /** Breaks off whatever is under way. */
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
        for (Socket connection : open) {
            try {
                connection.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
