package io.caravan.support.web;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.support.CaravanException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/** Answers with a problem where no controller does: in filters and where the server itself refuses a request. */
@Component
public class ProblemWriter {

    private static final ObjectMapper JSON = new ObjectMapper();

    public void write(HttpServletRequest request, HttpServletResponse response, CaravanException refused)
            throws IOException {
        write(response, Problem.of(refused, RequestIds.of(request)));
    }

    void write(HttpServletResponse response, Problem problem) throws IOException {
        if (response.isCommitted()) {
            return;
        }
        byte[] body = JSON.writeValueAsString(problem).getBytes(StandardCharsets.UTF_8);
        response.resetBuffer();
        response.setStatus(problem.status());
        problem.retryAfter().ifPresent(seconds -> response.setHeader(HttpHeaders.RETRY_AFTER, seconds));
        response.setContentType(Problem.MEDIA_TYPE);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
