package io.caravan.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.FaultyPages.Expiry;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines 9 to 14 of sources.md. */
class FaultyPagesTest extends SourceCase {

    private static final String SEARCH = "/Observation?patient=ann&_count=2";

    @Test
    void a_page_is_as_long_as_the_source_likes() throws Exception {
        observations(250);
        assertThat(ids(json(get("/Observation?patient=ann&_count=1000")))).hasSize(200);

        FaultHandle cap = source.fail(SourceRequest::isSearch).with(FaultyPages.countCap(100));
        assertThat(ids(json(get("/Observation?patient=ann&_count=1000")))).hasSize(100);
        assertThat(ids(json(get(SEARCH)))).hasSize(2);
        cap.clear();

        FaultHandle whole = source.fail(SourceRequest::isSearch).with(FaultyPages.wholeType());
        JsonNode page = json(get(SEARCH));
        assertThat(ids(page)).hasSize(250);
        assertThat(next(page)).isEmpty();
        whole.clear();

        source.fail(SourceRequest::isFirstPage).with(FaultyPages.pageSize(7));
        assertThat(walk(SEARCH, 100)).hasSize(36);
    }

    @Test
    void a_total_is_wrong_or_missing() throws Exception {
        observations(3);
        FaultHandle wrong = source.fail(SourceRequest::isSearch).with(FaultyPages.total(1));
        assertThat(walk(SEARCH, 9))
                .hasSize(2)
                .allMatch(page -> page.path("total").intValue() == 1);
        wrong.clear();

        source.fail(SourceRequest::isSearch).with(FaultyPages.withoutTotal());
        assertThat(walk(SEARCH, 9)).hasSize(2).noneMatch(page -> page.has("total"));
    }

    @Test
    void pages_go_on_without_end_under_ever_new_urls() throws Exception {
        observations(3, FaultyPages.endlessNext());

        List<JsonNode> pages = walk(SEARCH, 20);

        assertThat(pages).hasSize(20);
        assertThat(new HashSet<>(pages.stream().map(SourceCase::next).toList())).hasSize(20);
        assertThat(ids(pages.get(19))).containsExactly("o0", "o1");
    }

    @Test
    void next_links_that_are_not_whole_lead_to_the_same_pages() throws Exception {
        observations(5);
        for (Fault fault : List.of(
                Fault.relativeNext(),
                FaultyPages.queryOnlyNext(),
                FaultyPages.segmentOnlyNext(),
                FaultyPages.schemelessNext(),
                FaultyPages.nextAtBase())) {
            FaultHandle handle = source.fail(SourceRequest::isSearch).with(fault);
            assertThat(ids(walk(SEARCH, 9))).containsExactly("o0", "o1", "o2", "o3", "o4");
            handle.clear();
        }
        assertThat(source.requests()).allMatch(request -> request.status() == 200);
    }

    @Test
    void next_links_lead_elsewhere_in_many_ways() throws Exception {
        observations(3);
        String query = "/Observation?_getpages=";
        int port = source.baseUrl().getPort();

        assertThat(nextWith(FaultyPages.queryOnlyNext())).startsWith("?_getpages=");
        assertThat(nextWith(FaultyPages.segmentOnlyNext())).startsWith("Observation?_getpages=");
        assertThat(nextWith(FaultyPages.schemelessNext())).startsWith("//127.0.0.1:" + port + "/fhir" + query);
        assertThat(nextWith(FaultyPages.capitalsNext())).startsWith("HTTP://127.0.0.1:" + port + "/fhir" + query);
        assertThat(nextWith(FaultyPages.nextAtPort(443))).startsWith("http://127.0.0.1:443/fhir" + query);
        assertThat(nextWith(FaultyPages.internalHostNext("http://fhir-internal:9080/r4")))
                .startsWith("http://fhir-internal:9080/r4" + query);
        assertThat(nextWith(FaultyPages.nextAtBase())).startsWith(source.baseUrl() + "?_getpages=");
        assertThat(nextWith(FaultyPages.nextLinks(url -> "javascript:" + url))).startsWith("javascript:http:");
    }

    private String nextWith(Fault fault) throws Exception {
        FaultHandle handle = source.fail(SourceRequest::isSearch).with(fault);
        String next = next(json(get(SEARCH)));
        handle.clear();
        return next;
    }

    @Test
    void a_next_link_has_no_url() throws Exception {
        observations(1);
        source.fail(SourceRequest::isSearch).with(FaultyPages.nextWithoutUrl());

        JsonNode link = json(get(SEARCH)).at("/link/1");

        assertThat(link.path("relation").textValue()).isEqualTo("next");
        assertThat(link.has("url")).isFalse();
    }

    @Test
    void a_next_link_must_come_back_with_every_character_as_it_was() throws Exception {
        observations(5, FaultyPages.nextEndingWith("&x=a|b[c]\"{}^`'%7e%7E;:@$,!*()~"));

        String next = next(json(get(SEARCH)));

        assertThat(next).endsWith("%7e%7E;:@$,!*()~");
        assertThat(getRaw(next)).startsWith("HTTP/1.1 200").contains("\"o2\"", "\"o3\"");
        assertThat(getRaw(next.replace("|", "%7C"))).startsWith("HTTP/1.1 410");
        assertThat(getRaw(next.replace("%7e", "%7E"))).startsWith("HTTP/1.1 410");
        assertThat(getRaw(next.replace("\"", "%22"))).startsWith("HTTP/1.1 410");
    }

    @Test
    void next_links_loop() throws Exception {
        observations(7);
        FaultHandle overThree = source.fail(SourceRequest::isSearch).with(FaultyPages.loopingNext(3));
        List<JsonNode> pages = walk(SEARCH, 10);
        assertThat(pages).hasSize(10);
        assertThat(new HashSet<>(pages.stream().map(SourceCase::next).toList())).hasSize(3);
        assertThat(ids(pages.get(3))).containsExactly("o0", "o1");
        overThree.clear();

        source.fail(SourceRequest::isSearch).with(FaultyPages.nextToAnEarlierPage());
        List<String> links = walk(SEARCH, 5).stream().map(SourceCase::next).toList();
        assertThat(links.get(2)).isEqualTo(links.get(0));
        assertThat(links.get(3)).isEqualTo(links.get(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void redirects_lead_to_another_origin_or_within_the_own(int status) throws Exception {
        observations(3);
        try (SourceSimulator other = SourceSimulator.of(ANN)) {
            FaultHandle out =
                    source.fail(SourceRequest::isSearch).with(FaultyPages.redirectToOrigin(status, other.baseUrl()));
            HttpResponse<String> redirected = get(SEARCH);
            assertThat(redirected.statusCode()).isEqualTo(status);
            String there = redirected.headers().firstValue("Location").orElseThrow();
            assertThat(there).isEqualTo(other.baseUrl() + SEARCH);
            get(URI.create(there), "Authorization", "Bearer leaked");
            assertThat(other.traffic().withAuthorization()).hasSize(1);
            out.clear();

            source.fail(SourceRequest::isSearch).with(FaultyPages.redirectWithin(status));
            String moved = get(SEARCH).headers().firstValue("Location").orElseThrow();
            JsonNode page = json(get(source.baseUrl().resolve(moved)));
            assertThat(ids(page)).containsExactly("o0", "o1");
            source.clearFaults();

            source.fail(SourceRequest::isSearch).with(FaultyPages.redirectToItself(status));
            assertThat(get(SEARCH).headers().firstValue("Location")).contains("/fhir" + SEARCH);
        }
    }

    @Test
    void a_paging_session_expires_in_the_words_of_its_vendor() throws Exception {
        observations(9);
        for (Expiry how : Expiry.values()) {
            FaultHandle expiring = source.fail(SourceRequest::isSearch)
                    .with(FaultyPages.pagingExpires(2, how))
                    .times(1);
            String second = next(json(get(SEARCH)));
            String third = next(json(get(URI.create(second))));
            HttpResponse<String> expired = get(URI.create(third));

            assertThat(expired.statusCode())
                    .isEqualTo(List.of(410, 404, 400, 200).get(how.ordinal()));
            assertThat(json(expired).path("resourceType").textValue()).isEqualTo("OperationOutcome");
            assertThat(code(json(expired))).isEqualTo(how.name().endsWith("4113") ? "4113" : "");
            assertThat(get(URI.create(second)).statusCode()).isEqualTo(410);
            assertThat(ids(walk(SEARCH, 9))).hasSize(9);
            expiring.clear();
        }
    }

    @Test
    void results_move_between_pages_so_that_some_come_twice_and_others_not_at_all() throws Exception {
        observations(6);
        FaultHandle more = source.fail(SourceRequest::isSearch).with(FaultyPages.resultsMove(1));
        assertThat(ids(walk(SEARCH, 9))).containsExactly("o0", "o1", "o1", "o2", "o2", "o3", "o3", "o4", "o4", "o5");
        more.clear();

        source.fail(SourceRequest::isSearch).with(FaultyPages.resultsMove(-1));
        assertThat(ids(walk(SEARCH, 9))).containsExactly("o0", "o1", "o3", "o4");
    }

    @Test
    void what_is_put_while_pages_are_read_moves_the_rest() throws Exception {
        observations(4, FaultyPages.liveResults());
        source.put(observation(8));

        JsonNode first = json(get(SEARCH));
        source.put(observation(9));
        JsonNode second = json(get(URI.create(next(first))));

        assertThat(ids(first)).containsExactly("o8", "o3");
        assertThat(ids(second)).containsExactly("o3", "o2");
        Set<String> all = new HashSet<>(ids(walk(SEARCH, 9)));
        assertThat(all).containsExactlyInAnyOrder("o0", "o1", "o2", "o3", "o8", "o9");
    }
}
