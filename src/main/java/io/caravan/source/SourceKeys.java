package io.caravan.source;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A source's key, derived from its base URL alone, so that a source made again keeps its ids. */
final class SourceKeys {

    private static final int MAX_LENGTH = 12;
    private static final String FALLBACK = "source";

    /** Labels and words that say nothing of whose server it is. */
    private static final Set<String> GENERIC =
            Set.of(("www fhir fhirr4 hapi api apis r4 ehr emr portal app apps gateway open sandbox test prod "
                            + "production staging dev server cloud secure st saint the of and hospital hospitals health healthcare clinic medical center")
                    .split(" "));

    /** Second-level labels under which a country registers names. */
    private static final Set<String> REGISTRIES = Set.of("co", "com", "org", "net", "gov", "ac", "edu", "nhs");

    private SourceKeys() {}

    /** The key that the base URL suggests: {@code https://fhir.st-elsewhere.org/r4} gives {@code elsewhere}. */
    static String derive(URI base) {
        List<String> labels = names(base.getHost());
        for (int i = labels.size() - 1; i >= 0; i--) {
            String key = key(labels.get(i));
            if (key.length() >= 2) {
                return key;
            }
        }
        return FALLBACK;
    }

    /** {@code key}, or with the first number from 2 that makes it one of nobody's. */
    static String distinct(String key, Set<String> taken) {
        return Stream.concat(
                        Stream.of(key),
                        IntStream.iterate(2, n -> n + 1).mapToObj(n -> shorten(key, MAX_LENGTH - digits(n)) + n))
                .filter(candidate -> !taken.contains(candidate))
                .findFirst()
                .orElseThrow();
    }

    /** The labels of a host without its top-level domain; none for an address. */
    private static List<String> names(String host) {
        if (host.startsWith("[") || host.matches("[0-9.]+")) {
            return List.of();
        }
        List<String> labels = Arrays.asList(host.split("\\."));
        if (labels.size() == 1) {
            return labels;
        }
        List<String> names = labels.subList(0, labels.size() - 1);
        boolean registry = names.size() > 1 && REGISTRIES.contains(names.get(names.size() - 1));
        return registry ? names.subList(0, names.size() - 1) : names;
    }

    private static String key(String label) {
        String words = Arrays.stream(label.split("[^a-z0-9]+"))
                .filter(word -> !GENERIC.contains(word))
                .collect(Collectors.joining());
        return shorten(words.replaceFirst("^[0-9]+", ""), MAX_LENGTH);
    }

    private static String shorten(String key, int length) {
        return key.substring(0, Math.min(key.length(), length));
    }

    private static int digits(int n) {
        return Integer.toString(n).length();
    }
}
