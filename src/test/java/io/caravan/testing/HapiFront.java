package io.caravan.testing;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.springframework.web.filter.OncePerRequestFilter;

/** Before the FHIR server: keeps the ledger, asks for a token, and fails where it is told to. */
final class HapiFront extends OncePerRequestFilter {

    private record Planned(Predicate<FhirRequest> when, FhirFault fault, AtomicInteger left) {}

    private final String root;
    private final List<FhirRequest> requests = Collections.synchronizedList(new ArrayList<>());
    private final List<Planned> faults = new CopyOnWriteArrayList<>();
    private final AtomicInteger atOnce = new AtomicInteger();
    private final AtomicInteger mostAtOnce = new AtomicInteger();
    private final AtomicInteger held = new AtomicInteger();
    private volatile boolean withoutBodies;
    private volatile Predicate<String> tokens;
    private volatile CountDownLatch over = new CountDownLatch(1);

    HapiFront(String root) {
        this.root = root;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest http, HttpServletResponse response, FilterChain server)
            throws IOException, ServletException {
        FhirRequest request = request(http);
        int number = arrived(request);
        mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
        try {
            FilterChain noticed = (req, res) -> {
                server.doFilter(req, res);
                answered(number, ((HttpServletResponse) res).getStatus());
            };
            HttpServletRequest again = new Again(http, request.body());
            Optional<FhirFault> fault = faultOf(request);
            if (!allowed(request)) {
                FhirFault.outcome(401, "no token, or none that is valid").answer(again, response, noticed, over);
            } else if (fault.isPresent()) {
                held.incrementAndGet();
                fault.get().answer(again, response, noticed, over);
            } else {
                noticed.doFilter(again, response);
            }
        } finally {
            atOnce.decrementAndGet();
            answered(number, response.getStatus());
        }
    }

    private FhirRequest request(HttpServletRequest http) throws IOException {
        Map<String, String> headers = new TreeMap<>();
        Collections.list(http.getHeaderNames())
                .forEach(name -> headers.put(name.toLowerCase(Locale.ROOT), http.getHeader(name)));
        String path = http.getRequestURI().substring(root.length()).replaceFirst("^/", "");
        return new FhirRequest(
                Instant.now(),
                http.getMethod(),
                path,
                Map.copyOf(headers),
                http.getInputStream().readAllBytes(),
                0);
    }

    private boolean allowed(FhirRequest request) {
        String sent = request.headers().getOrDefault("authorization", "");
        return tokens == null || sent.startsWith("Bearer ") && tokens.test(sent.substring("Bearer ".length()));
    }

    private Optional<FhirFault> faultOf(FhirRequest request) {
        return faults.stream()
                .filter(planned ->
                        planned.when().test(request) && planned.left().getAndUpdate(n -> Math.max(0, n - 1)) > 0)
                .map(Planned::fault)
                .findFirst();
    }

    private int arrived(FhirRequest request) {
        synchronized (requests) {
            requests.add(request);
            return requests.size() - 1;
        }
    }

    /** The first word counts: what the server answered, not what became of it on the way. */
    private void answered(int number, int status) {
        synchronized (requests) {
            if (number < requests.size() && requests.get(number).status() == 0) {
                FhirRequest answered = requests.get(number).answered(status);
                requests.set(number, withoutBodies ? answered.withoutBody() : answered);
            }
        }
    }

    void fail(Predicate<FhirRequest> when, FhirFault fault, int times) {
        faults.add(new Planned(when, fault, new AtomicInteger(times)));
    }

    void clearFaults() {
        faults.clear();
    }

    void requireToken(Predicate<String> accepted) {
        tokens = accepted;
    }

    void release() {
        CountDownLatch holding = over;
        over = new CountDownLatch(1);
        holding.countDown();
    }

    /** How many requests have met a fault. */
    int met() {
        return held.get();
    }

    int mostAtOnce() {
        return mostAtOnce.get();
    }

    List<FhirRequest> requests() {
        synchronized (requests) {
            return List.copyOf(requests);
        }
    }

    void forgetBodies() {
        withoutBodies = true;
    }

    void forget() {
        requests.clear();
    }

    /** The request with its body, which was read for the ledger. */
    private static final class Again extends HttpServletRequestWrapper {

        private final byte[] body;

        Again(HttpServletRequest request, byte[] body) {
            super(request);
            this.body = body;
        }

        @Override
        public ServletInputStream getInputStream() {
            ByteArrayInputStream bytes = new ByteArrayInputStream(body);
            return new ServletInputStream() {
                @Override
                public int read() {
                    return bytes.read();
                }

                @Override
                public boolean isFinished() {
                    return bytes.available() == 0;
                }

                @Override
                public boolean isReady() {
                    return true;
                }

                @Override
                public void setReadListener(ReadListener listener) {
                    throw new IllegalStateException("read at once");
                }
            };
        }
    }
}
