package io.caravan.testing;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The searches a simulator has begun. A search's result is fixed when it begins; its later pages are reached by a query
 * that mixes escapes of both cases and a literal plus, so that whoever decodes and encodes it asks for another.
 */
final class SourcePaging {

    static final String PREFIX = "_getpages=";

    /** One page of a search; {@code next} is the query of the page behind it. */
    record Page(int total, List<SourceResource> resources, Optional<String> next) {}

    private record Search(String type, List<SourceResource> found, int count) {}

    private static final int REMEMBERED = 10_000;
    private static final Pattern QUERY = Pattern.compile("_getpages=a%2Cb%7C(\\d{1,6})&cursor=[^&]*&page=(\\d{1,6})");

    private final Map<Integer, Search> searches = new LinkedHashMap<>();
    private int last;

    synchronized Page first(String type, List<SourceResource> found, int count) {
        Search search = new Search(type, found, count);
        if (found.size() <= count) {
            return page(search, 0, 1);
        }
        searches.put(++last, search);
        searches.remove(last - REMEMBERED);
        return page(search, last, 1);
    }

    /** The page a {@code next} link leads to; empty if it has expired, or differs by a byte from the one given out. */
    synchronized Optional<Page> next(String type, String rawQuery) {
        Matcher matcher = QUERY.matcher(rawQuery);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int session = Integer.parseInt(matcher.group(1));
        int number = Integer.parseInt(matcher.group(2));
        return Optional.ofNullable(searches.get(session))
                .filter(search -> search.type().equals(type) && rawQuery.equals(query(session, number)))
                .map(search -> page(search, session, number));
    }

    synchronized void expire() {
        searches.clear();
    }

    private static Page page(Search search, int session, int number) {
        int size = search.found().size();
        int from = Math.min(size, (number - 1) * search.count());
        int to = Math.min(size, from + search.count());
        return new Page(
                size,
                search.found().subList(from, to),
                to < size ? Optional.of(query(session, number + 1)) : Optional.empty());
    }

    private static String query(int session, int page) {
        byte[] position = ("%d.%d".formatted(session, page)).getBytes(StandardCharsets.US_ASCII);
        String cursor = Base64.getEncoder().withoutPadding().encodeToString(position);
        return "%sa%%2Cb%%7C%d&cursor=%s+x%%3D%%3d&page=%d".formatted(PREFIX, session, cursor, page);
    }
}
