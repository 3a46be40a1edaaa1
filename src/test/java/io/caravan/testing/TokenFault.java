package io.caravan.testing;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.springframework.web.util.ContentCachingResponseWrapper;

/** What can go wrong at a token endpoint; {@link OAuthServer#fail} says how often. */
public interface TokenFault {

    /**
     * Answers in the server's place, or around it.
     *
     * @param over counted down when the server stops or lets go of what it holds
     */
    void answer(HttpServletRequest request, HttpServletResponse response, FilterChain server, CountDownLatch over)
            throws IOException, ServletException;

    /** A status with nothing that a program could read. */
    static TokenFault status(int status) {
        return answer(status, "text/html", "<html><body>Sorry.</body></html>");
    }

    /** 429 with this Retry-After. */
    static TokenFault throttled(int seconds) {
        return (request, response, server, over) -> {
            response.setHeader("Retry-After", Integer.toString(seconds));
            response.setStatus(429);
        };
    }

    /** Any answer at all. */
    static TokenFault answer(int status, String contentType, String body) {
        return (request, response, server, over) -> {
            response.setStatus(status);
            response.setContentType(contentType);
            response.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
        };
    }

    /** Sends the caller elsewhere. */
    static TokenFault redirect(String location) {
        return (request, response, server, over) -> {
            response.setStatus(307);
            response.setHeader("Location", location);
        };
    }

    /** Holds the request until the server lets go, and asks the real endpoint then. */
    static TokenFault stall() {
        return (request, response, server, over) -> {
            await(over);
            server.doFilter(request, response);
        };
    }

    /** Sends a byte now and then, and never an end. */
    static TokenFault drip() {
        return (request, response, server, over) -> {
            OutputStream body = response.getOutputStream();
            try {
                while (!over.await(20, TimeUnit.MILLISECONDS)) {
                    body.write(' ');
                    body.flush();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }

    /** The real endpoint does its work, rotation included; its answer breaks off before it says anything. */
    static TokenFault answerLost() {
        return (request, response, server, over) -> {
            server.doFilter(request, new ContentCachingResponseWrapper(response));
            response.setContentLength(10_000);
            response.setHeader("Connection", "close");
            response.getOutputStream().write('{');
            response.flushBuffer();
        };
    }

    private static void await(CountDownLatch over) {
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
