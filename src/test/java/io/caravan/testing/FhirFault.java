package io.caravan.testing;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.springframework.web.util.ContentCachingResponseWrapper;

/** What can go wrong before a FHIR server; {@link HapiServer#fail} says for which requests, and how often. */
public interface FhirFault {

    /**
     * Answers in the server's place, or around it.
     *
     * @param over counted down when the server stops or lets go of what it holds
     */
    void answer(HttpServletRequest request, HttpServletResponse response, FilterChain server, CountDownLatch over)
            throws IOException, ServletException;

    /** A status with a page of something that is no FHIR. */
    static FhirFault status(int status) {
        return answer(status, "text/html", "<html><body>Sorry.</body></html>");
    }

    /** A refusal with an OperationOutcome. */
    static FhirFault outcome(int status, String diagnostics) {
        return answer(
                status,
                "application/fhir+json",
                "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":\"processing\",\"diagnostics\":\"%s\"}]}"
                        .formatted(diagnostics));
    }

    /** 429 or 503 with this Retry-After. */
    static FhirFault throttled(int status, int seconds) {
        return (request, response, server, over) -> {
            response.setHeader("Retry-After", Integer.toString(seconds));
            response.setStatus(status);
        };
    }

    /** A sign-in page in a 200. */
    static FhirFault page() {
        return answer(200, "text/html;charset=utf-8", "<!DOCTYPE html><html><body>Please sign in</body></html>");
    }

    /** Any answer at all. */
    static FhirFault answer(int status, String contentType, String body) {
        return (request, response, server, over) -> {
            response.setStatus(status);
            response.setContentType(contentType);
            response.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
        };
    }

    /** The server does its work; its answer breaks off before it says anything. */
    static FhirFault answerLost() {
        return (request, response, server, over) -> {
            server.doFilter(request, new ContentCachingResponseWrapper(response));
            breakOff(response);
        };
    }

    /** The server does its work; half of its answer arrives, and then the connection ends. */
    static FhirFault answerTorn() {
        return (request, response, server, over) -> {
            byte[] whole = whole(request, response, server);
            response.setContentLength(whole.length);
            response.setHeader("Connection", "close");
            response.getOutputStream().write(whole, 0, whole.length / 2);
            response.flushBuffer();
        };
    }

    /** The server does its work; half of its answer arrives, as if that were all of it. */
    static FhirFault answerHalved() {
        return (request, response, server, over) -> {
            byte[] whole = whole(request, response, server);
            response.setContentLength(whole.length / 2);
            response.getOutputStream().write(whole, 0, whole.length / 2);
        };
    }

    /** Nothing is done, and the connection ends in the middle of an answer. */
    static FhirFault reset() {
        return (request, response, server, over) -> breakOff(response);
    }

    /** Holds the request until the server lets go; then the server does its work. */
    static FhirFault stall() {
        return (request, response, server, over) -> {
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            server.doFilter(request, response);
        };
    }

    /** The body that the server would have answered; its status and headers are set. */
    private static byte[] whole(HttpServletRequest request, HttpServletResponse response, FilterChain server)
            throws IOException, ServletException {
        ContentCachingResponseWrapper kept = new ContentCachingResponseWrapper(response);
        server.doFilter(request, kept);
        return kept.getContentAsByteArray();
    }

    private static void breakOff(HttpServletResponse response) throws IOException {
        response.reset();
        response.setContentLength(10_000);
        response.setHeader("Connection", "close");
        response.getOutputStream().write('{');
        response.flushBuffer();
    }
}
