package io.caravan.testing;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.filter.OncePerRequestFilter;

/** Before the authorization server: keeps the ledger, serves the clients' public keys, and fails where it is told to. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class OAuthFront extends OncePerRequestFilter {

    private final List<TokenRequest> requests = new ArrayList<>();
    private final Deque<TokenFault> faults = new ArrayDeque<>();
    private final Map<String, String> keys = new ConcurrentHashMap<>();
    private volatile CountDownLatch over = new CountDownLatch(1);

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain server)
            throws IOException, ServletException {
        String path = request.getRequestURI();
        if (path.startsWith("/keys/")) {
            response.setContentType("application/json");
            response.getOutputStream()
                    .write(keys.get(path.substring("/keys/".length())).getBytes(StandardCharsets.UTF_8));
            return;
        }
        int number = arrived(request);
        FilterChain noticed = (req, res) -> {
            server.doFilter(req, res);
            answered(number, ((HttpServletResponse) res).getStatus());
        };
        Optional<TokenFault> fault = nextFault();
        if (fault.isPresent()) {
            fault.get().answer(request, response, noticed, over);
        } else {
            noticed.doFilter(request, response);
        }
        answered(number, response.getStatus());
    }

    void publish(String client, String jwks) {
        keys.put(client, jwks);
    }

    void fail(TokenFault fault, int times) {
        synchronized (faults) {
            for (int i = 0; i < times; i++) {
                faults.add(fault);
            }
        }
    }

    void clearFaults() {
        synchronized (faults) {
            faults.clear();
        }
    }

    /** Lets go of everything that is held; what stalls from now on is held anew. */
    void release() {
        CountDownLatch held = over;
        over = new CountDownLatch(1);
        held.countDown();
    }

    List<TokenRequest> requests() {
        synchronized (requests) {
            return List.copyOf(requests);
        }
    }

    private Optional<TokenFault> nextFault() {
        synchronized (faults) {
            return Optional.ofNullable(faults.poll());
        }
    }

    private int arrived(HttpServletRequest request) {
        Map<String, String> parameters = new HashMap<>();
        request.getParameterMap().forEach((name, values) -> parameters.put(name, values[0]));
        String authorization =
                Optional.ofNullable(request.getHeader("Authorization")).orElse("");
        synchronized (requests) {
            requests.add(new TokenRequest(Instant.now(), Map.copyOf(parameters), authorization, 0));
            return requests.size() - 1;
        }
    }

    /** The first word counts: what the server answered, not what became of it on the way. */
    private void answered(int number, int status) {
        synchronized (requests) {
            TokenRequest request = requests.get(number);
            requests.set(number, request.status() == 0 ? request.answered(status) : request);
        }
    }
}
