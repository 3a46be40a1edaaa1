package io.caravan.ops;

import io.caravan.organization.Caller;
import io.caravan.organization.Organizations;
import io.caravan.organization.Role;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;
import org.springframework.stereotype.Component;

/** Who may do what. The wall between tenants stands here, before any controller: another one's id is a 404. */
@Component
class Permissions {

    private static final Pattern ORGANIZATION = Pattern.compile("org_[0-9a-f]{32}");
    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");

    private final Organizations organizations;

    Permissions(Organizations organizations) {
        this.organizations = organizations;
    }

    /** Within {@code /organizations/{org}/**}: viewers read, managers change. */
    AuthorizationDecision tenant(Supplier<Authentication> authentication, RequestAuthorizationContext request) {
        return decide(authentication, request, reads(request) ? Role.VIEWER : Role.MANAGER);
    }

    /** Within {@code /organizations/{org}/**}: managers only, whatever they ask. */
    AuthorizationDecision manager(Supplier<Authentication> authentication, RequestAuthorizationContext request) {
        return decide(authentication, request, Role.MANAGER);
    }

    /** Operators only, and only for an organization that exists where the path names one. */
    AuthorizationDecision operator(Supplier<Authentication> authentication, RequestAuthorizationContext request) {
        return decide(authentication, request, Role.OPERATOR);
    }

    private AuthorizationDecision decide(
            Supplier<Authentication> authentication, RequestAuthorizationContext request, Role needed) {
        Optional<Caller> caller = caller(authentication.get());
        caller.ifPresent(known -> {
            requireOrganization(known, request.getVariables().get("org"));
            requireRole(known, needed);
        });
        return new AuthorizationDecision(caller.isPresent());
    }

    private void requireOrganization(Caller caller, String org) {
        if (org == null) {
            return;
        }
        if (!ORGANIZATION.matcher(org).matches()) {
            throw Refused.malformedOrganization();
        }
        if (!caller.belongsTo(org) || organizations.find(org).isEmpty()) {
            throw Refused.unknownOrganization(org);
        }
    }

    private static void requireRole(Caller caller, Role needed) {
        if (!caller.role().includes(needed)) {
            throw Refused.role(needed.code());
        }
    }

    private static boolean reads(RequestAuthorizationContext request) {
        return READS.contains(request.getRequest().getMethod());
    }

    private static Optional<Caller> caller(Authentication authentication) {
        return authentication != null && authentication.getPrincipal() instanceof Caller caller
                ? Optional.of(caller)
                : Optional.empty();
    }
}
