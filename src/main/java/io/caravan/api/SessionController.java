package io.caravan.api;

import io.caravan.organization.Caller;
import io.caravan.organization.Role;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Who is calling, and the token that a signed-in person's changes need. */
@RestController
class SessionController {

    record Csrf(String header, String token) {}

    /**
     * @param csrf null for an API key, which needs none
     * @param embeddedPostgres whether this Caravan keeps its data in the database that is for trying it out
     */
    record SessionView(String name, Role role, String organizationId, Csrf csrf, boolean embeddedPostgres) {}

    private final boolean embeddedPostgres;

    SessionController(@Value("${caravan.embedded-postgres:false}") boolean embeddedPostgres) {
        this.embeddedPostgres = embeddedPostgres;
    }

    @GetMapping("/api/v1/session")
    SessionView read(@AuthenticationPrincipal Caller caller, HttpServletRequest request) {
        return new SessionView(caller.name(), caller.role(), caller.orgId(), csrf(request), embeddedPostgres);
    }

    private static Csrf csrf(HttpServletRequest request) {
        boolean person = request.getHeader(HttpHeaders.AUTHORIZATION) == null;
        return person && request.getAttribute(CsrfToken.class.getName()) instanceof CsrfToken token
                ? new Csrf(token.getHeaderName(), token.getToken())
                : null;
    }
}
