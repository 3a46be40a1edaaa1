package io.caravan.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.support.ErrorCode;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PageLinksTest {

    private static final String PAGE = "https://fhir.example.org/r4/Observation?patient=1";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://fhir.example.org/r4/Observation?patient=1&page=2",
                "https://fhir.example.org/elsewhere?_getpages=1b7f&_bundletype=searchset",
                "https://fhir.example.org:443/r4/Observation?page=2",
                "https://fhir.example.org:/r4/Observation?page=2",
                "HTTPS://FHIR.Example.ORG/r4/Observation?page=2",
                "https://fhir.example.org?page=2",
                "https://fhir.example.org/r4?code=http://loinc.org|1234-5&x=%2C,%7c%7C&q='\"<>{}^`\\[]",
                "https://fhir.example.org/r4?at=a@b.c",
                "https://fhir.example.org/r4?name=Zoë Ünger",
                "https://fhir.example.org/r4?empty=&=&&%",
            })
    void an_absolute_link_to_the_same_origin_is_followed_byte_for_byte(String next) {
        assertThat(PageLinks.follow(PAGE, next, Optional.empty())).isEqualTo(next);
    }

    @ParameterizedTest
    @CsvSource({
        "Observation?page=2, https://fhir.example.org:443/r4/Observation?page=2",
        "?page=2, https://fhir.example.org:443/r4/Observation?page=2",
        "/other?page=2, https://fhir.example.org:443/other?page=2",
        "/r4?code=http://loinc.org|1, https://fhir.example.org:443/r4?code=http://loinc.org|1",
        "Observation?code=http://loinc.org|1, https://fhir.example.org:443/r4/Observation?code=http://loinc.org|1",
        "//fhir.example.org/r4?page=2, https://fhir.example.org/r4?page=2",
        "//FHIR.example.org:443/r4?page=2, https://FHIR.example.org:443/r4?page=2",
    })
    void a_relative_link_leads_from_the_page_it_stands_in(String next, String target) {
        assertThat(PageLinks.follow(PAGE, next, Optional.empty())).isEqualTo(target);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example.org/r4?page=2",
                "https://fhir.example.org.evil.example/r4?page=2",
                "https://fhir.example.org:8443/r4?page=2",
                "http://fhir.example.org/r4?page=2",
                "http://fhir.example.org:443/r4?page=2",
                "//evil.example.org/r4?page=2",
                "https://sub.fhir.example.org/r4?page=2",
                "https://fhir.example.org./r4?page=2",
                "https://127.0.0.1/r4",
                "https://[::1]/r4",
            })
    void a_link_to_another_server_is_refused(String next) {
        refused(next, "leads to another server");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://user@fhir.example.org/r4?page=2",
                "https://user:secret@fhir.example.org/r4?page=2",
                "https://fhir.example.org@evil.example/r4",
                "https://fhir.example.org:443@evil.example/r4",
                "https://evil.example\\@fhir.example.org/r4",
                "https://fhir.example.org\\.evil.example/r4",
                "https://fhir.example.org:port/r4",
                "https://fhir.example.org:123456/r4",
                "https:fhir.example.org/r4",
                "https:///r4",
                "ftp://fhir.example.org/r4",
                "file:///etc/passwd",
                "javascript:alert(1)",
                "urn:uuid:0",
                "//user@fhir.example.org/r4",
            })
    void a_link_that_is_no_plain_address_is_refused(String next) {
        refused(next, "is not an http(s) URL");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                PAGE,
                "https://FHIR.example.org:443/r4/Observation?patient=1",
                "https://fhir.example.org/r4/Observation?patient=1#again",
                "/r4/Observation?patient=1",
                "Observation?patient=1",
                "?patient=1",
            })
    void a_link_to_the_same_page_is_a_loop_however_it_is_written(String next) {
        assertThatThrownBy(() -> PageLinks.follow(PAGE, next, Optional.empty()))
                .isInstanceOfSatisfying(
                        SourceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NEXT_LOOPS));
    }

    @ParameterizedTest
    @CsvSource({
        "http://fhir.example.org/r4?p=1, http://fhir.example.org:80/r4?p=2",
        "http://fhir.example.org:80/r4?p=1, http://fhir.example.org/r4?p=2",
        "http://127.0.0.1:8080/r4?p=1, http://127.0.0.1:8080/r4?p=2",
        "http://[::1]:8080/r4?p=1, http://[::1]:8080/r4?p=2",
    })
    void default_ports_and_addresses_are_origins_too(String page, String next) {
        assertThat(PageLinks.follow(page, next, Optional.empty())).isEqualTo(next);
    }

    @ParameterizedTest
    @CsvSource({
        "https://h.example/a?b#c, https, h.example, 443, /a?b",
        "http://h.example, http, h.example, 80, /",
        "http://h.example:8080?b, http, h.example, 8080, /?b",
        "HTTP://H.Example:/a, http, h.example, 80, /a",
        "https://[2001:DB8::1]:8443/a, https, '[2001:db8::1]', 8443, /a",
        "https://h.example#f, https, h.example, 443, /",
    })
    void an_address_is_taken_apart(String url, String scheme, String host, int port, String rest) {
        assertThat(Origin.locate(url)).contains(new Origin.Located(new Origin(scheme, host, port), rest));
    }

    @ParameterizedTest
    @CsvSource({
        "http://inside:9080/r4/Observation?page=2&c=a|b, https://fhir.example.org:443/r4/Observation?page=2&c=a|b",
        "http://inside:9080/r4?_getpages=1, https://fhir.example.org:443/r4?_getpages=1",
        "//inside/hapi/v4/Observation?page=2, https://fhir.example.org:443/r4/Observation?page=2",
        "http://inside/hapi/r4?_getpages=1, https://fhir.example.org:443/r4?_getpages=1",
        "https://fhir.example.org/r4/Observation?page=2, https://fhir.example.org/r4/Observation?page=2",
        "?page=2, https://fhir.example.org:443/r4/Observation?page=2",
    })
    void a_link_to_the_name_that_the_source_has_inside_is_one_under_its_base(String next, String target) {
        assertThat(PageLinks.follow(PAGE, next, Optional.of("https://fhir.example.org/r4/")))
                .isEqualTo(target);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://inside/hapi/v4/pages/77?c=1",
                "http://inside/r44/Condition?page=2",
                "http://inside/?page=2",
                "ftp://inside/r4/Observation",
                "http://user@inside/r4/Observation",
            })
    void one_whose_path_says_nothing_of_the_source_is_refused_all_the_same(String next) {
        assertThatThrownBy(() -> PageLinks.follow(PAGE, next, Optional.of("https://fhir.example.org/r4")))
                .isInstanceOfSatisfying(
                        SourceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NEXT_REFUSED));
    }

    @Test
    void a_link_that_leads_back_to_its_page_by_another_name_is_a_loop() {
        String next = "http://inside/r4/Observation?patient=1";

        assertThatThrownBy(() -> PageLinks.follow(PAGE, next, Optional.of("https://fhir.example.org/r4")))
                .isInstanceOfSatisfying(
                        SourceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NEXT_LOOPS));
    }

    private static void refused(String next, String why) {
        assertThatThrownBy(() -> PageLinks.follow(PAGE, next, Optional.empty()))
                .hasMessageContaining(why)
                .isInstanceOfSatisfying(SourceException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.NEXT_REFUSED);
                    assertThat(e.again()).isFalse();
                });
    }
}
