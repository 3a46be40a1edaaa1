package io.caravan.destination.azure;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeader;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.Context;
import io.caravan.support.net.BoundedHttp;
import io.caravan.support.net.NoAnswerException;
import io.caravan.support.net.WrittenBody;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.Set;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * What the Azure SDK sends its requests with: the guarded and bounded client that everything outbound goes over. Answers are
 * read whole, which suits who uploads and looks; nothing of size is ever downloaded.
 */
public final class AzureHttp implements HttpClient {

    private static final int ONE_BLOCK = 1;

    private static final DataSize LARGEST_ANSWER = DataSize.ofMegabytes(4);

    /** Apache's client sets them from the body and the target. */
    private static final Set<HttpHeaderName> SET_BELOW = Set.of(HttpHeaderName.CONTENT_LENGTH, HttpHeaderName.HOST);

    private final BoundedHttp http;
    private final Duration limit;

    /** With this limit of each exchange, from connecting to its last byte. */
    public AzureHttp(BoundedHttp http, Duration limit) {
        this.http = http;
        this.limit = limit;
    }

    /** On a thread that may wait: the exchange blocks. */
    @Override
    public Mono<HttpResponse> send(HttpRequest request) {
        return Mono.fromCallable(() -> exchange(request)).subscribeOn(Schedulers.boundedElastic());
    }

    @Override
    public HttpResponse sendSync(HttpRequest request, Context context) {
        try {
            return exchange(request);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpResponse exchange(HttpRequest request) throws IOException {
        URI target = URI.create(request.getUrl().toString());
        HttpUriRequestBase outgoing =
                new HttpUriRequestBase(request.getHttpMethod().toString(), target);
        for (HttpHeader header : request.getHeaders()) {
            if (!SET_BELOW.contains(HttpHeaderName.fromString(header.getName()))) {
                outgoing.setHeader(header.getName(), header.getValue());
            }
        }
        if (request.getBody() != null) {
            outgoing.setEntity(body(request));
        }
        try {
            return http.exchange(
                    BoundedHttp.host(target.getScheme(), target.getHost(), target.getPort()),
                    outgoing,
                    limit,
                    answer -> read(request, answer));
        } catch (IOException e) {
            throw NoAnswerException.of(e);
        } catch (RuntimeException refused) {
            throw new IllegalStateException(refused); // of what it does not know the SDK keeps the cause, and no more
        }
    }

    /** Read and written a block at a time; its type is among the request's headers. */
    private static WrittenBody body(HttpRequest request) {
        String announced = request.getHeaders().getValue(HttpHeaderName.CONTENT_LENGTH);
        long length = announced == null ? -1 : Long.parseLong(announced);
        return new WrittenBody(null, null, length, out -> {
            WritableByteChannel channel = Channels.newChannel(out);
            for (ByteBuffer block : request.getBody().toIterable(ONE_BLOCK)) {
                while (block.hasRemaining()) {
                    channel.write(block);
                }
            }
        });
    }

    private static HttpResponse read(HttpRequest request, BoundedHttp.Answer answer) throws IOException {
        HttpHeaders headers = new HttpHeaders();
        answer.eachHeader((name, value) -> headers.add(HttpHeaderName.fromString(name), value));
        return new AzureAnswer(request, answer.status(), headers, answer.body(LARGEST_ANSWER));
    }
}
