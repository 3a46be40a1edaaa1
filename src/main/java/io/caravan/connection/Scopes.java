package io.caravan.connection;

import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The scopes of a grant, compared by what they allow (SMART App Launch 2.2 § Scopes); pure. */
final class Scopes {

    private static final Pattern RESOURCE =
            Pattern.compile("(patient|user|system)/([A-Za-z]+|\\*)\\.(read|write|\\*|c?r?u?d?s?)(?:\\?(.+))?");

    private Scopes() {}

    /** The scopes in a text that has spaces between them; none in null. */
    static List<String> list(String scope) {
        return scope == null
                ? List.of()
                : Stream.of(scope.strip().split("\\s+"))
                        .filter(s -> !s.isEmpty())
                        .distinct()
                        .toList();
    }

    /**
     * Those that nothing granted allows, each once. Scopes that ask for a launch context are no grants: many servers do
     * not repeat them.
     *
     * @param granted null where that is not known: then nothing is said to be missing
     */
    static List<String> missing(Collection<String> wanted, String granted) {
        List<String> allowed = list(granted);
        return granted == null
                ? List.of()
                : wanted.stream()
                        .distinct()
                        .filter(scope -> !scope.startsWith("launch"))
                        .filter(scope -> allowed.stream().noneMatch(given -> covers(given, scope)))
                        .toList();
    }

    private static boolean covers(String given, String wanted) {
        if (given.equals(wanted)) {
            return true;
        }
        Matcher has = RESOURCE.matcher(given);
        Matcher needs = RESOURCE.matcher(wanted);
        return has.matches()
                && needs.matches()
                && has.group(1).equals(needs.group(1))
                && (has.group(2).equals("*") || has.group(2).equals(needs.group(2)))
                && permissions(needs.group(3))
                        .chars()
                        .allMatch(p -> permissions(has.group(3)).indexOf(p) >= 0)
                && (has.group(4) == null || has.group(4).equals(needs.group(4)));
    }

    /** SMART 1's words in SMART 2's letters. */
    private static String permissions(String text) {
        return switch (text) {
            case "read" -> "rs";
            case "write" -> "cud";
            case "*" -> "cruds";
            default -> text;
        };
    }
}
