package io.caravan.api;

import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import io.caravan.support.web.ProblemWriter;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.boot.web.servlet.error.ErrorController;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;

/** What the server refuses before any controller sees it (a malformed path, for one): a problem like all others. */
@Controller
class ErrorPage implements ErrorController {

    private final ProblemWriter problems;

    ErrorPage(ProblemWriter problems) {
        this.problems = problems;
    }

    @RequestMapping("${server.error.path:/error}")
    void problem(HttpServletRequest request, HttpServletResponse response) throws IOException {
        int status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code ? code : 404;
        problems.write(request, response, refusal(status));
    }

    private static CaravanException refusal(int status) {
        return switch (status) {
            case 401 -> new CaravanException(ErrorCode.UNAUTHENTICATED, "Send an API key, or sign in.");
            case 403 -> new CaravanException(ErrorCode.FORBIDDEN, "You may not do this.");
            case 404 -> new CaravanException(ErrorCode.NOT_FOUND, "There is nothing at this path.");
            case 405 -> new CaravanException(ErrorCode.METHOD_NOT_ALLOWED, "This path does not know that method.");
            default ->
                status < 500
                        ? new CaravanException(ErrorCode.INVALID_REQUEST, "The request is malformed.")
                        : new CaravanException(ErrorCode.INTERNAL, "Something went wrong here. The log says what.");
        };
    }
}
