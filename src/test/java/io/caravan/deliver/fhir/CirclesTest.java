package io.caravan.deliver.fhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which records can only go together. */
class CirclesTest {

    @Test
    void two_that_refer_to_each_other_are_one_and_what_refers_to_them_is_not() {
        assertThat(circles("e1 c1", "c1 e1", "o1 e1", "o2 o1")).containsExactly(Set.of("e1", "c1"));
    }

    @Test
    void a_circle_may_be_long() {
        assertThat(circles("a b", "b c", "c d", "d a", "e a")).containsExactly(Set.of("a", "b", "c", "d"));
    }

    @Test
    void what_others_refer_to_comes_first() {
        assertThat(circles("a b", "b a", "a2 b2", "b2 a2 a")).containsExactly(Set.of("a", "b"), Set.of("a2", "b2"));
        assertThat(circles("a2 b2", "b2 a2 a", "a b", "b a")).containsExactly(Set.of("a", "b"), Set.of("a2", "b2"));
    }

    @Test
    void a_chain_is_none_nor_is_what_refers_to_itself_or_to_what_is_not_there() {
        assertThat(circles("a b", "b c", "c c nowhere")).isEmpty();
    }

    @Test
    void a_very_long_one_needs_no_stack() {
        Map<String, Set<String>> chain = new LinkedHashMap<>();
        for (int i = 0; i < 100_000; i++) {
            chain.put("n" + i, Set.of("n" + (i + 1) % 100_000));
        }

        assertThat(Circles.of(chain))
                .hasSize(1)
                .first()
                .satisfies(all -> assertThat(all).hasSize(100_000));
    }

    @Test
    void what_a_resource_refers_to_is_read_from_its_text() {
        String resource = """
                {"resourceType":"Encounter","id":"e1","subject":{"reference":"Patient/p1"},"contained":[{"resourceType":"Location",
                "id":"l","managingOrganization":{"reference":"Organization/o1/_history/3"}}],"location":[{"location":
                {"reference":"#l"}}],"partOf":{"reference":"https://elsewhere.example.org/Encounter/e2"},"text":{"div":
                "reference"},"reasonReference":[{"reference":"urn:uuid:1"},{"reference":"Condition/c1#x"}]}""";

        assertThat(LocalReferences.of(resource.getBytes(StandardCharsets.UTF_8)))
                .containsExactly("Patient/p1", "Organization/o1", "Condition/c1");
    }

    /** Each line a record and what it refers to. */
    private static List<Set<String>> circles(String... lines) {
        Map<String, Set<String>> references = new LinkedHashMap<>();
        for (String line : lines) {
            List<String> names = List.of(line.split(" "));
            references.put(names.get(0), Set.copyOf(names.subList(1, names.size())));
        }
        return Circles.of(references).stream().map(Set::copyOf).toList();
    }
}
