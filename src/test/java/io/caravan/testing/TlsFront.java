package io.caravan.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import javax.net.ssl.SSLContext;

/** Before a server on 127.0.0.1 that knows http only: takes https, and passes on what is in it. */
public final class TlsFront implements AutoCloseable {

    private final Listener listener;
    private final URI behind;

    private TlsFront(SSLContext tls, URI behind) throws IOException {
        this.behind = behind;
        listener = new Listener(
                "tls-front",
                tls.getServerSocketFactory().createServerSocket(0, 200, InetAddress.getByName("127.0.0.1")));
        listener.start(this::serve);
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
        return URI.create("https://127.0.0.1:" + listener.port() + behind.getRawPath());
    }

    private void serve(Socket client) throws IOException {
        try (Socket server = new Socket(behind.getHost(), behind.getPort())) {
            listener.passOn(client.getInputStream(), server);
            server.getInputStream().transferTo(client.getOutputStream());
        }
    }

    @Override
    public void close() {
        listener.close();
    }
}
