package io.caravan.destination.gcs;

import com.google.api.client.http.LowLevelHttpRequest;
import com.google.api.client.http.LowLevelHttpResponse;
import io.caravan.support.net.BoundedHttp;
import io.caravan.support.net.NoAnswerException;
import io.caravan.support.net.WrittenBody;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.springframework.util.unit.DataSize;

/** One request; its answer is read whole, for nothing of size is ever downloaded. */
final class GcsRequest extends LowLevelHttpRequest {

    private static final DataSize LARGEST_ANSWER = DataSize.ofMegabytes(4);

    private final BoundedHttp http;
    private final Duration limit;
    private final URI target;
    private final boolean allowed;
    private final HttpUriRequestBase outgoing;

    GcsRequest(BoundedHttp http, Duration limit, String method, URI target, boolean allowed) {
        this.http = http;
        this.limit = limit;
        this.target = target;
        this.allowed = allowed;
        this.outgoing = new HttpUriRequestBase(method, target);
    }

    @Override
    public void addHeader(String name, String value) {
        // Apache's client sets them from the body and the target, and unpacks what it asked to be packed.
        if (!name.equalsIgnoreCase("Host")
                && !name.equalsIgnoreCase("Content-Length")
                && !name.equalsIgnoreCase("Accept-Encoding")) {
            outgoing.addHeader(name, value);
        }
    }

    @Override
    public LowLevelHttpResponse execute() throws IOException {
        if (!allowed) {
            throw NoAnswerException.because(
                    "it names %s, which is another server than its own".formatted(target.getHost()));
        }
        if (getStreamingContent() != null) {
            outgoing.setEntity(new WrittenBody(
                    getContentType(), getContentEncoding(), getContentLength(), getStreamingContent()::writeTo));
        } else if (outgoing.getMethod().equals("PUT") || outgoing.getMethod().equals("POST")) {
            outgoing.setEntity(new ByteArrayEntity(new byte[0], null));
        }
        try {
            return http.exchange(
                    BoundedHttp.host(target.getScheme(), target.getHost(), target.getPort()),
                    outgoing,
                    limit,
                    this::read);
        } catch (IOException e) {
            throw NoAnswerException.of(e);
        }
    }

    private LowLevelHttpResponse read(BoundedHttp.Answer answer) throws IOException {
        List<GcsAnswer.Header> headers = new ArrayList<>();
        answer.eachHeader((name, value) -> headers.add(new GcsAnswer.Header(name, value)));
        return new GcsAnswer(answer.status(), headers, answer.body(LARGEST_ANSWER));
    }
}
