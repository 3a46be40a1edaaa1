package io.caravan.support.oauth;

import com.nimbusds.jwt.JWTClaimsSet;
import io.caravan.support.net.AnswerTooLargeException;
import io.caravan.support.net.BoundedHttp;
import io.caravan.support.net.ConnectionFailures;
import io.caravan.support.net.RetryAfter;
import io.caravan.support.oauth.ClientAuthentication.PrivateKeyJwt;
import io.caravan.support.oauth.ClientAuthentication.SecretBasic;
import io.caravan.support.oauth.ClientAuthentication.SecretPost;
import io.caravan.support.oauth.OAuthException.Reason;
import io.caravan.support.secret.Secret;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.entity.UrlEncodedFormEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.NameValuePair;
import org.apache.hc.core5.http.message.BasicNameValuePair;
import org.springframework.util.unit.DataSize;

/**
 * Asks token endpoints (RFC 6749) over the guarded client: once, without redirects, within a time and a size. What it
 * sends and what it is answered stands in no exception and no log line.
 */
public class OAuthClient {

    private static final DataSize ANSWER_LIMIT = DataSize.ofKilobytes(64);
    private static final String ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    /** SMART Backend Services allows at most five minutes. */
    private static final Duration ASSERTION_LIFE = Duration.ofMinutes(4);

    private final BoundedHttp http;
    private final OAuthSettings settings;
    private final Clock clock;

    public OAuthClient(BoundedHttp http, OAuthSettings settings, Clock clock) {
        this.http = http;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * A new access token for a grant (RFC 6749 § 6). The endpoint may answer with a new refresh token, and the old one
     * is then worth nothing: store before use.
     *
     * @throws OAuthException where it gave none
     */
    public GrantedToken refresh(TokenEndpoint endpoint, Secret refreshToken) {
        List<NameValuePair> form = new ArrayList<>();
        add(form, "grant_type", "refresh_token");
        add(form, "refresh_token", refreshToken.reveal());
        return ask(endpoint, form);
    }

    /**
     * An access token for the client itself (RFC 6749 § 4.4).
     *
     * @throws OAuthException where there is none
     */
    public GrantedToken clientCredentials(TokenEndpoint endpoint, Optional<String> scope) {
        List<NameValuePair> form = new ArrayList<>();
        add(form, "grant_type", "client_credentials");
        scope.ifPresent(wanted -> add(form, "scope", wanted));
        return ask(endpoint, form);
    }

    private GrantedToken ask(TokenEndpoint endpoint, List<NameValuePair> form) {
        HttpPost post = new HttpPost(endpoint.uri());
        post.setHeader("Accept", "application/json");
        authenticate(endpoint, post, form);
        post.setEntity(new UrlEncodedFormEntity(form, StandardCharsets.UTF_8));
        URI uri = endpoint.uri();
        HttpHost host = BoundedHttp.host(uri.getScheme(), uri.getHost(), uri.getPort());
        try {
            return http.exchange(host, post, settings.exchangeLimit(), this::read);
        } catch (InterruptedIOException e) {
            throw OAuthException.of(Reason.TIMEOUT, "The token endpoint did not answer in time.");
        } catch (IOException e) {
            throw OAuthException.of(
                    Reason.UNREACHABLE,
                    "The token endpoint cannot be reached: %s.".formatted(ConnectionFailures.describe(e)));
        }
    }

    private void authenticate(TokenEndpoint endpoint, HttpPost post, List<NameValuePair> form) {
        ClientAuthentication how = endpoint.authentication();
        if (how instanceof SecretBasic basic) {
            String pair =
                    encode(endpoint.clientId()) + ":" + encode(basic.secret().reveal());
            post.setHeader(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII)));
            return;
        }
        add(form, "client_id", endpoint.clientId());
        if (how instanceof SecretPost body) {
            add(form, "client_secret", body.secret().reveal());
        } else if (how instanceof PrivateKeyJwt jwt) {
            add(form, "client_assertion_type", ASSERTION_TYPE);
            add(form, "client_assertion", assertion(endpoint, jwt.key()));
        }
    }

    /** Who asks, signed: RFC 7523 § 3, with what SMART asks for beyond it. */
    private String assertion(TokenEndpoint endpoint, SigningKey key) {
        Instant now = clock.instant();
        return key.sign(new JWTClaimsSet.Builder()
                .issuer(endpoint.clientId())
                .subject(endpoint.clientId())
                .audience(endpoint.uri().toString())
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(ASSERTION_LIFE)))
                .jwtID(UUID.randomUUID().toString())
                .build());
    }

    private GrantedToken read(BoundedHttp.Answer answer) throws IOException {
        Duration wait = RetryAfter.of(answer.status(), answer::header, clock);
        try {
            return TokenAnswer.of(answer.status(), answer.body(ANSWER_LIMIT), wait);
        } catch (AnswerTooLargeException e) {
            throw OAuthException.of(Reason.NO_TOKEN, "The token endpoint's answer is larger than 64 KB.");
        }
    }

    /** RFC 6749 § 2.3.1: both parts are form-encoded before they are joined. */
    private static String encode(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8);
    }

    private static void add(List<NameValuePair> form, String name, String value) {
        form.add(new BasicNameValuePair(name, value));
    }
}
