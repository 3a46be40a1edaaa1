package io.caravan.pull;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SearchQueryTest {

    private static final String ALL =
            "Goal?patient=p1&_count=50&_revinclude=Provenance:target&_lastUpdated=ge2026-03-01T11:55:00Z";
    private static final String DELTA = "Goal?patient=p1&_count=50&_lastUpdated=ge2026-03-01T11:55:00Z";
    private static final String PLAIN = "Goal?patient=p1&_count=50";

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 405, 406, 422, 501})
    void a_refused_query_is_tried_without_provenance_then_without_last_updated_then_no_more(int status) {
        assertThat(SearchQuery.simpler(ALL, status)).contains(DELTA);
        assertThat(SearchQuery.simpler(DELTA, status)).contains(PLAIN);
        assertThat(SearchQuery.simpler(PLAIN, status)).isEmpty();
    }

    @Test
    void a_grant_that_does_not_allow_it_can_only_mean_provenance() {
        assertThat(SearchQuery.simpler(ALL, 403)).contains(DELTA);
        assertThat(SearchQuery.simpler(DELTA, 403)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 200, 302, 401, 410, 429, 500, 503})
    void what_says_nothing_of_the_query_leaves_it_as_it_is(int status) {
        assertThat(SearchQuery.simpler(ALL, status)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({ALL + ", false", DELTA + ", false", PLAIN + ", true"})
    void a_walk_is_full_without_last_updated(String query, boolean full) {
        assertThat(SearchQuery.isFullWalk(query)).isEqualTo(full);
    }
}
