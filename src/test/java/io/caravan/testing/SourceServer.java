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
import java.util.function.Function;

/**
 * HTTP/1.1 on 127.0.0.1, with a thread for each connection. Servers in libraries parse the request's target, and refuse
 * one with a {@code |} in it; this one takes every byte as it came, and lets an answer break off wherever it is told to.
 */
final class SourceServer implements AutoCloseable {

    private static final int BUFFER = 64 * 1024;

    private final Listener listener;
    private final Function<SourceMessage, SourceAnswer> answers;

    /** Bound, and not yet answering. */
    SourceServer(int port, Function<SourceMessage, SourceAnswer> answers) {
        this.answers = answers;
        try {
            listener =
                    new Listener("source-simulator", new ServerSocket(port, 200, InetAddress.getByName("127.0.0.1")));
        } catch (IOException e) {
            throw new UncheckedIOException("no port for the source simulator", e);
        }
    }

    int port() {
        return listener.port();
    }

    void start() {
        listener.start(this::serve);
    }

    private void serve(Socket connection) throws IOException {
        connection.setTcpNoDelay(true);
        InputStream in = new BufferedInputStream(connection.getInputStream(), BUFFER);
        OutputStream out = new BufferedOutputStream(connection.getOutputStream(), BUFFER);
        boolean more = true;
        while (more) {
            SourceMessage message = SourceMessage.read(in, out);
            more = message != null && answers.apply(message).sendTo(out, message);
            out.flush();
        }
    }

    /** Breaks off whatever is under way. */
    @Override
    public void close() {
        listener.close();
    }
}
