package io.caravan.testing;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.server.authorization.InMemoryOAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.config.annotation.web.configurers.OAuth2AuthorizationServerConfigurer;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AuthenticationConverter;

/** The beans of an {@link OAuthServer}; no component, so that the application under test does not find them. */
@EnableWebSecurity
class OAuthServerBeans {

    @Bean
    TomcatServletWebServerFactory webServer() throws UnknownHostException {
        TomcatServletWebServerFactory tomcat = new TomcatServletWebServerFactory(0);
        tomcat.setRegisterDefaultServlet(true); // filters run before some servlet only
        tomcat.setAddress(InetAddress.getByName("127.0.0.1"));
        return tomcat;
    }

    @Bean
    OAuthFront front() {
        return new OAuthFront();
    }

    @Bean
    OAuthClients clients() {
        return new OAuthClients();
    }

    @Bean
    InMemoryOAuth2AuthorizationService grants() {
        return new InMemoryOAuth2AuthorizationService();
    }

    @Bean
    AuthorizationServerSettings settings() {
        return AuthorizationServerSettings.builder().build();
    }

    @Bean
    SecurityFilterChain chain(HttpSecurity http, OAuthClients clients) throws Exception {
        OAuth2AuthorizationServerConfigurer server = OAuth2AuthorizationServerConfigurer.authorizationServer();
        return http.securityMatcher(server.getEndpointsMatcher())
                .with(
                        server,
                        s -> s.clientAuthentication(how -> how.authenticationConverter(new PublicRefresh())
                                .authenticationProvider(new PublicClients(clients))))
                .authorizeHttpRequests(all -> all.anyRequest().authenticated())
                .build();
    }

    /** The server lets public clients exchange codes only; portals let them refresh as well. */
    private static final class PublicRefresh implements AuthenticationConverter {

        @Override
        public Authentication convert(HttpServletRequest request) {
            boolean unproven = request.getHeader("Authorization") == null
                    && request.getParameter("client_secret") == null
                    && request.getParameter("client_assertion") == null;
            return unproven && "refresh_token".equals(request.getParameter("grant_type"))
                    ? new OAuth2ClientAuthenticationToken(
                            request.getParameter("client_id"), ClientAuthenticationMethod.NONE, null, null)
                    : null;
        }
    }

    private record PublicClients(OAuthClients clients) implements AuthenticationProvider {

        @Override
        public Authentication authenticate(Authentication asked) {
            OAuth2ClientAuthenticationToken token = (OAuth2ClientAuthenticationToken) asked;
            if (!token.getClientAuthenticationMethod().equals(ClientAuthenticationMethod.NONE)) {
                return null;
            }
            RegisteredClient client = clients.findByClientId((String) token.getPrincipal());
            if (client == null || !client.getClientAuthenticationMethods().contains(ClientAuthenticationMethod.NONE)) {
                throw new OAuth2AuthenticationException("invalid_client");
            }
            return new OAuth2ClientAuthenticationToken(client, ClientAuthenticationMethod.NONE, null);
        }

        @Override
        public boolean supports(Class<?> type) {
            return OAuth2ClientAuthenticationToken.class.isAssignableFrom(type);
        }
    }
}
