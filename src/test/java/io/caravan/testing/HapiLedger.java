package io.caravan.testing;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;

/** Keeps what a {@link HapiSource} is asked. */
final class HapiLedger extends HttpFilter {

    private static final long serialVersionUID = 1L;

    private final transient List<String> requests;

    HapiLedger(List<String> requests) {
        this.requests = requests;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String query = request.getQueryString();
        requests.add(request.getPathInfo() + (query == null ? "" : "?" + query));
        chain.doFilter(request, response);
    }
}
