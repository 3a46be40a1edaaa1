package io.caravan.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A forward proxy on 127.0.0.1 as companies have them: a tunnel for CONNECT, and a request of its own for one with an
 * absolute URL. It resolves names itself, and some that nobody else knows; it goes wherever it is sent.
 */
public final class ForwardProxy implements AutoCloseable {

    /** Taken apart by hand: what stands behind the authority is passed on byte for byte. */
    private static final Pattern TARGET =
            Pattern.compile("(http://)?(?<host>\\[[^]]*]|[^/:?]+)(:(?<port>\\d+))?(?<rest>.*)");

    private final Listener listener;
    private final Map<String, InetAddress> names = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    private ForwardProxy() throws IOException {
        listener = new Listener("forward-proxy", new ServerSocket(0, 200, InetAddress.getByName("127.0.0.1")));
        listener.start(this::serve);
    }

    /** Starts on any free port. */
    public static ForwardProxy start() {
        try {
            return new ForwardProxy();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public URI address() {
        return URI.create("http://127.0.0.1:" + listener.port());
    }

    /** From now on the name is this machine's, here and nowhere else. */
    public void knows(String name) {
        names.put(name, InetAddress.getLoopbackAddress());
    }

    /** What it was asked: each {@code <method> <target>}, as in {@code CONNECT host:443} or {@code GET http://host/path}. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    /** What it was asked of this host and port. */
    public List<String> requests(URI server) {
        String authority = server.getHost() + ":" + server.getPort();
        return requests.stream()
                .filter(line -> line.equals("CONNECT " + authority) || line.contains(" http://" + authority + "/"))
                .toList();
    }

    private void serve(Socket client) throws IOException {
        InputStream in = new BufferedInputStream(client.getInputStream());
        String[] head = head(in).split("\r\n");
        String[] asked = head[0].split(" ");
        requests.add(asked[0] + " " + asked[1]);
        Matcher target = TARGET.matcher(asked[1]);
        if (!target.matches()) {
            throw new IOException("no absolute target: " + asked[1]);
        }
        boolean tunnel = asked[0].equals("CONNECT");
        try (Socket server = connect(target.group("host"), target.group("port"))) {
            if (tunnel) {
                client.getOutputStream().write(ascii("HTTP/1.1 200 Connection established\r\n\r\n"));
            } else {
                server.getOutputStream().write(ascii(forwarded(head, asked[0], target.group("rest"))));
            }
            listener.passOn(in, server);
            InputStream back = new BufferedInputStream(server.getInputStream());
            if (!tunnel) {
                passLastHead(back, client.getOutputStream());
            }
            back.transferTo(client.getOutputStream());
        }
    }

    private Socket connect(String host, String port) throws IOException {
        InetAddress address = names.containsKey(host) ? names.get(host) : InetAddress.getByName(host);
        return new Socket(address, port == null ? 80 : Integer.parseInt(port));
    }

    /** As the server is to see it; one request a connection, so that nothing need be known of lengths. */
    private static String forwarded(String[] head, String method, String rest) {
        StringBuilder out =
                new StringBuilder(method + " " + (rest.startsWith("/") ? rest : "/" + rest) + " HTTP/1.1\r\n");
        for (int i = 1; i < head.length; i++) {
            String lower = head[i].toLowerCase(Locale.ROOT);
            if (!lower.startsWith("connection:") && !lower.startsWith("proxy-") && !lower.startsWith("upgrade:")) {
                out.append(head[i]).append("\r\n");
            }
        }
        return out.append("Connection: close\r\n\r\n").toString();
    }

    /** The head of the answer, and what goes before it, to a client that is not to use the connection again. */
    private static void passLastHead(InputStream back, OutputStream client) throws IOException {
        String head = head(back);
        while (head.startsWith("HTTP/1.1 1")) {
            client.write(ascii(head));
            head = head(back);
        }
        client.write(ascii(head.replaceFirst("\r\n", "\r\nConnection: close\r\n")));
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("no whole head");
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        listener.close();
    }
}
