package io.caravan.source;

import io.caravan.support.ErrorCode;
import io.caravan.support.net.AnswerTooLargeException;
import io.caravan.support.net.BoundedHttp;
import io.caravan.support.net.ConnectionFailures;
import io.caravan.support.net.ExchangeOverdueException;
import io.caravan.support.net.GuardedHttpClients;
import io.caravan.support.net.RetryAfter;
import io.caravan.support.payload.Payload;
import io.caravan.support.payload.Payloads;
import io.caravan.support.secret.Secret;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.core5.http.HttpHost;
import org.springframework.util.unit.DataSize;

/**
 * Reads from a source over the one guarded HTTP client. It stands in for camel-http because a {@code next} link must go
 * out byte for byte (camel-http encodes it again), a token may stand in no Camel header, and the time and size of a whole
 * exchange are bounded here.
 */
public class SourceClient {

    /**
     * One GET.
     *
     * @param baseUrl the source's FHIR base: the token goes to its origin only
     * @param url absolute; its bytes after the authority are sent as they are
     * @param headers what the request says besides; {@code Prefer: handling=strict} where they do not say otherwise
     */
    public record Request(String baseUrl, String url, Map<String, String> headers, Optional<Secret> token) {

        private Request at(String other) {
            return new Request(baseUrl, other, headers, token);
        }
    }

    /**
     * A 200.
     *
     * @param body to be closed by whoever asked for it
     * @param date the server's clock as it answered; empty where it does not say
     * @param contentType as the server says it; empty where it does not
     */
    public record Answer(Payload body, Optional<Instant> date, Optional<String> contentType) {}

    /** How much of an answer is read, by what its head says. */
    public interface Appetite {
        /**
         * The most bytes that are read.
         *
         * @throws SourceException where none of them is wanted
         */
        DataSize of(Optional<String> contentType);
    }

    /**
     * What came of one exchange: an answer, or where to ask instead.
     *
     * @param location null where there is an answer
     */
    private record Received(Answer answer, String location) {}

    private static final int MOST_REDIRECTS = 5;

    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    /** An OperationOutcome is small; of a longer answer only the status is looked at. */
    private static final DataSize ERROR_LIMIT = DataSize.ofKilobytes(64);

    private final BoundedHttp http;
    private final Payloads payloads;
    private final SourceSettings settings;
    private final Clock clock;

    public SourceClient(BoundedHttp http, Payloads payloads, SourceSettings settings, Clock clock) {
        this.http = http;
        this.payloads = payloads;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * A 200 with a body. Redirects are followed within the origin that was asked, each an exchange with its own limits.
     *
     * @throws SourceException for every other answer, and where there is none
     */
    public Answer answer(Request request) {
        return answer(request, contentType -> settings.pageLimit());
    }

    /**
     * The same for an answer that is not wanted whatever it is.
     *
     * @throws SourceException also {@code page_too_large}, where it has more bytes than that
     */
    public Answer answer(Request request, Appetite appetite) {
        Request at = request;
        for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
            Received received = receive(at, appetite);
            if (received.location() == null) {
                return received.answer();
            }
            at = at.at(PageLinks.redirect(at.url(), received.location()));
        }
        throw PageLinks.redirectRefused("it is the %dth in a row".formatted(MOST_REDIRECTS + 1));
    }

    private Received receive(Request request, Appetite appetite) {
        Origin.Located target =
                Origin.locate(request.url()).orElseThrow(() -> unreachable("its address is not an http(s) URL"));
        HttpGet get = prepare(request, target);
        Origin origin = target.origin();
        HttpHost host = BoundedHttp.host(origin.scheme(), origin.host(), origin.port());
        try {
            return http.exchange(host, get, settings.exchangeLimit(), answer -> read(answer, appetite));
        } catch (ExchangeOverdueException e) {
            throw SourceException.passing(
                    ErrorCode.SOURCE_TIMEOUT,
                    "The source's answer took longer than caravan.source.exchange-limit.",
                    null);
        } catch (InterruptedIOException e) {
            throw SourceException.passing(ErrorCode.SOURCE_TIMEOUT, "The source did not answer in time.", null);
        } catch (IOException e) {
            throw unreachable(ConnectionFailures.describe(e));
        }
    }

    private HttpGet prepare(Request request, Origin.Located target) {
        HttpGet get = new HttpGet("/");
        get.setPath(OnTheWire.path(target.rest()));
        // A page may take minutes before its first byte (sources.md 19): only the exchange as a whole is bounded.
        get.setConfig(GuardedHttpClients.silentFor(settings.exchangeLimit()));
        get.setHeader("Prefer", "handling=strict");
        request.headers().forEach(get::setHeader);
        boolean own = Origin.locate(request.baseUrl())
                .filter(base -> base.origin().equals(target.origin()))
                .isPresent();
        if (own) {
            request.token().ifPresent(token -> get.setHeader("Authorization", "Bearer " + token.reveal()));
        }
        return get;
    }

    private Received read(BoundedHttp.Answer answer, Appetite appetite) throws IOException {
        String location = answer.header("Location");
        if (REDIRECTS.contains(answer.status()) && location != null) {
            return new Received(null, location);
        }
        if (answer.status() != 200) {
            throw SourceException.answered(
                    answer.status(), RetryAfter.of(answer.status(), answer::header, clock), codes(answer));
        }
        if (!answer.hasBody()) {
            throw notFhir("The source answered without a body.");
        }
        String encoding =
                answer.header("Content-Encoding"); // gone where it was one that the client asked for, and undid
        if (encoding != null && !encoding.isBlank() && !encoding.trim().equalsIgnoreCase("identity")) {
            throw notFhir("The source's answer is encoded in a way that it was not asked for (Content-Encoding).");
        }
        Optional<String> contentType = Optional.ofNullable(answer.header("Content-Type"));
        DataSize most = most(answer, contentType, appetite);
        try {
            Payload body = payloads.receive(settings.pageInMemory(), out -> answer.copyTo(out, most));
            return new Received(new Answer(body, HttpDate.parse(answer.header("Date")), contentType), null);
        } catch (AnswerTooLargeException e) {
            throw SourceException.permanent(
                    ErrorCode.PAGE_TOO_LARGE,
                    SourceException.Outcome.FAILED,
                    "The source's page is larger than %d MB (caravan.source.page-limit)."
                            .formatted(settings.pageLimit().toMegabytes()));
        }
    }

    private static DataSize most(BoundedHttp.Answer answer, Optional<String> contentType, Appetite appetite) {
        try {
            return appetite.of(contentType);
        } catch (SourceException e) {
            answer.abandon();
            throw e;
        }
    }

    /** What the source says in its refusal; nothing where that cannot be read, for the status says enough. */
    private static List<String> codes(BoundedHttp.Answer refusal) {
        if (StatusMeaning.of(refusal.status()).again()) {
            return List.of(); // whoever asks to wait is heard at once, and not when the rest of it has come
        }
        try {
            return OutcomeCodes.of(refusal.body(ERROR_LIMIT));
        } catch (IOException e) {
            return List.of();
        }
    }

    private static SourceException notFhir(String why) {
        return SourceException.permanent(ErrorCode.SOURCE_NOT_FHIR, SourceException.Outcome.FAILED, why);
    }

    private static SourceException unreachable(String why) {
        return SourceException.passing(
                ErrorCode.SOURCE_UNREACHABLE, "The source cannot be reached: %s.".formatted(why), null);
    }
}
