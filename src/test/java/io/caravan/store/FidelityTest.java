package io.caravan.store;

import static io.caravan.store.Pages.bundle;
import static io.caravan.store.Pages.onlyOriginal;
import static io.caravan.store.Pages.onlyScoped;
import static io.caravan.store.Pages.text;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Product promise "Fidelity": every byte that scoping does not name is the source's own. */
class FidelityTest {

    private static final String META = ",\"meta\":{\"source\":\"https://portal.example/fhir/Observation/1\"}";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"v\":1.00",
                "\"v\":1e2",
                "\"v\":1E+2",
                "\"v\":0.10000000000000000001",
                "\"v\":-0",
                "\"v\":-0.0e-0",
                "\"v\":123456789012345678901234567890123456789012345678901234567890",
                "\"v\":[true,false,null]",
                "\"v\":1,\"v\":2",
                "\"v\":[],\"w\":{},\"x\":[[]]",
                "\"zzUnknown\":{\"b\":1,\"a\":[{\"c\":null}]}",
                "\"v\":\"\\u0041\\u00e9\\n\\t\"",
                "\"\\u0076\":1",
                "\"v\":\"a\\/b\"",
                "\"v\":\"\uD83D\uDE00 é \u2028 \u0085\"",
                "\"v\":\"\\uD83D\\uDE00 \\uD83D\"",
                "\"v\":\"  two  spaces  \"",
                "\"v\":\"a \\\" b\"",
                "\"v\":\"ends in a quote \\\"\"",
                "\"v\":\"ends in a backslash \\\\\"",
                "\"v\":\"both \\\\\\\"\"",
                "\"v\":\"\"",
                "\" spaced key \":1",
                "\"text\":{\"div\":\"<div>Patient/1 \\\"reference\\\" : \\\"Patient/1\\\"</div>\"}",
                "\"v\":{\"profile\":[\"Patient/1\"],\"canonical\":\"Patient/1\",\"reference\":7}",
            })
    void what_is_no_id_and_no_reference_keeps_its_bytes(String members) {
        String resource = "{\"resourceType\":\"Observation\",\"id\":\"1\"," + members + "}";
        assertThat(text(onlyOriginal(resource))).isEqualTo(resource);
        assertThat(text(onlyOriginal(bundle(resource)))).isEqualTo(resource);
        assertThat(text(onlyScoped(bundle(resource))))
                .isEqualTo("{\"resourceType\":\"Observation\",\"id\":\"src-1\"" + META + "," + members + "}");
    }

    @Test
    void a_pretty_printed_page_becomes_lines() {
        String page = "{\r\n\t\"resourceType\" : \"Bundle\" ,\r\n\t\"entry\" : [ {\r\n\t\t\"resource\" : {\r\n"
                + "\t\t\t\"resourceType\" : \"Observation\" ,\r\n\t\t\t\"id\" : \"1\" ,\r\n"
                + "\t\t\t\"value\" : [ 1.00 , { \"a b\" : \"c  d\" } , [ ] ]\r\n\t\t}\r\n\t} ]\r\n}\r\n";
        assertThat(text(onlyOriginal(page)))
                .isEqualTo("{\"resourceType\":\"Observation\",\"id\":\"1\",\"value\":[1.00,{\"a b\":\"c  d\"},[]]}");
        assertThat(text(onlyScoped(page)))
                .isEqualTo("{\"resourceType\":\"Observation\",\"id\":\"src-1\"" + META
                        + ",\"value\":[1.00,{\"a b\":\"c  d\"},[]]}");
    }

    @Test
    void the_order_of_keys_is_the_sources_and_the_type_may_come_last() {
        String resource = "{\"subject\":{\"reference\":\"Patient/9\"},\"id\":\"1\",\"resourceType\":\"Observation\"}";
        assertThat(text(onlyOriginal(resource))).isEqualTo(resource);
        assertThat(onlyOriginal(bundle(resource)).patients()).containsExactly("9");
        assertThat(text(onlyScoped(resource)))
                .isEqualTo("{\"subject\":{\"reference\":\"Patient/src-9\"},\"id\":\"src-1\"" + META
                        + ",\"resourceType\":\"Observation\"}");
    }

    @Test
    void a_bundle_whose_type_comes_last_is_still_a_page() {
        String page = "{\"entry\":[{\"resource\":{\"id\":\"1\",\"resourceType\":\"Observation\"}}],"
                + "\"resourceType\":\"Bundle\"}";
        assertThat(text(onlyOriginal(page))).isEqualTo("{\"id\":\"1\",\"resourceType\":\"Observation\"}");
    }

    @Test
    void offsets_survive_a_byte_order_mark_and_letters_of_many_bytes() {
        String page = "\uFEFF{\"resourceType\":\"Bundle\",\"note\":\"é\uD83D\uDE00\",\"entry\":[{\"resource\":"
                + "{\"resourceType\":\"Observation\",\"v\":\"ü\uD83D\uDE00\",\"id\":\"1\",\"meta\":{}}}]}";
        assertThat(text(onlyScoped(page)))
                .isEqualTo("{\"resourceType\":\"Observation\",\"v\":\"ü\uD83D\uDE00\",\"id\":\"src-1\"" + META + "}");
    }

    @Test
    void an_original_source_keeps_references_escapes_and_missing_meta_as_they_are() {
        String resource = "{\"resourceType\":\"Patient\",\"id\":\"\\u0031\",\"link\":[{\"other\":"
                + "{\"reference\":\"https:\\/\\/portal.example\\/fhir\\/Patient\\/2\"}}],"
                + "\"photo\":[{\"url\":\"Binary/1\"}]}";
        CutResource cut = onlyOriginal(resource);
        assertThat(text(cut)).isEqualTo(resource);
        assertThat(cut.id()).isEqualTo("1");
        assertThat(cut.originalId()).isEqualTo("1");
        assertThat(cut.references()).containsExactly(new ReferenceTarget("Patient", "2"));
    }
}
