package io.caravan.api;

import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;

/** Refuses ids that cannot be any: an unknown one is a 404, a malformed one a 400. */
class PathIds implements HandlerInterceptor {

    private static final Map<String, String> PREFIXES = Map.of(
            "org", "org",
            "source", "src",
            "connection", "conn",
            "pull", "pull",
            "destination", "dest",
            "run", "run",
            "key", "key");

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE) instanceof Map<?, ?> variables) {
            variables.forEach((name, value) -> require(String.valueOf(name), String.valueOf(value)));
        }
        return true;
    }

    /** A filter of a list, which may be absent. */
    static String optional(String noun, String id) {
        if (id != null) {
            require(noun, id);
        }
        return id;
    }

    private static void require(String noun, String id) {
        String prefix = PREFIXES.get(noun);
        if (prefix != null && !id.matches(prefix + "_[0-9a-f]{32}")) {
            throw new CaravanException(
                    ErrorCode.MALFORMED_ID, "That is not the id of a %s: they start with %s_.".formatted(noun, prefix));
        }
    }
}
