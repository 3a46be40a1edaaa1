package io.caravan.testing.generated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.testing.generated.GeneratedResources.Key;
import io.caravan.testing.generated.GeneratedResources.Plan;
import io.caravan.testing.generated.GeneratedResources.Version;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GeneratedResourcesTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern REFERENCE = Pattern.compile("[^\\\\]\"reference\":\"([A-Za-z]+)/([^\"]+)\"");

    private final GeneratedResources resources = generated(60, 200, 42, IdStyle.PLAIN);

    private static GeneratedResources generated(int patients, int each, long seed, IdStyle ids) {
        return new GeneratedResources(new Plan(patients, each, seed, ids, 0, 0));
    }

    @Test
    void a_resource_is_a_function_of_seed_number_and_version() {
        GeneratedResources same = generated(60, 200, 42, IdStyle.PLAIN);
        GeneratedResources other = generated(60, 200, 43, IdStyle.PLAIN);
        Version second = new Version(2, Instant.parse("2026-01-02T03:04:05Z"));
        for (int n = 0; n < resources.count(); n += 7) {
            byte[] json = resources.json(n, Version.FIRST);
            assertThat(same.json(n, Version.FIRST)).isEqualTo(json);
            assertThat(other.key(n)).isEqualTo(resources.key(n));
            assertThat(other.json(n, Version.FIRST)).isNotEqualTo(json);
            assertThat(resources.json(n, second)).isNotEqualTo(json);
            assertThat(resources.changed(n, second)).isEqualTo(second.at());
        }
    }

    @Test
    void every_resource_is_json_with_the_key_it_is_found_by() throws IOException {
        Set<String> keys = new HashSet<>();
        int withoutMeta = 0;
        for (int n = 0; n < resources.count(); n++) {
            JsonNode json = JSON.readTree(resources.json(n, Version.FIRST));
            Key key = resources.key(n);
            assertThat(json.path("resourceType").textValue()).isEqualTo(key.type());
            assertThat(json.path("id").textValue()).isEqualTo(key.id());
            assertThat(resources.find(key.type(), key.id())).hasValue(n);
            assertThat(keys.add(key.type() + "/" + key.id())).isTrue();
            withoutMeta += json.has("meta") ? 0 : 1;
        }
        assertThat(resources.count()).isEqualTo(60 * 201 + 1 + 2 + 1 + 6 + 6);
        assertThat(withoutMeta).isBetween(resources.count() / 8, resources.count() / 6);
        assertThat(resources.types()).hasSize(19);
    }

    @Test
    void every_reference_leads_somewhere_and_everything_shared_is_referred_to() {
        Set<String> referred = new TreeSet<>();
        for (int n = 0; n < resources.count(); n++) {
            Key key = resources.key(n);
            Matcher references =
                    REFERENCE.matcher(new String(resources.json(n, Version.FIRST), StandardCharsets.UTF_8));
            boolean ownPatient = key.patient().isEmpty();
            while (references.find()) {
                assertThat(resources.find(references.group(1), references.group(2)))
                        .as(references.group())
                        .isPresent();
                referred.add(references.group(1) + "/" + references.group(2));
                ownPatient |= references.group(2).equals(key.patient());
            }
            assertThat(ownPatient).as(key.toString()).isTrue();
        }
        for (String type : Set.of("Location", "Medication", "Organization", "Practitioner", "PractitionerRole")) {
            for (int i = 0; i < resources.count(type); i++) {
                assertThat(referred).contains(type + "/" + resources.id(resources.first(type) + i));
            }
        }
    }

    @Test
    void sizes_are_those_of_real_records() {
        GeneratedResources many = generated(10, 1_000, 7, IdStyle.PLAIN);
        long bytes = 0;
        int large = 0;
        for (int n = 0; n < many.count(); n++) {
            int size = many.json(n, Version.FIRST).length;
            bytes += size;
            large += size >= 50_000 ? 1 : 0;
        }
        assertThat(bytes / many.count()).isBetween(1_300L, 2_000L);
        assertThat(large).isBetween(many.count() / 150, many.count() / 70);
    }

    @Test
    void numbers_and_texts_are_awkward() throws IOException {
        Set<String> numbers = new HashSet<>();
        StringBuilder all = new StringBuilder();
        for (int n = resources.first("Observation", 0); n < resources.first("Observation", 0) + 100; n++) {
            byte[] json = resources.json(n, Version.FIRST);
            all.append(new String(json, StandardCharsets.UTF_8));
            try (JsonParser parser = new JsonFactory().createParser(json)) {
                for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                    if (token.isNumeric()) {
                        numbers.add(parser.getText());
                    }
                }
            }
        }
        assertThat(numbers).containsExactlyInAnyOrderElementsOf(Words.DECIMALS);
        assertThat(all).contains("\uD83D\uDE00", "\\uD83D\\uDE00", "\\/", "\\u00e9", "患者");
    }

    @ParameterizedTest
    @EnumSource(IdStyle.class)
    void ids_of_every_style_are_found_again_and_no_others(IdStyle style) {
        for (int n = 0; n < 1_500_000; n += 9_973) {
            assertThat(style.find(style.of(n))).hasValue(n);
            assertThat(style.find(style.of(n) + "_")).isEmpty();
        }
        for (String odd : new String[] {"", "g-", "g-zzzzzzzzz", ".", "..", "-", "g--1", "1", "99999999999", "e.1"}) {
            assertThat(style.find(odd)).isEmpty();
        }
        assertThat(IdStyle.EPIC.of(1)).hasSizeGreaterThan(64);
        assertThat(IdStyle.CERNER.of(1)).containsOnlyDigits();
    }

    @Test
    void as_many_are_large_as_were_asked_for() {
        GeneratedResources some = new GeneratedResources(new Plan(10, 20, 1, IdStyle.PLAIN, 3, 5 << 20));
        int large = 0;
        for (int n = 0; n < some.count(); n++) {
            large += some.json(n, Version.FIRST).length > 5_000_000 ? 1 : 0;
        }
        assertThat(large).isEqualTo(3);
    }

    @Test
    void plans_that_make_no_sense_are_refused() {
        assertThatThrownBy(() -> generated(0, 100, 1, IdStyle.PLAIN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> generated(1, 12, 1, IdStyle.PLAIN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> generated(100_000, 100_000, 1, IdStyle.PLAIN)).isInstanceOf(ArithmeticException.class);
        assertThat(generated(1, 13, 1, IdStyle.PLAIN).count("Observation")).isEqualTo(1);
    }
}
