package io.caravan.source;

import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import io.caravan.support.net.ConnectionFailures;
import io.caravan.support.secret.Secret;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;

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
    public record Request(String baseUrl, String url, Map<String, String> headers, Optional<Secret> token) {}

    private static final int CHUNK = 64 * 1024;
    // What a source announces is not yet what it sends: beyond this the buffer grows with what arrives.
    private static final long FIRST_BUFFER = 1 << 20;

    private final CloseableHttpClient http;
    private final SourceSettings settings;
    private final ScheduledExecutorService deadlines;
    private final Clock clock;

    public SourceClient(
            CloseableHttpClient http, SourceSettings settings, ScheduledExecutorService deadlines, Clock clock) {
        this.http = http;
        this.settings = settings;
        this.deadlines = deadlines;
        this.clock = clock;
    }

    /**
     * The body of a 200.
     *
     * @throws SourceException for every other answer, and where there is none
     */
    public byte[] get(Request request) {
        Origin.Located target =
                Origin.locate(request.url()).orElseThrow(() -> unreachable("its address is not an http(s) URL"));
        HttpGet get = prepare(request, target);
        ScheduledFuture<?> deadline =
                deadlines.schedule(get::cancel, settings.exchangeLimit().toMillis(), TimeUnit.MILLISECONDS);
        try {
            Origin origin = target.origin();
            HttpHost host = new HttpHost(origin.scheme(), bare(origin.host()), origin.port());
            return http.execute(host, get, answer -> body(get, answer));
        } catch (CaravanException e) {
            throw e;
        } catch (InterruptedIOException e) {
            throw SourceException.passing(ErrorCode.SOURCE_TIMEOUT, "The source did not answer in time.", null);
        } catch (IOException e) {
            throw failure(get, e);
        } finally {
            deadline.cancel(false);
        }
    }

    private HttpGet prepare(Request request, Origin.Located target) {
        HttpGet get = new HttpGet("/");
        get.setPath(OnTheWire.path(target.rest()));
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

    private byte[] body(HttpGet get, ClassicHttpResponse response) throws IOException {
        if (response.getCode() != 200) {
            Header wait = response.getFirstHeader("Retry-After");
            throw SourceException.answered(
                    response.getCode(), RetryAfter.parse(wait == null ? null : wait.getValue(), clock));
        }
        HttpEntity entity = response.getEntity();
        if (entity == null) {
            throw SourceException.permanent(
                    ErrorCode.SOURCE_NOT_FHIR, SourceException.Outcome.FAILED, "The source answered without a body.");
        }
        try (InputStream in = entity.getContent()) {
            return bounded(get, in, entity.getContentLength());
        }
    }

    private byte[] bounded(HttpGet get, InputStream in, long announced) throws IOException {
        long limit = settings.pageLimit().toBytes();
        ByteArrayOutputStream out = new ByteArrayOutputStream((int) Math.max(CHUNK, Math.min(announced, FIRST_BUFFER)));
        byte[] chunk = new byte[CHUNK];
        for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
            if (out.size() + n > limit) {
                get.cancel(); // closing the stream of a connection that lives would read the rest of it
                throw SourceException.permanent(
                        ErrorCode.PAGE_TOO_LARGE,
                        SourceException.Outcome.FAILED,
                        "The source's page is larger than %d MB (caravan.source.page-limit)."
                                .formatted(settings.pageLimit().toMegabytes()));
            }
            out.write(chunk, 0, n);
        }
        return out.toByteArray();
    }

    private static SourceException failure(HttpGet get, IOException e) {
        if (get.isCancelled()) {
            return SourceException.passing(
                    ErrorCode.SOURCE_TIMEOUT,
                    "The source's answer took longer than caravan.source.exchange-limit.",
                    null);
        }
        return unreachable(ConnectionFailures.describe(e));
    }

    private static SourceException unreachable(String why) {
        return SourceException.passing(
                ErrorCode.SOURCE_UNREACHABLE, "The source cannot be reached: %s.".formatted(why), null);
    }

    private static String bare(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
