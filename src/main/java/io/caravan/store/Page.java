package io.caravan.store;

import java.io.Closeable;
import java.util.List;
import java.util.Optional;

/**
 * One answer of a source, cut into resources (architecture.md § 5 "In").
 *
 * @param type the answer's own: a Bundle, or what came in its place
 * @param resources what can land, in the order of the page; empty for a page of warnings only
 * @param next the url of the Bundle's link "next", exactly as sent and unresolved; empty on the last page;
 *     an empty text where there is such a link, but without a url
 * @param warnings what the source said inside the page, and what of it cannot land
 */
public record Page(String type, List<CutResource> resources, Optional<String> next, List<PageWarning> warnings)
        implements Closeable {

    public Page {
        resources = List.copyOf(resources);
        warnings = List.copyOf(warnings);
    }

    /** A Bundle. */
    public Page(List<CutResource> resources, Optional<String> next, List<PageWarning> warnings) {
        this("Bundle", resources, next, warnings);
    }

    /** Lets go of the file that a long answer lies in: no content of its resources can be read any more. */
    @Override
    public void close() {
        resources.forEach(resource -> resource.content().close());
    }
}
