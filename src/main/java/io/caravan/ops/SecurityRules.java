package io.caravan.ops;

import io.caravan.organization.ApiKeys;
import io.caravan.support.web.ProblemWriter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AuthorizeHttpRequestsConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.savedrequest.HttpSessionRequestCache;

/** Who gets in, and what every answer carries. API keys are stateless; people have a session and CSRF tokens. */
@Configuration(proxyBeanMethods = false)
class SecurityRules {

    private static final String CONTENT_SECURITY_POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none';"
            + " base-uri 'self'; form-action 'self'; frame-ancestors 'none'";
    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS", "TRACE");
    private static final Set<String> JOLOKIA =
            Set.of("/actuator/jolokia", "/actuator/hawtio/jolokia", "/actuator/hawtio/jolokia/");
    private static final String SAME_ORIGIN = "same-origin";

    @Bean
    SecurityFilterChain callers(
            HttpSecurity http, ApiKeys keys, ProblemWriter problems, Permissions permissions, Refusals refusals)
            throws Exception {
        return http.csrf(csrf -> csrf.requireCsrfProtectionMatcher(SecurityRules::needsCsrfToken))
                .headers(SecurityRules::headers)
                .requestCache(cache -> cache.requestCache(pagesOnly()))
                .addFilterBefore(new ApiKeyFilter(keys, problems), CsrfFilter.class)
                .exceptionHandling(handling -> handling.accessDeniedHandler(refusals)
                        .defaultAuthenticationEntryPointFor(refusals, request -> !isPage(request)))
                .formLogin(form -> form.loginPage(SignInPage.PATH).failureHandler(SignInPage::turnAway))
                .logout(out -> out.logoutUrl("/sign-out").logoutSuccessUrl(SignInPage.PATH + "?left"))
                .authorizeHttpRequests(requests -> rules(requests, permissions))
                .build();
    }

    private static void rules(
            AuthorizeHttpRequestsConfigurer<HttpSecurity>.AuthorizationManagerRequestMatcherRegistry requests,
            Permissions permissions) {
        requests.dispatcherTypeMatchers(DispatcherType.ERROR, DispatcherType.ASYNC, DispatcherType.FORWARD)
                .permitAll()
                .requestMatchers("/actuator/health", "/actuator/health/**", "/api/v1/openapi.yaml", SignInPage.PATH)
                .permitAll()
                .requestMatchers(HttpMethod.GET, "/app/**", "/webjars/**", "/favicon.ico") // code and looks: no data
                .permitAll()
                .requestMatchers("/actuator", "/actuator/**", "/api/v1/organizations", "/api/v1/organizations/{org}")
                .access(permissions::operator)
                .requestMatchers("/api/v1/keyset", "/api/v1/keyset/**", "/api/v1/audit")
                .access(permissions::operator)
                .requestMatchers("/api/v1/organizations/{org}/audit")
                .access(permissions::manager)
                .requestMatchers("/api/v1/organizations/{org}/**")
                .access(permissions::tenant)
                .anyRequest()
                .authenticated();
    }

    private static void headers(HeadersConfigurer<HttpSecurity> headers) {
        headers.contentSecurityPolicy(csp -> csp.policyDirectives(CONTENT_SECURITY_POLICY))
                .referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.NO_REFERRER))
                .permissionsPolicyHeader(
                        permissions -> permissions.policy("camera=(), geolocation=(), microphone=(), payment=()"));
    }

    /** Only a cookie is sent by a browser unasked: a request with an API key needs no token. */
    private static boolean needsCsrfToken(HttpServletRequest request) {
        return !READS.contains(request.getMethod()) && !ApiKeyFilter.carriesKey(request) && !isHawtioAsking(request);
    }

    /** Hawtio's own page sends no token; what it asks for comes from the same origin, as the browser itself states. */
    private static boolean isHawtioAsking(HttpServletRequest request) {
        return JOLOKIA.contains(request.getRequestURI()
                        .substring(request.getContextPath().length()))
                && (SAME_ORIGIN.equals(request.getHeader("Sec-Fetch-Site")) || isOwnOrigin(request));
    }

    /** Browsers state {@code Sec-Fetch-Site} over https only; over http the origin has to do. */
    private static boolean isOwnOrigin(HttpServletRequest request) {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        return request.getHeader("Sec-Fetch-Site") == null
                && origin != null
                && origin.equals(request.getScheme() + "://" + request.getHeader(HttpHeaders.HOST));
    }

    /** Signing in leads back to the page that asked for it, never to a call of the API. */
    private static HttpSessionRequestCache pagesOnly() {
        HttpSessionRequestCache cache = new HttpSessionRequestCache();
        cache.setMatchingRequestParameterName(null); // else it appends ?continue to the page's address
        cache.setRequestMatcher(SecurityRules::isPage);
        return cache;
    }

    private static boolean isPage(HttpServletRequest request) {
        String accept = request.getHeader(HttpHeaders.ACCEPT);
        return request.getMethod().equals("GET")
                && !request.getRequestURI().startsWith(request.getContextPath() + "/api/")
                && accept != null
                && accept.contains(MediaType.TEXT_HTML_VALUE);
    }
}
