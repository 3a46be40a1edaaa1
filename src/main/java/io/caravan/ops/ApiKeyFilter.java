package io.caravan.ops;

import io.caravan.organization.ApiKeys;
import io.caravan.organization.Caller;
import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import io.caravan.support.secret.Secret;
import io.caravan.support.web.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/** {@code Authorization: Bearer <API key>}: valid for this one request; a session beside it does not count. */
class ApiKeyFilter extends OncePerRequestFilter {

    private static final String SCHEME = "Bearer ";
    private static final int MAX_LENGTH = 500;

    private final ApiKeys keys;
    private final ProblemWriter problems;

    ApiKeyFilter(ApiKeys keys, ProblemWriter problems) {
        this.keys = keys;
        this.problems = problems;
    }

    static boolean carriesKey(HttpServletRequest request) {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        return header != null && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (!carriesKey(request)) {
            chain.doFilter(request, response);
            return;
        }
        Optional<Caller> caller = presented(request).flatMap(keys::authenticate);
        if (caller.isPresent()) {
            SecurityContext context = SecurityContextHolder.createEmptyContext();
            context.setAuthentication(SignIn.authenticated(caller.get()));
            SecurityContextHolder.setContext(context);
            chain.doFilter(request, response);
        } else {
            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"");
            problems.write(
                    request,
                    response,
                    new CaravanException(ErrorCode.UNAUTHENTICATED, "The API key is unknown or revoked."));
        }
    }

    private static Optional<Secret> presented(HttpServletRequest request) {
        String key = request.getHeader(HttpHeaders.AUTHORIZATION)
                .substring(SCHEME.length())
                .strip();
        return key.isEmpty() || key.length() > MAX_LENGTH ? Optional.empty() : Optional.of(Secret.of(key));
    }
}
