package io.caravan.ops;

import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import io.caravan.support.web.ProblemWriter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.csrf.CsrfException;
import org.springframework.stereotype.Component;

/** What is answered to a caller who is nobody, and to one who may not: problems, as everywhere. */
@Component
class Refusals implements AuthenticationEntryPoint, AccessDeniedHandler {

    private final ProblemWriter problems;

    Refusals(ProblemWriter problems) {
        this.problems = problems;
    }

    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException failure)
            throws IOException {
        unauthenticated(request, response);
    }

    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException denied)
            throws IOException {
        if (denied instanceof Refused refused) {
            problems.write(request, response, refused.answer());
        } else if (SignInPage.isMeantBy(request)) {
            SignInPage.askAgain(request, response);
        } else if (denied instanceof CsrfException && !signedIn()) {
            unauthenticated(request, response); // no cookie to protect: the API key was forgotten
        } else {
            problems.write(request, response, new CaravanException(ErrorCode.FORBIDDEN, detail(denied)));
        }
    }

    private void unauthenticated(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        problems.write(
                request,
                response,
                new CaravanException(
                        ErrorCode.UNAUTHENTICATED, "Send an API key as Authorization: Bearer, or sign in."));
    }

    private static String detail(AccessDeniedException denied) {
        return denied instanceof CsrfException
                ? "A signed-in person's request needs the CSRF token of GET /api/v1/session in its header."
                : "You may not do this.";
    }

    private static boolean signedIn() {
        Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
        return authentication != null && authentication.isAuthenticated();
    }
}
