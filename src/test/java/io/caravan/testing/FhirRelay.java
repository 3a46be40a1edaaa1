package io.caravan.testing;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServer;

/**
 * What stands before a FHIR server of another process: it passes requests and answers on as they are, keeps the ledger, asks
 * for tokens, and fails where it is told to.
 */
public final class FhirRelay implements AutoCloseable {

    private static final String ROOT = "/fhir";

    private final HapiFront front = new HapiFront(ROOT);
    private final WebServer server;

    private FhirRelay(URI behind) {
        TomcatServletWebServerFactory tomcat = new TomcatServletWebServerFactory(0);
        try {
            tomcat.setAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        server = tomcat.getWebServer(context -> {
            context.addFilter("front", front).addMappingForUrlPatterns(null, false, ROOT + "/*");
            context.addServlet("behind", new Behind(behind)).addMapping(ROOT + "/*");
        });
        server.start();
    }

    /** Starts on any free port of 127.0.0.1, before the server with this base. */
    public static FhirRelay before(URI behind) {
        return new FhirRelay(behind);
    }

    /** Where the FHIR API is, without a slash at its end. */
    public URI baseUrl() {
        return URI.create("http://127.0.0.1:%d%s".formatted(server.getPort(), ROOT));
    }

    /** From now on every request needs a bearer token that this accepts; null: none is asked for. */
    public void requireToken(Predicate<String> accepted) {
        front.requireToken(accepted);
    }

    /** The next so many requests of this kind fail like this. */
    public void fail(Predicate<FhirRequest> when, FhirFault fault, int times) {
        front.fail(when, fault, times);
    }

    /** Every bundle that was posted, in the order of arrival. */
    public List<FhirRequest> bundles() {
        return front.requests().stream().filter(FhirRequest::bundle).toList();
    }

    /** As new: no fault, no token, nothing in the ledger. */
    public void reset() {
        front.clearFaults();
        front.requireToken(null);
        front.forget();
    }

    public void forgetRequests() {
        front.forget();
    }

    @Override
    public void close() {
        front.release();
        server.stop();
    }

    /** Asks the server behind, and answers what that does. */
    private static final class Behind extends HttpServlet {

        private static final long serialVersionUID = 1L;

        private final transient HttpClient http = HttpClient.newHttpClient();
        private final URI behind;

        Behind(URI behind) {
            this.behind = behind;
        }

        @Override
        protected void service(HttpServletRequest asked, HttpServletResponse response) throws IOException {
            HttpResponse<byte[]> answer = ask(asked);
            response.setStatus(answer.statusCode());
            for (String name : List.of("Content-Type", "Content-Location", "ETag", "Location", "Retry-After")) {
                answer.headers().firstValue(name).ifPresent(value -> response.setHeader(name, value));
            }
            response.setContentLength(answer.body().length);
            response.getOutputStream().write(answer.body());
        }

        private HttpResponse<byte[]> ask(HttpServletRequest asked) throws IOException {
            String path = asked.getRequestURI().substring(ROOT.length());
            String query = asked.getQueryString() == null ? "" : "?" + asked.getQueryString();
            byte[] body = asked.getInputStream().readAllBytes();
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(behind + path + query))
                    .timeout(Duration.ofMinutes(2))
                    .method(asked.getMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
            for (String name : List.of("Accept", "Content-Type", "Prefer")) {
                if (asked.getHeader(name) != null) {
                    request.header(name, asked.getHeader(name));
                }
            }
            try {
                return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("stopped");
            }
        }
    }
}
