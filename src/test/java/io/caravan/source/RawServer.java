package io.caravan.source;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP server that reads a request's head as bytes and lets a test write the answer's: real ones parse the target. */
final class RawServer implements Closeable {

    /** Writes a whole answer; the connection is closed behind it. */
    interface Answer {
        void write(OutputStream out) throws Exception;
    }

    private final ServerSocket socket;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final Deque<Answer> answers = new ConcurrentLinkedDeque<>(List.of(text("200 OK", "", "{}")));

    RawServer() {
        try {
            socket = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    /** An answer with these headers (each with its line end) and a body. */
    static Answer text(String status, String headers, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return out -> {
            out.write("HTTP/1.1 %s\r\n%sContent-Length: %d\r\nConnection: close\r\n\r\n"
                    .formatted(status, headers, bytes.length)
                    .getBytes(StandardCharsets.ISO_8859_1));
            out.write(bytes);
        };
    }

    /** From now on these one after the other, the last of them for good. */
    void answers(Answer... next) {
        answers.clear();
        answers.addAll(List.of(next));
    }

    private Answer next() {
        return answers.size() > 1 ? answers.poll() : answers.element();
    }

    String base() {
        return "http://127.0.0.1:" + socket.getLocalPort();
    }

    /** What was asked, the request line and headers of each. */
    List<String> heads() {
        return heads;
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                threads.execute(() -> serve(connection));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            heads.add(head(connection.getInputStream()));
            OutputStream out = connection.getOutputStream();
            next().write(out);
            out.flush();
        } catch (Exception e) {
            // the client went away, as some tests want it to
        }
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                throw new IOException("The request ended early");
            }
            head.write(b);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
