package io.caravan.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.run.ClaimedTask;
import io.caravan.source.SourceException;
import io.caravan.store.CutResource;
import io.caravan.store.Page;
import io.caravan.support.ErrorCode;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PullTaskTest {

    private static final String BASE = "https://fhir.example.org/r4";

    @Test
    void a_task_begins_with_its_query_and_goes_on_where_it_was_left() {
        assertThat(PullTask.of(claim("search", null)).url()).isEqualTo(BASE + "/Observation?patient=p1");
        assertThat(PullTask.of(claim("search", BASE + "?page=7")).url()).isEqualTo(BASE + "?page=7");
    }

    @Test
    void a_task_moves_from_page_to_page_and_ends_where_no_link_is_left() {
        PullTask first = PullTask.of(claim("search", null));

        PullTask second = first.advance(page(BASE + "?page=2"), 9, false);
        PullTask third = second.advance(page("?page=3"), 9, false);
        PullTask ended = third.advance(page(null), 9, false);

        assertThat(List.of(first.open(), second.open(), third.open(), ended.open()))
                .containsExactly(true, true, true, false);
        assertThat(second.url()).isEqualTo(BASE + "?page=2");
        assertThat(third.url()).isEqualTo("https://fhir.example.org:443/r4?page=3");
        assertThat(List.of(first.pages(), second.pages(), third.pages(), ended.pages()))
                .containsExactly(0, 1, 2, 3);
        assertThat(ended.claim()).isSameAs(first.claim());
    }

    @Test
    void a_link_to_the_same_page_is_a_loop_and_one_without_an_address_is_no_end() {
        PullTask second = PullTask.of(claim("search", null)).advance(page(BASE + "?page=2"), 9, false);

        refused(second, BASE + "?page=2", ErrorCode.NEXT_LOOPS);
        refused(second, "", ErrorCode.NEXT_WITHOUT_URL);
    }

    @Test
    void a_walk_has_no_more_pages_than_its_cap_wherever_it_was_taken_up() {
        PullTask second = PullTask.of(claim("search", null)).advance(page(BASE + "?page=2"), 3, false);
        PullTask third = second.advance(page(BASE + "?page=3"), 3, false);

        assertThat(third.advance(page(null), 3, false).open()).isFalse();
        assertThatThrownBy(() -> third.advance(page(BASE + "?page=4"), 3, false))
                .isInstanceOfSatisfying(
                        SourceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_MANY_PAGES));
    }

    @Test
    void a_link_to_another_server_is_not_followed() {
        refused(PullTask.of(claim("search", null)), "https://evil.example/r4?page=2", ErrorCode.NEXT_REFUSED);
    }

    @ParameterizedTest
    @CsvSource({"read, pages", "search, pages", "references, references", "attachment, attachment", "vanished, vanished"
    })
    void each_kind_has_its_route(String kind, String route) {
        assertThat(PullTask.of(claim(kind, null)).kind()).isEqualTo(route);
    }

    // --- whose records they are

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            nullValues = "none",
            value = {
                "Observation of p1; 1",
                "Observation of p1, Observation of p1; 2",
                "Observation of nobody; 1",
                "Observation of p2+p1; 1",
                "Observation of p1, Observation of nobody; 2",
                "Patient of p2, Observation of p1; 1",
                "Organization of nobody; 0",
                "subsetted Observation of p1, Observation of p1; 1",
                "none; 0",
                "Observation of p2; refused",
                "Observation of p1, Observation of p2; refused",
                "Observation of p2+p3; refused",
                "Observation of P1; refused",
                "subsetted Observation of p2; refused",
            })
    void only_the_patients_own_records_land(String page, String landed) {
        ClaimedTask task = claim("search", null);
        Page read = new Page(resources(page), Optional.empty(), List.of());
        if (landed.equals("refused")) {
            assertThatThrownBy(() -> RightPatient.landable(task, read))
                    .isInstanceOfSatisfying(SourceException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.OTHER_PATIENT);
                        assertThat(e.again()).isFalse();
                    });
        } else {
            assertThat(RightPatient.landable(task, read)).hasSize(Integer.parseInt(landed));
        }
    }

    private static List<CutResource> resources(String page) {
        return page == null
                ? List.of()
                : Arrays.stream(page.split(", ")).map(PullTaskTest::resource).toList();
    }

    private static CutResource resource(String words) {
        String[] parts = words.replace("subsetted ", "").split(" of ");
        List<String> patients = parts[1].equals("nobody") ? List.of() : List.of(parts[1].split("\\+"));
        return new CutResource(
                parts[0], "1", "1", Optional.empty(), words.startsWith("subsetted"), patients, List.of(), new byte[0]);
    }

    private static void refused(PullTask task, String next, ErrorCode code) {
        assertThatThrownBy(() -> task.advance(page(next), 9, false))
                .isInstanceOfSatisfying(
                        SourceException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static Page page(String next) {
        return new Page(List.of(), Optional.ofNullable(next), List.of());
    }

    private static ClaimedTask claim(String kind, String nextUrl) {
        return new ClaimedTask(
                "org_1",
                "task_1",
                "pull_1",
                "conn_1",
                "src_1",
                "p1",
                BASE,
                "main",
                "original",
                "default",
                kind,
                1,
                "Observation",
                "Observation?patient=p1",
                true,
                nextUrl,
                0,
                1,
                1);
    }
}
