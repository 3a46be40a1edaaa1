package io.caravan.destination;

import ca.uhn.fhir.rest.client.api.IGenericClient;
import io.caravan.destination.fhir.Authorization;
import io.caravan.destination.fhir.FhirClient;
import io.caravan.destination.fhir.FhirTransport;
import io.caravan.destination.fhir.GrantedAuthorization;
import io.caravan.support.net.BoundedHttp;
import io.caravan.support.oauth.ClientAuthentication;
import io.caravan.support.oauth.OAuthClient;
import io.caravan.support.oauth.OAuthSettings;
import io.caravan.support.oauth.TokenEndpoint;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Clients of FHIR servers, all over the one guarded and bounded HTTP client. */
@Component
class FhirClients {

    private final BoundedHttp http;
    private final OAuthClient tokens;
    private final OAuthClient testTokens;
    private final DestinationLimits limits;
    private final Clock clock = Clock.systemUTC();
    private FhirTransport transport;

    FhirClients(BoundedHttp http, OAuthClient tokens, DestinationLimits limits) {
        this.http = http;
        this.tokens = tokens;
        this.testTokens = new OAuthClient(http, new OAuthSettings(limits.testTimeout()), clock);
        this.limits = limits;
    }

    /** As camel-fhir wants it. */
    IGenericClient generic(FhirSettings settings, FhirCredentials credentials) {
        Authorization authorization = authorization(credentials, tokens);
        return transport().over(open(settings, authorization, limits.callTimeout()));
    }

    /** For a test: each of its requests ends soon. */
    FhirClient forTest(FhirSettings settings, Authorization authorization) {
        return open(settings, authorization, limits.testTimeout());
    }

    Authorization authorizationForTest(FhirCredentials credentials) {
        return authorization(credentials, testTokens);
    }

    private FhirClient open(FhirSettings settings, Authorization authorization, Duration exchange) {
        return new FhirClient(
                settings.baseUrl(),
                settings.headers(),
                authorization,
                http,
                new FhirClient.Limits(exchange, limits.answerLimit()),
                clock);
    }

    /** Made with the first FHIR destination: who has none does not wait for it. */
    private synchronized FhirTransport transport() {
        if (transport == null) {
            transport = FhirTransport.create();
        }
        return transport;
    }

    private Authorization authorization(FhirCredentials credentials, OAuthClient asker) {
        return switch (credentials.auth()) {
            case "bearer" -> Authorization.bearer(credentials.token());
            case "oauth2" -> {
                TokenEndpoint endpoint = endpoint(credentials);
                Optional<String> scope = Optional.ofNullable(credentials.scope());
                yield new GrantedAuthorization(() -> asker.clientCredentials(endpoint, scope), clock);
            }
            default -> Authorization.NONE;
        };
    }

    private static TokenEndpoint endpoint(FhirCredentials credentials) {
        ClientAuthentication how = credentials.clientAuth().equals("post")
                ? new ClientAuthentication.SecretPost(credentials.clientSecret())
                : new ClientAuthentication.SecretBasic(credentials.clientSecret());
        return new TokenEndpoint(URI.create(credentials.tokenEndpoint()), credentials.clientId(), how);
    }
}
