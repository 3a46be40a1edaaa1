package io.caravan.api;

import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import io.caravan.support.web.DatabaseOutages;
import io.caravan.support.web.Problem;
import io.caravan.support.web.RequestIds;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Everything that goes wrong in a controller, or on the way to one, as a problem. */
@RestControllerAdvice
class ProblemAdvice extends ResponseEntityExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

    /** What Spring refuses by itself, by status, in our words: its own may repeat what was sent. */
    private static final Map<Integer, CaravanException> REFUSALS = Map.of(
            404, new CaravanException(ErrorCode.NOT_FOUND, "There is nothing at this path."),
            405, new CaravanException(ErrorCode.METHOD_NOT_ALLOWED, "This path does not know that method."),
            406, new CaravanException(ErrorCode.NOT_ACCEPTABLE, "The answer is application/json."),
            415, new CaravanException(ErrorCode.UNSUPPORTED_MEDIA_TYPE, "Send application/json."));

    @ExceptionHandler
    ResponseEntity<Object> refused(CaravanException refused, HttpServletRequest request) {
        if (refused.code() == ErrorCode.INTERNAL) {
            return defect(refused, request);
        }
        Problem problem = Problem.of(refused, RequestIds.of(request));
        return answer(refused instanceof DestinationTestFailed failed ? problem.withSteps(failed.steps()) : problem);
    }

    @ExceptionHandler
    ResponseEntity<Object> defect(Exception defect, HttpServletRequest request) {
        Optional<CaravanException> outage = DatabaseOutages.refusal(defect);
        if (outage.isPresent()) {
            return refused(outage.get(), request);
        }
        String id = RequestIds.of(request);
        log.error("Request {} failed", id, defect);
        return answer(
                Problem.of(ErrorCode.INTERNAL, "Something went wrong here. The log says what, under " + id + ".", id));
    }

    @Override
    protected ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException unreadable,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        return refused(UnreadableBody.refusal(unreadable), ((ServletWebRequest) request).getRequest());
    }

    @Override
    protected ResponseEntity<Object> handleExceptionInternal(
            Exception refusal, Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        HttpServletRequest served = ((ServletWebRequest) request).getRequest();
        if (status.is5xxServerError()) {
            return defect(refusal, served);
        }
        CaravanException known = REFUSALS.getOrDefault(
                status.value(),
                new CaravanException(ErrorCode.INVALID_REQUEST, "A parameter of the request is missing or wrong."));
        HttpHeaders allowed = new HttpHeaders();
        Set.copyOf(headers.getAllow()).forEach(method -> allowed.add(HttpHeaders.ALLOW, method.name()));
        Problem problem = Problem.of(known, RequestIds.of(served));
        return ResponseEntity.status(problem.status())
                .headers(allowed)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(problem);
    }

    private static ResponseEntity<Object> answer(Problem problem) {
        HttpHeaders headers = new HttpHeaders();
        problem.retryAfter().ifPresent(seconds -> headers.set(HttpHeaders.RETRY_AFTER, seconds));
        return ResponseEntity.status(problem.status())
                .headers(headers)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(problem);
    }
}
