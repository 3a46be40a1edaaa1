package io.caravan.destination.fhir;

import io.caravan.support.ErrorCode;
import io.caravan.support.net.AnswerTooLargeException;
import io.caravan.support.net.BoundedHttp;
import io.caravan.support.net.ConnectionFailures;
import io.caravan.support.net.RetryAfter;
import io.caravan.support.net.WrittenBody;
import io.caravan.support.secret.Secret;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.springframework.util.unit.DataSize;

/**
 * Asks one FHIR server: its headers and its token go to its base URL and nowhere else. One request is one try, bounded in
 * time and size; a 401 gets a second one where there is another token to try.
 */
public final class FhirClient {

    /** How long a whole exchange may take, and how large an answer may be. */
    public record Limits(Duration exchange, DataSize answer) {}

    private static final ContentType FHIR = ContentType.create("application/fhir+json");
    private static final int PIECE = 64 << 10;

    private final URI base;
    private final Map<String, String> headers;
    private final Authorization authorization;
    private final BoundedHttp http;
    private final Limits limits;
    private final Clock clock;

    public FhirClient(
            URI base,
            Map<String, String> headers,
            Authorization authorization,
            BoundedHttp http,
            Limits limits,
            Clock clock) {
        this.base = base;
        this.headers = Map.copyOf(headers);
        this.authorization = authorization;
        this.http = http;
        this.limits = limits;
        this.clock = clock;
    }

    public URI base() {
        return base;
    }

    /** Posts a bundle. */
    public FhirAnswer post(byte[] bundle) {
        return ask("POST", "", new ByteArrayEntity(bundle, FHIR));
    }

    /** Posts a bundle in Latin-1, one character a byte; no copy of it is made, for it may be long. */
    public FhirAnswer post(String bundle) {
        return ask("POST", "", new WrittenBody(FHIR.toString(), null, bundle.length(), out -> write(bundle, out)));
    }

    private static void write(String latin1, OutputStream out) throws IOException {
        for (int from = 0; from < latin1.length(); from += PIECE) {
            String piece = latin1.substring(from, Math.min(latin1.length(), from + PIECE));
            out.write(piece.getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    /** Reads what is at this path below the base. */
    public FhirAnswer get(String path) {
        return ask("GET", path, null);
    }

    public FhirAnswer put(String path, byte[] resource) {
        return ask("PUT", path, new ByteArrayEntity(resource, FHIR));
    }

    public FhirAnswer delete(String path) {
        return ask("DELETE", path, null);
    }

    /**
     * @throws FhirUnreachableException where there was no whole answer
     * @throws io.caravan.support.oauth.OAuthException where a token is needed and there is none
     */
    private FhirAnswer ask(String method, String path, HttpEntity body) {
        Optional<Secret> token = authorization.token();
        FhirAnswer answer = exchange(request(method, path, body, token));
        if (answer.status() == 401 && token.isPresent() && authorization.renew(token.get())) {
            return exchange(request(method, path, body, authorization.token()));
        }
        return answer;
    }

    private HttpUriRequestBase request(String method, String path, HttpEntity body, Optional<Secret> token) {
        HttpUriRequestBase request = new HttpUriRequestBase(method, URI.create("/"));
        String root = base.getRawPath();
        String target = path.isEmpty() ? root : root + "/" + path;
        request.setPath(target.isEmpty() ? "/" : target);
        headers.forEach(request::setHeader);
        request.setHeader("Accept", "application/fhir+json, application/json;q=0.9");
        if (body != null) {
            request.setHeader("Prefer", "return=minimal");
            request.setEntity(body);
        }
        token.ifPresent(secret -> request.setHeader("Authorization", "Bearer " + secret.reveal()));
        return request;
    }

    private FhirAnswer exchange(HttpUriRequestBase request) {
        try {
            return http.exchange(
                    BoundedHttp.host(base.getScheme(), base.getHost(), base.getPort()),
                    request,
                    limits.exchange(),
                    this::read);
        } catch (AnswerTooLargeException e) {
            throw new FhirUnreachableException(
                    ErrorCode.DESTINATION_ERROR,
                    "The destination's answer is larger than %d MB."
                            .formatted(limits.answer().toMegabytes()));
        } catch (InterruptedIOException e) {
            throw new FhirUnreachableException(
                    ErrorCode.DESTINATION_TIMEOUT, "The destination did not answer in time.");
        } catch (IOException e) {
            throw new FhirUnreachableException(
                    ErrorCode.DESTINATION_UNREACHABLE,
                    "The destination cannot be reached: %s.".formatted(ConnectionFailures.describe(e)));
        }
    }

    private FhirAnswer read(BoundedHttp.Answer answer) throws IOException {
        return new FhirAnswer(
                answer.status(),
                answer.header("Content-Type"),
                RetryAfter.of(answer.status(), answer::header, clock),
                answer.body(limits.answer()));
    }
}
