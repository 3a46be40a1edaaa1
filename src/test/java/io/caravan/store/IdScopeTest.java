package io.caravan.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.caravan.support.ResourceTypes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdScopeTest {

    private static final String BASE = "https://Portal.Example:443/fhir/R4/";
    private static final IdScope SCOPED = IdScope.scoped("elsewhere", BASE);
    private static final IdScope ORIGINAL = IdScope.original("elsewhere", BASE);

    @ParameterizedTest
    @CsvSource({
        "1, elsewhere-1",
        "a-B.9, elsewhere-a-B.9",
        "123456789012345678901234567890123456789012345678901234,"
                + " elsewhere-123456789012345678901234567890123456789012345678901234",
        // one more makes 65; the digits are those that sha256sum prints
        "1234567890123456789012345678901234567890123456789012345,"
                + " elsewhere-h03c3a70e99ed5eeccd80f73771fcf1ece643d939",
        "a_b, elsewhere-h648fa9b31bc7ff7eb914e7a7180f07e0df0f8467",
        "é, elsewhere-h4a99557e4033c3539de2eb65472017cad5f9557f",
    })
    void an_id_is_prefixed_or_hashed(String original, String scoped) {
        assertThat(SCOPED.scopeId(original)).isEqualTo(scoped);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", ".."})
    void an_id_that_names_nothing_is_refused_in_both_modes(String id) {
        assertThat(SCOPED.refuses(id)).isTrue();
        assertThat(ORIGINAL.refuses(id)).isTrue();
        assertThatIllegalArgumentException().isThrownBy(() -> SCOPED.scopeId(id));
        assertThatIllegalArgumentException().isThrownBy(() -> ORIGINAL.scopeId(id));
    }

    @Test
    void an_original_id_must_be_one_url_segment_as_it_stands() {
        assertThat(ORIGINAL.refuses("a.b_c~:@!$&'()*+,;=-Z9")).isFalse();
        assertThat(ORIGINAL.refuses("x".repeat(255))).isFalse();
        assertThat(ORIGINAL.refuses("x".repeat(256))).isTrue();
        assertThat(ORIGINAL.refuses("a b")).isTrue();
        assertThat(ORIGINAL.refuses("a/b")).isTrue();
        assertThat(ORIGINAL.refuses("a%20b")).isTrue();
        assertThat(ORIGINAL.refuses("é")).isTrue();
    }

    @Test
    void a_scoped_id_may_be_any_text_that_can_be_kept() {
        assertThat(SCOPED.refuses("a b/c%é\uD83D\uDE00")).isFalse();
        assertThat(SCOPED.refuses("x".repeat(10_000))).isFalse();
        assertThat(SCOPED.refuses("a\0b")).isTrue();
        assertThat(SCOPED.refuses("\uD83D")).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "Patient/1, Patient/elsewhere-1",
        "Patient/1/_history/2, Patient/elsewhere-1/_history/2",
        "Patient/1#frag, Patient/elsewhere-1#frag",
        "Patient/1/_history/2#a/b, Patient/elsewhere-1/_history/2#a/b",
        "Patient/1#a/_history/2, Patient/elsewhere-1#a/_history/2",
        "https://portal.example/fhir/R4/Patient/1, Patient/elsewhere-1",
        "HTTPS://PORTAL.example:443/fhir/R4/Patient/1/_history/3, Patient/elsewhere-1/_history/3",
        "https://portal.example:/fhir/R4/Patient/1#x, Patient/elsewhere-1#x",
    })
    void a_reference_to_the_same_source_becomes_relative_and_scoped(String reference, String scoped) {
        assertThat(SCOPED.scopeReference(reference)).isEqualTo(scoped);
        assertThat(ORIGINAL.scopeReference(reference)).isEqualTo(reference);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "#x",
                "#Patient/1",
                "urn:uuid:f3aa70e2-d777-e5ba-288f-aa5469241c9d",
                "urn:x/Patient/1",
                "Patient",
                "Patient/",
                "Patient/.",
                "Patient/..",
                "Patient/1/",
                "Patient/1/2",
                "Patient/1/_history",
                "Patient/1/_history/",
                "Patient/1/_history/2/3",
                "Patient/1?x=y",
                "Patient?identifier=http://a.example/b|1",
                "/Patient/1",
                "./Patient/1",
                "patient/1",
                "Wombat/1",
                "Resource/1",
                "http://portal.example/fhir/R4/Patient/1",
                "https://portal.example/fhir/R5/Patient/1",
                "https://portal.example/fhir/R4evil/Patient/1",
                "https://portal.example:8443/fhir/R4/Patient/1",
                "https://other.example/fhir/R4/Patient/1",
                "https://portal.example@other.example/fhir/R4/Patient/1",
                "https://portal.example.other/fhir/R4/Patient/1",
                "https://portal.example/fhir/R4/Patient?name=x",
                "https://portal.example/fhir/R4",
                "ftp://portal.example/fhir/R4/Patient/1",
                "https:///Patient/1",
            })
    void any_other_reference_is_untouched(String reference) {
        assertThat(SCOPED.scopeReference(reference)).isEqualTo(reference);
    }

    @Test
    void a_reference_to_an_id_that_gets_hashed_is_hashed_alike() {
        String id = "e" + "0123456789".repeat(8);
        assertThat(SCOPED.scopeReference("Patient/" + id + "/_history/1"))
                .isEqualTo("Patient/" + SCOPED.scopeId(id) + "/_history/1");
        assertThat(SCOPED.scopeId(id)).hasSize("elsewhere-h".length() + 40);
    }

    @Test
    void a_reference_can_be_scoped_under_a_base_without_path_and_with_a_port() {
        IdScope local = IdScope.scoped("lab", "http://[::1]:8080");
        assertThat(local.scopeReference("http://[::1]:8080/Patient/1")).isEqualTo("Patient/lab-1");
        assertThat(local.scopeReference("http://[::1]/Patient/1")).isEqualTo("http://[::1]/Patient/1");
    }

    @Test
    void original_changes_nothing() {
        assertThat(ORIGINAL.scopeId("a b_c")).isEqualTo("a b_c");
        assertThat(ORIGINAL.scopeId("x".repeat(100))).isEqualTo("x".repeat(100));
    }

    @Test
    void an_attachment_beside_the_source_gets_its_address() {
        assertThat(ORIGINAL.attachmentUrl("Binary/1")).isEqualTo("Binary/1");
        assertThat(SCOPED.attachmentUrl("Binary/1")).isEqualTo("https://portal.example/fhir/R4/Binary/1");
        assertThat(SCOPED.attachmentUrl("/fhir/R4/Binary/1")).isEqualTo("https://portal.example/fhir/R4/Binary/1");
        assertThat(SCOPED.attachmentUrl("https://portal.example/fhir/R4/Binary/1"))
                .isEqualTo("https://portal.example/fhir/R4/Binary/1");
        assertThat(SCOPED.attachmentUrl("https://other.example/Binary/1")).isEqualTo("https://other.example/Binary/1");
        assertThat(SCOPED.attachmentUrl("Media/1")).isEqualTo("Media/1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "Abc", "1ab", "ab-c", "abcdefghijklm"})
    void a_key_is_two_to_twelve_lower_case_letters_and_digits(String key) {
        assertThatIllegalArgumentException().isThrownBy(() -> IdScope.original(key, BASE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "portal.example/fhir",
                "ftp://a.example",
                "https://",
                "https://:443",
                "https://u@a.example",
                "https://a.example/fhir?x=y",
                "https://a.example/fhir#x"
            })
    void a_base_url_is_plain_http(String url) {
        assertThatIllegalArgumentException().isThrownBy(() -> BaseUrl.of(url));
    }

    @ParameterizedTest
    @CsvSource({
        "HTTPS://A.Example:443/Fhir//, https://a.example/Fhir",
        "http://a.example:80, http://a.example",
        "http://a.example:443/, http://a.example:443",
        "https://a.example:8443/x, https://a.example:8443/x",
    })
    void a_base_url_has_one_spelling(String typed, String url) {
        assertThat(BaseUrl.of(typed).url()).isEqualTo(url);
    }

    @Test
    void the_known_types_are_those_of_r4() {
        assertThat(ResourceTypes.names()).hasSize(146);
        assertThat(ResourceTypes.isKnown("Patient")).isTrue();
        assertThat(ResourceTypes.isKnown("MedicationStatement")).isTrue();
        assertThat(ResourceTypes.isKnown("DomainResource")).isFalse();
        assertThat(ResourceTypes.isKnown("MedicationUsage")).isFalse();
        assertThat(ResourceTypes.isKnown("")).isFalse();
    }
}
