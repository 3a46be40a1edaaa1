package io.caravan.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;

/** What the tests of the simulator have in common: a client that knows nothing of faults, and takes what comes. */
abstract class SourceCase {

    static final String ANN = "{\"resourceType\":\"Patient\",\"id\":\"ann\"}";

    private static final ObjectMapper JSON = new ObjectMapper();

    final HttpClient http = HttpClient.newHttpClient();
    SourceSimulator source;

    @AfterEach
    void stop() {
        if (source != null) {
            source.close();
        }
    }

    /** Starts a source that behaves like this, with Ann and so many observations of hers. */
    void observations(int count, Fault... faults) {
        SourceBuilder builder = SourceSimulator.builder().resource(ANN);
        IntStream.range(0, count).forEach(i -> builder.resource(observation(i)));
        List.of(faults).forEach(builder::with);
        source = builder.start();
    }

    static String observation(int number) {
        return "{\"resourceType\":\"Observation\",\"id\":\"o%d\",\"subject\":{\"reference\":\"Patient/ann\"}}"
                .formatted(number);
    }

    URI uri(String path) {
        return URI.create(source.baseUrl() + path);
    }

    /** @param path below the API's base */
    HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return get(uri(path), headers);
    }

    HttpResponse<String> get(URI uri, String... headers) throws IOException, InterruptedException {
        return http.send(request(uri, headers), BodyHandlers.ofString());
    }

    HttpResponse<byte[]> getBytes(String path, String... headers) throws IOException, InterruptedException {
        return http.send(request(uri(path), headers), BodyHandlers.ofByteArray());
    }

    CompletableFuture<HttpResponse<String>> getAsync(String path) {
        return http.sendAsync(request(uri(path)), BodyHandlers.ofString());
    }

    private static HttpRequest request(URI uri, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return request.build();
    }

    int status(String path, String... headers) throws Exception {
        return get(path, headers).statusCode();
    }

    List<Integer> statuses(String path, int times) throws Exception {
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            statuses.add(status(path));
        }
        return statuses;
    }

    /** Sends this URL as it is, whatever {@link URI} thinks of it. */
    String getRaw(String url) throws IOException {
        String target = url.replaceFirst("^http://[^/]+", "");
        try (Socket socket = new Socket("127.0.0.1", source.baseUrl().getPort())) {
            String request = "GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** All pages of a search by a client that follows every next link, at most so many. */
    List<JsonNode> walk(String search, int most) throws Exception {
        List<JsonNode> pages = new ArrayList<>();
        String url = uri(search).toString();
        while (!url.isEmpty() && pages.size() < most) {
            JsonNode page = json(get(URI.create(url)));
            pages.add(page);
            url = next(page).isEmpty()
                    ? ""
                    : URI.create(url).resolve(next(page)).toString();
        }
        return pages;
    }

    /** The ids on all these pages. */
    static List<String> ids(List<JsonNode> pages) {
        return pages.stream().flatMap(page -> ids(page).stream()).toList();
    }

    static List<String> ids(JsonNode bundle) {
        return StreamSupport.stream(bundle.path("entry").spliterator(), false)
                .map(entry -> entry.at("/resource/id").asText())
                .toList();
    }

    /** Empty on the last page. */
    static String next(JsonNode bundle) {
        return StreamSupport.stream(bundle.path("link").spliterator(), false)
                .filter(link -> link.path("relation").textValue().equals("next"))
                .map(link -> link.path("url").asText())
                .findFirst()
                .orElse("");
    }

    static JsonNode json(HttpResponse<String> response) {
        return json(response.body());
    }

    static JsonNode json(String body) {
        try {
            return JSON.readTree(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The code of the source's own in an OperationOutcome. */
    static String code(JsonNode outcome) {
        return outcome.at("/issue/0/details/coding/0/code").asText();
    }
}
