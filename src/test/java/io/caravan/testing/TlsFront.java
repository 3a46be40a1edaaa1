package io.caravan.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLContext;

/** Before a server on 127.0.0.1 that knows http only: takes https, and passes on what is in it. */
public final class TlsFront implements AutoCloseable {

    private final ServerSocket socket;
    private final URI behind;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "tls-front");
        thread.setDaemon(true);
        return thread;
    });

    private TlsFront(SSLContext tls, URI behind) throws IOException {
        this.behind = behind;
        socket = tls.getServerSocketFactory().createServerSocket(0, 200, InetAddress.getByName("127.0.0.1"));
        threads.execute(this::accept);
    }

    /** Starts on any free port. */
    public static TlsFront before(URI server, SSLContext tls) {
        try {
            return new TlsFront(tls, server);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The server's address over https. */
    public URI address() {
        return URI.create("https://127.0.0.1:" + socket.getLocalPort() + behind.getRawPath());
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                Socket server = new Socket(behind.getHost(), behind.getPort());
                threads.execute(() -> pump(client, server));
                threads.execute(() -> pump(server, client));
            } catch (IOException | RejectedExecutionException e) {
                closeAll(); // closing, and this one may have come in between
            }
        }
    }

    private void pump(Socket from, Socket to) {
        open.add(from);
        try (from;
                to) {
            byte[] chunk = new byte[16 * 1024];
            for (int n = from.getInputStream().read(chunk);
                    n >= 0;
                    n = from.getInputStream().read(chunk)) {
                to.getOutputStream().write(chunk, 0, n);
            }
        } catch (IOException e) {
            // one of the two went away, or does not trust the other
        } finally {
            open.remove(from);
        }
    }

    private void closeAll() {
        for (Socket each : open) {
            try {
                each.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        closeAll();
        threads.shutdownNow();
    }
}
