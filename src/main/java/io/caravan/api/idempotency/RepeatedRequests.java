package io.caravan.api.idempotency;

import io.caravan.organization.Caller;
import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import io.caravan.support.web.ProblemWriter;
import io.caravan.support.web.RequestIds;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingResponseWrapper;

/**
 * {@code Idempotency-Key} on POSTs of the API (draft-ietf-httpapi-idempotency-key-header): what was done is answered again,
 * not done again. Refusals did nothing and are not kept: what they were about may have been mended. New API keys are never
 * kept, for they are shown once. Comes after security: who may not ask learns nothing.
 */
@Component
@Order(Ordered.LOWEST_PRECEDENCE)
class RepeatedRequests extends OncePerRequestFilter {

    static final String HEADER = "Idempotency-Key";
    static final String REPLAYED = "Idempotency-Replayed";

    private static final int LARGEST_BODY = 1_000_000; // the API reads no larger one
    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,255}");
    private static final Pattern SHOWN_ONCE = Pattern.compile("/api-keys/?$");

    private final KeptAnswers answers;
    private final ProblemWriter problems;

    RepeatedRequests(KeptAnswers answers, ProblemWriter problems) {
        this.answers = answers;
        this.problems = problems;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !request.getMethod().equals("POST")
                || request.getHeader(HEADER) == null
                || !path(request).startsWith("/api/v1/")
                || SHOWN_ONCE.matcher(path(request)).find()
                || caller().isEmpty();
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        HeldBody held = new HeldBody(request, LARGEST_BODY);
        if (!held.isWhole()) {
            chain.doFilter(held, response);
            return;
        }
        Asked asked;
        Optional<KeptAnswer> given;
        try {
            asked = asked(held);
            given = answers.take(asked);
        } catch (CaravanException refused) {
            if (refused.code() == ErrorCode.REQUEST_IN_PROGRESS) {
                response.setHeader(HttpHeaders.RETRY_AFTER, "1");
            }
            problems.write(request, response, refused);
            return;
        }
        if (given.isPresent()) {
            replay(given.get(), response);
        } else {
            answer(asked, held, response, chain);
        }
    }

    private static Asked asked(HeldBody request) {
        String key = request.getHeader(HEADER);
        if (!KEY.matcher(key).matches()) {
            throw new CaravanException(
                    ErrorCode.INVALID_REQUEST, "Idempotency-Key is 1 to 255 visible ASCII characters, a UUID for one.");
        }
        return Asked.of(
                caller().orElseThrow(),
                key,
                path(request),
                request.getQueryString(),
                request.bytes(),
                RequestIds.of(request));
    }

    private void answer(Asked asked, HeldBody request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        ContentCachingResponseWrapper answer = new ContentCachingResponseWrapper(response);
        boolean done = false;
        try {
            chain.doFilter(request, answer);
            done = answer.getStatus() < 300;
        } finally {
            if (done) {
                answers.keep(asked, kept(answer));
            } else {
                answers.release(asked);
            }
        }
        answer.copyBodyToResponse();
    }

    private static KeptAnswer kept(ContentCachingResponseWrapper answer) {
        return new KeptAnswer(
                answer.getStatus(),
                answer.getContentType(),
                answer.getHeader(HttpHeaders.LOCATION),
                answer.getHeader(HttpHeaders.ETAG),
                new String(answer.getContentAsByteArray(), StandardCharsets.UTF_8));
    }

    private static void replay(KeptAnswer given, HttpServletResponse response) throws IOException {
        response.setStatus(given.status());
        response.setHeader(REPLAYED, "true");
        response.setContentType(given.mediaType());
        set(response, HttpHeaders.LOCATION, given.location());
        set(response, HttpHeaders.ETAG, given.etag());
        response.getOutputStream().write(given.body().getBytes(StandardCharsets.UTF_8));
    }

    private static void set(HttpServletResponse response, String name, String value) {
        if (value != null) {
            response.setHeader(name, value);
        }
    }

    private static Optional<String> caller() {
        Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
        return authentication != null && authentication.getPrincipal() instanceof Caller caller
                ? Optional.of((caller.orgId() == null ? "" : caller.orgId()) + "/" + caller.name())
                : Optional.empty();
    }

    private static String path(HttpServletRequest request) {
        return request.getRequestURI().substring(request.getContextPath().length());
    }
}
