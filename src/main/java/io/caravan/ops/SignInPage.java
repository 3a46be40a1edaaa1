package io.caravan.ops;

import io.caravan.support.DatabaseAway;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.MediaType;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.util.HtmlUtils;

/** The one page that needs no session: name and password, and why the last attempt was turned away. */
@Controller
class SignInPage {

    static final String PATH = "/sign-in";

    private static final Map<String, String> MESSAGES = Map.of(
            "wrong", "Name or password is wrong.",
            "throttled", "Too many failed attempts. Wait some minutes, then try again.",
            "expired", "This page was open for too long. Please sign in once more.",
            "away", "Caravan cannot reach its database. Try again in some seconds.",
            "left", "You are signed out.");

    private final String page = read();

    /** Where a failed attempt leads: back to the page, which says why. */
    static void turnAway(HttpServletRequest request, HttpServletResponse response, AuthenticationException failure)
            throws IOException {
        String why = failure instanceof LockedException ? "throttled" : DatabaseAway.causes(failure) ? "away" : "wrong";
        response.sendRedirect(request.getContextPath() + PATH + "?" + why);
    }

    static boolean isMeantBy(HttpServletRequest request) {
        return request.getRequestURI().equals(request.getContextPath() + PATH);
    }

    /** For a form that was open longer than its session. */
    static void askAgain(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.sendRedirect(request.getContextPath() + PATH + "?expired");
    }

    @GetMapping(path = PATH, produces = MediaType.TEXT_HTML_VALUE + ";charset=UTF-8")
    @ResponseBody
    String show(HttpServletRequest request, CsrfToken csrf) {
        return page.replace("{{csrf}}", HtmlUtils.htmlEscape(csrf.getToken()))
                .replace("{{message}}", MESSAGES.getOrDefault(String.valueOf(request.getQueryString()), ""));
    }

    private static String read() {
        try {
            return new ClassPathResource("pages/sign-in.html").getContentAsString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("The sign-in page cannot be read", e);
        }
    }
}
