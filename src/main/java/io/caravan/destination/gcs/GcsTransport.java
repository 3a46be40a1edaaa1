package io.caravan.destination.gcs;

import com.google.api.client.http.HttpTransport;
import com.google.api.client.http.LowLevelHttpRequest;
import io.caravan.support.net.BoundedHttp;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What Google's libraries send their requests with: the guarded and bounded client that everything outbound goes over, and
 * only to the origins they were made for. A session of an upload and a redirect are addresses that an answer names, and
 * the token would go there, too.
 */
public final class GcsTransport extends HttpTransport {

    private final BoundedHttp http;
    private final Duration limit;
    private final Set<String> origins;

    /**
     * @param limit of each exchange, from connecting to its last byte
     * @param allowed whose scheme, host and port are the only ones asked
     */
    public GcsTransport(BoundedHttp http, Duration limit, URI... allowed) {
        this.http = http;
        this.limit = limit;
        this.origins = Arrays.stream(allowed).map(GcsTransport::origin).collect(Collectors.toSet());
    }

    @Override
    public boolean supportsMethod(String method) {
        return true;
    }

    @Override
    protected LowLevelHttpRequest buildRequest(String method, String url) {
        URI target = URI.create(url);
        return new GcsRequest(http, limit, method, target, origins.contains(origin(target)));
    }

    private static String origin(URI uri) {
        int standard = "http".equals(uri.getScheme()) ? 80 : 443;
        return uri.getScheme() + "://" + uri.getHost() + ":" + (uri.getPort() < 0 ? standard : uri.getPort());
    }
}
