package io.caravan.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/**
 * A way to a real authorization server through the source, so that the source's faults, quotas and ledger cover the token
 * endpoint too (sources.md 17). Clients that sign for the server's own URL must go there themselves.
 */
final class SourceTokenDoor {

    private final URI server;
    private final HttpClient http = HttpClient.newHttpClient();

    SourceTokenDoor(URI server) {
        this.server = server;
    }

    SourceAnswer answer(SourceRequest request) {
        HttpRequest.Builder onward =
                HttpRequest.newBuilder(server).method(request.method(), BodyPublishers.ofString(request.body()));
        for (String name : new String[] {"Authorization", "Content-Type", "Accept"}) {
            request.header(name).ifPresent(value -> onward.header(name, value));
        }
        try {
            HttpResponse<byte[]> answer = http.send(onward.build(), BodyHandlers.ofByteArray());
            String type = answer.headers().firstValue("Content-Type").orElse("application/json");
            return SourceAnswer.of(answer.statusCode(), type, answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return SourceAnswer.bare(503).delivered(SourceAnswer.Delivery.NONE);
        }
    }
}
