package io.caravan.api.audit;

import io.caravan.api.audit.AuditLog.Attempt;
import io.caravan.organization.Caller;
import io.caravan.support.web.RequestIds;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Writes every change that is asked for to the audit log before it is tried, and what came of it after; and who looked at
 * the state of credentials, once an hour for each that was looked at: the dashboard looks every few seconds.
 */
@Component
class AuditedRequests implements HandlerInterceptor, WebMvcConfigurer {

    /** Whose answers tell whether credentials are there and whether they work. */
    static final Set<String> SHOW_CREDENTIALS = Set.of(
            "listConnections",
            "readConnection",
            "listDestinations",
            "readDestination",
            "readSummary",
            "listApiKeys",
            "readKeyset");

    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");
    private static final String ENTRY = AuditedRequests.class.getName();

    private final AuditLog log;
    private final Operations operations;

    AuditedRequests(AuditLog log, Operations operations) {
        this.log = log;
        this.operations = operations;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        // Behind the one that refuses malformed ids: what stands in the log are ids.
        registry.addInterceptor(this).addPathPatterns("/api/v1/**").order(1);
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        caller().flatMap(caller -> add(caller, request)).ifPresent(entry -> request.setAttribute(ENTRY, entry));
        return true;
    }

    private Optional<String> add(Caller caller, HttpServletRequest request) {
        Object pattern = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
        String action = operations.id(request.getMethod(), String.valueOf(pattern));
        Attempt attempt = new Attempt(
                variables(request).get("org"), caller.name(), action, target(request), RequestIds.of(request));
        if (!READS.contains(request.getMethod())) {
            return Optional.of(log.add(attempt));
        }
        return SHOW_CREDENTIALS.contains(action) ? log.addFirst(attempt) : Optional.empty();
    }

    @Override
    public void afterCompletion(
            HttpServletRequest request, HttpServletResponse response, Object handler, Exception failure) {
        if (request.getAttribute(ENTRY) instanceof String entry) {
            log.addOutcome(entry, response.getStatus(), made(response));
        }
    }

    /** What the path names besides the organization, which is one thing at most. */
    private static String target(HttpServletRequest request) {
        return variables(request).entrySet().stream()
                .filter(variable -> !variable.getKey().equals("org"))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, String> variables(HttpServletRequest request) {
        Object variables = request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE);
        return variables == null ? Map.of() : (Map<String, String>) variables;
    }

    private static String made(HttpServletResponse response) {
        String location = response.getHeader(HttpHeaders.LOCATION);
        return location == null ? null : location.substring(location.lastIndexOf('/') + 1);
    }

    private static Optional<Caller> caller() {
        Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
        return authentication != null && authentication.getPrincipal() instanceof Caller caller
                ? Optional.of(caller)
                : Optional.empty();
    }
}
