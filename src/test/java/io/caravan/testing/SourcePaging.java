package io.caravan.testing;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The searches a simulator has begun. A search's result is fixed when it begins; its later pages are reached by a query
 * that mixes escapes of both cases and a literal plus, so that whoever decodes and encodes it asks for another. The same
 * searches in the same order have the same queries in every run.
 */
final class SourcePaging {

    static final String PREFIX = "_getpages=";

    /**
     * A search that has begun.
     *
     * @param query of its first page
     * @param patient whose records it asked for
     * @param found its result, for each page anew
     * @param shape how its first page was cut, and so all are
     */
    record Search(
            String type,
            String query,
            String patient,
            Supplier<List<SourceResource>> found,
            int count,
            SourceShape shape) {}

    /**
     * One page of a search.
     *
     * @param next the query of the page behind it
     * @param query of any page by its number
     */
    record Page(
            Search search,
            int number,
            int total,
            List<SourceResource> resources,
            Optional<String> next,
            IntFunction<String> query) {}

    private static final int REMEMBERED = 10_000;
    private static final Pattern QUERY =
            Pattern.compile("_getpages=a%2Cb%7C(\\d{1,18})&cursor=[^&]*&page=(\\d{1,6}).*");

    private final Map<Long, Search> searches = new LinkedHashMap<>();
    private final Map<String, Integer> begun = new LinkedHashMap<>();

    /** The number of the page in a next link's query; 1 where it has none. */
    static int number(String rawQuery) {
        Matcher matcher = QUERY.matcher(rawQuery);
        return matcher.matches() ? Integer.parseInt(matcher.group(2)) : 1;
    }

    synchronized Page first(Search search) {
        int nth = begun.merge(search.type() + "?" + search.query(), 1, Integer::sum);
        long session = Math.floorMod(
                SourceSeeds.mix(search.type().hashCode(), search.query().hashCode(), nth), 1L << 50);
        searches.put(session, search);
        forgetTheOldest(searches);
        forgetTheOldest(begun);
        return page(search, session, 1);
    }

    private static void forgetTheOldest(Map<?, ?> of) {
        if (of.size() > REMEMBERED) {
            of.remove(of.keySet().iterator().next());
        }
    }

    /**
     * The page a {@code next} link leads to; empty if it has expired, or differs by a byte from the one given out.
     *
     * @param type of the path; empty for links to the base
     */
    synchronized Optional<Page> next(String type, String rawQuery) {
        Matcher matcher = QUERY.matcher(rawQuery);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long session = Long.parseLong(matcher.group(1));
        int number = Integer.parseInt(matcher.group(2));
        return Optional.ofNullable(searches.get(session))
                .filter(search -> type.isEmpty() || search.type().equals(type))
                .filter(search -> rawQuery.equals(query(search, session, number)))
                .map(search -> page(search, session, number));
    }

    synchronized void expire() {
        searches.clear();
    }

    /** Forgets the search of which this is a page. */
    synchronized void expire(String rawQuery) {
        Matcher matcher = QUERY.matcher(rawQuery);
        if (matcher.matches()) {
            searches.remove(Long.parseLong(matcher.group(1)));
        }
    }

    private static Page page(Search search, long session, int number) {
        List<SourceResource> found = search.found().get();
        int size = found.size();
        int shown = search.shape().endless && number > 1 ? 1 : number;
        long start = (shown - 1L) * ((long) search.count() - search.shape().moves);
        int from = (int) Math.max(0, Math.min(size, start));
        int to = (int) Math.min(size, (long) from + search.count());
        boolean more = to < size || search.shape().endless;
        IntFunction<String> query = page -> query(search, session, page);
        return new Page(
                search,
                number,
                size,
                found.subList(from, to),
                more ? Optional.of(query.apply(number + 1)) : Optional.empty(),
                query);
    }

    private static String query(Search search, long session, int page) {
        byte[] position = ("%d.%d".formatted(session, page)).getBytes(StandardCharsets.US_ASCII);
        String cursor = Base64.getEncoder().withoutPadding().encodeToString(position);
        return "%sa%%2Cb%%7C%d&cursor=%s+x%%3D%%3d&page=%d%s"
                .formatted(PREFIX, session, cursor, page, search.shape().nextSuffix);
    }
}
