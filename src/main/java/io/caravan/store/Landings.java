package io.caravan.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * What of a batch lands by one statement: all of it, unless that would be too much in memory at once. A large resource
 * that lies in a file goes alone, straight from there.
 */
final class Landings {

    private static final int LARGE = 1 << 20;
    private static final long MOST = 8 << 20;
    // As land-records.sql takes them, so that connections that see the same records do so in the same order.
    private static final Comparator<CutResource> IN_ORDER =
            Comparator.comparing(CutResource::type).thenComparing(CutResource::id);

    private Landings() {}

    static List<List<CutResource>> of(Collection<CutResource> resources) {
        long all = resources.stream().mapToLong(r -> r.content().length()).sum();
        if (all <= MOST && resources.stream().noneMatch(r -> isLarge(r.content()))) {
            return resources.isEmpty() ? List.of() : List.of(List.copyOf(resources));
        }
        List<List<CutResource>> landings = new ArrayList<>();
        List<CutResource> some = new ArrayList<>();
        long bytes = 0;
        for (CutResource resource : resources.stream().sorted(IN_ORDER).toList()) {
            int length = resource.content().length();
            if (!some.isEmpty() && (bytes + length > MOST || isLarge(resource.content()))) {
                landings.add(some);
                some = new ArrayList<>();
                bytes = 0;
            }
            some.add(resource);
            bytes += isLarge(resource.content()) ? MOST : length;
        }
        landings.add(some);
        return landings;
    }

    /** Whether it is bound as a stream, and its place in the array left empty. */
    static boolean isLarge(Content content) {
        return !content.held() && content.length() > LARGE;
    }
}
