package io.caravan.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * How a search, or the read of a Binary, is answered, which faults may change. One is made for each request. What says which resources are found,
 * and how they are cut into pages, is settled by a search's first page; what a page looks like, by each page.
 */
final class SourceShape {

    /** What stands as the next link of a page. */
    interface NextLink {
        Optional<String> of(Here here);
    }

    /**
     * A page among the others of its search.
     *
     * @param self its URL
     * @param next the URL of the page behind it
     * @param number from 1
     * @param url of any page of this search by its number
     */
    record Here(String self, Optional<String> next, int number, IntFunction<String> url) {}

    static final int DEFAULT_COUNT = 50;

    // Which resources are found

    /** Whether whose records were asked for is ignored. */
    boolean everybody;

    /** What a resource must be to be found, beside what was asked for. */
    final List<Predicate<SourceResource>> conditions = new ArrayList<>();

    /** The types for which {@code _lastUpdated} is honoured; it is ignored for others. */
    Predicate<String> lastUpdated = type -> false;

    /** Whether {@code _revinclude=Provenance:target} is honoured; it is ignored otherwise. */
    boolean revinclude;

    // How they are cut into pages

    /** The most matches on a page. */
    int countCap = 200;

    /** The matches on a page, whatever was asked for; 0: as was asked for. */
    int count;

    /** How many resources come in front of the others between two pages; negative: go. */
    int moves;

    /** Whether each page is cut from what is held at its time, newest first. */
    boolean live;

    /** Whether there are pages behind the last one: the first one again and again. */
    boolean endless;

    /** What stands at the end of next links, and must come back as it is. */
    String nextSuffix = "";

    // What a page looks like

    /** What is said to be the total, from what it is; empty: nothing is said. */
    IntFunction<Optional<Integer>> total = Optional::of;

    NextLink next = Here::next;

    /** Whether the next link is there, but without its URL. */
    boolean nextWithoutUrl;

    UnaryOperator<Stream<SourceEntry>> entries = entries -> entries;

    boolean pretty;

    // What a read of a Binary looks like

    SourceAttachment.Form binary = SourceAttachment.Form.AS_ASKED;

    /** Changes the entries after what has been changed so far. */
    void thenEntries(UnaryOperator<Stream<SourceEntry>> change) {
        UnaryOperator<Stream<SourceEntry>> before = entries;
        entries = stream -> change.apply(before.apply(stream));
    }

    /** Changes each match, and nothing else. */
    void thenMatches(UnaryOperator<SourceEntry> change) {
        thenEntries(stream -> stream.map(entry -> entry.isMatch() ? change.apply(entry) : entry));
    }
}
