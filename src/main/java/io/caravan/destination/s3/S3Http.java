package io.caravan.destination.s3;

import io.caravan.support.net.BoundedHttp;
import io.caravan.support.net.GuardedHttpClients;
import io.caravan.support.net.NoAnswerException;
import io.caravan.support.net.WrittenBody;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.core5.http.HttpHost;
import org.springframework.util.unit.DataSize;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.utils.http.SdkHttpUtils;

/**
 * What Amazon's SDK sends its requests with: the guarded and bounded client that everything outbound goes over. Answers are
 * read whole, which suits who uploads and looks; nothing of size is ever downloaded.
 */
public final class S3Http implements SdkHttpClient {

    private static final DataSize LARGEST_ANSWER = DataSize.ofMegabytes(4);

    private static final int CHUNK = 64 * 1024;

    /** Apache's client sets them from the body and the target, as the SDK has signed them. */
    private static final Set<String> SET_BELOW = Set.of("content-length", "host");

    private final BoundedHttp http;
    private final Duration limit;
    private final RequestConfig config;

    /** With this limit of each exchange, from connecting to its last byte. */
    public S3Http(BoundedHttp http, Duration limit) {
        this.http = http;
        this.limit = limit;
        // The SDK compares what arrives with its checksums, and a length is the object's: nothing is packed on the way.
        this.config = RequestConfig.copy(GuardedHttpClients.silentFor(limit))
                .setContentCompressionEnabled(false)
                .build();
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        HttpUriRequestBase outgoing = outgoing(request);
        SdkHttpRequest target = request.httpRequest();
        HttpHost host = BoundedHttp.host(target.protocol(), target.host(), port(target));
        return new ExecutableHttpRequest() {
            @Override
            public HttpExecuteResponse call() throws IOException {
                try {
                    return http.exchange(host, outgoing, limit, S3Http::read);
                } catch (IOException e) {
                    throw NoAnswerException.of(e);
                }
            }

            @Override
            public void abort() {
                outgoing.cancel();
            }
        };
    }

    private HttpUriRequestBase outgoing(HttpExecuteRequest request) {
        SdkHttpRequest signed = request.httpRequest();
        HttpUriRequestBase outgoing = new HttpUriRequestBase(signed.method().name(), URI.create("/"));
        String query = signed.encodedQueryParameters().map(text -> "?" + text).orElse("");
        outgoing.setPath((signed.encodedPath().isEmpty() ? "/" : signed.encodedPath()) + query);
        outgoing.setConfig(config);
        signed.forEachHeader((name, values) -> {
            if (!SET_BELOW.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> outgoing.addHeader(name, value));
            }
        });
        long length = signed.firstMatchingHeader("Content-Length")
                .map(Long::parseLong)
                .orElse(-1L);
        request.contentStreamProvider()
                .ifPresent(body -> outgoing.setEntity(new WrittenBody(null, null, length, out -> write(body, out))));
        return outgoing;
    }

    private static void write(ContentStreamProvider body, OutputStream out) throws IOException {
        try (InputStream in = body.newStream()) {
            byte[] chunk = new byte[CHUNK];
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                out.write(chunk, 0, n);
            }
        }
    }

    private static HttpExecuteResponse read(BoundedHttp.Answer answer) throws IOException {
        SdkHttpFullResponse.Builder head = SdkHttpFullResponse.builder().statusCode(answer.status());
        answer.eachHeader(head::appendHeader);
        return HttpExecuteResponse.builder()
                .response(head.build())
                .responseBody(answer.hasBody() ? whole(answer) : null)
                .build();
    }

    private static AbortableInputStream whole(BoundedHttp.Answer answer) throws IOException {
        return AbortableInputStream.create(new ByteArrayInputStream(answer.body(LARGEST_ANSWER)));
    }

    /** -1 where the SDK leaves it out of the Host that it signs. */
    private static int port(SdkHttpRequest target) {
        return SdkHttpUtils.isUsingStandardPort(target.protocol(), target.port()) ? -1 : target.port();
    }

    @Override
    public String clientName() {
        return "Caravan";
    }

    @Override
    public void close() {
        // the client stays, for it is not this one's alone
    }
}
